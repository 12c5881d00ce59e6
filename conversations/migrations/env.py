"""Alembic's entry: runs the migrations on the connection that `conversations.database.migrate` hands in."""

from __future__ import annotations

from alembic import context

from conversations.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
