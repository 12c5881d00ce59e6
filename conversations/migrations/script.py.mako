"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "${up_revision}"
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To the new form."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Back to the old form."""
    ${downgrades if downgrades else "pass"}
