"""Canned replies, and what the administration sets: hours, retention."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from conversations.database import Database
from conversations.errors import NotFoundError, RefusedError
from conversations.tables import canned_replies, preferences


def list_canned(database: Database) -> list[Row[Any]]:
    """Canned replies by title."""
    with database.read() as connection:
        return list(connection.execute(sa.select(canned_replies).order_by(canned_replies.c.title)))


def keep_canned(database: Database, title: str, text: str, *, by: str) -> None:
    """Add a canned reply, or change the one of that title.

    Raises:
        RefusedError: If a part is missing.
    """
    if not title or not text:
        raise RefusedError("A canned reply has a title and a text.")
    values = {"text": text, "changed_by": by, "changed_at": _utc()}
    with database.write() as connection:
        if connection.execute(sa.update(canned_replies).where(canned_replies.c.title == title).values(values)).rowcount == 0:
            connection.execute(sa.insert(canned_replies), {"title": title, **values})


def drop_canned(database: Database, canned_id: int) -> None:
    """Delete a canned reply.

    Raises:
        NotFoundError: If there is none.
    """
    with database.write() as connection:
        if connection.execute(sa.delete(canned_replies).where(canned_replies.c.id == canned_id)).rowcount != 1:
            raise NotFoundError("There is no such canned reply.")


def read_preferences(database: Database) -> dict[str, Any]:
    """What the administration has set, by name; what is not set is not there."""
    with database.read() as connection:
        return {row.key: row.value for row in connection.execute(sa.select(preferences))}


def write_preference(database: Database, key: str, value: Any, *, by: str) -> None:
    """Set something."""
    values = {"value": value, "changed_by": by, "changed_at": _utc()}
    try:
        with database.write() as connection:
            if connection.execute(sa.update(preferences).where(preferences.c.key == key).values(values)).rowcount == 0:
                connection.execute(sa.insert(preferences), {"key": key, **values})
    except IntegrityError:  # another gateway set it at the same moment
        return


def _utc() -> datetime:
    return datetime.now(timezone.utc)
