"""Move a conversation from one holder to another by compare-and-set: of two who press at once exactly one wins."""

from __future__ import annotations

from datetime import datetime, timezone

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from conversations.database import Database
from conversations.errors import MoveRefusedError
from conversations.moves import Holder, is_allowed
from conversations.tables import conversations, moves

# What is waited for once somebody holds a conversation; the assistant is not waited for.
_TIMERS = {Holder.ASSISTANT: None, Holder.WAITING: "claim", Holder.COORDINATOR: "answer"}


def move_holder(
    database: Database,
    conversation_id: str,
    *,
    before: Holder,
    after: Holder,
    coordinator: str | None = None,
    held_by: str | None = None,
) -> None:
    """Give a conversation to another holder.

    Args:
        database: The record.
        conversation_id: Of the record.
        before: Who holds it, as the caller saw it.
        after: Who is to hold it.
        coordinator: Who takes it; asked for if `after` is COORDINATOR, and only then.
        held_by: Who lets it go, if `before` is COORDINATOR; None if anyone's may be moved (a timer, a supervisor).

    Raises:
        MoveRefusedError: If the move is not allowed, or the conversation is no longer as the caller saw it.
        StoreUnavailableError: If the database does not answer.
    """
    with database.write() as connection:
        move_in(connection, conversation_id, before=before, after=after, coordinator=coordinator, held_by=held_by)


def move_in(
    connection: Connection,
    conversation_id: str,
    *,
    before: Holder,
    after: Holder,
    coordinator: str | None = None,
    held_by: str | None = None,
) -> None:
    """Give a conversation to another holder, in the transaction of what else belongs to it; `move_holder` says how.

    Raises:
        MoveRefusedError: If the move is not allowed, or the conversation is no longer as the caller saw it.
    """
    if not is_allowed(before, after):
        raise MoveRefusedError(f"from {before.value} to {after.value} is no move; conversations/moves.py lists them")
    if (after is Holder.COORDINATOR) != (coordinator is not None):
        raise MoveRefusedError("a conversation is held by a named coordinator, or by none")
    now = datetime.now(timezone.utc)
    timer = _TIMERS[after]
    change = (
        sa.update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.holder == before.value)
        .values(
            holder=after.value, coordinator=coordinator, held_since=now, timer=timer, timer_at=now if timer is not None else None
        )
    )
    if held_by is not None:
        change = change.where(conversations.c.coordinator == held_by)
    if connection.execute(change).rowcount != 1:
        raise MoveRefusedError(f"conversation {conversation_id} is no longer held by {before.value}")
    connection.execute(
        sa.insert(moves).values(
            conversation_id=conversation_id,
            before=before.value,
            after=after.value,
            coordinator=coordinator or held_by,
            moved_at=now,
        )
    )
