"""A person in the conversation: take it, speak in it, give it back; and the timers that keep the promise when nobody does.

All of it goes through the one record and the one outbox. Each move is a compare-and-set; the words that tell the visitor of it
are in the same transaction, so that nobody is told of what did not happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from conversations.database import Database
from conversations.errors import MoveRefusedError, NotFoundError
from conversations.holding import move_in
from conversations.moves import Holder
from conversations.tables import case_events, cases, conversations, messages, outbox
from conversations.types import Author, Said

_OWN = {"custom": {"kind": "handoff", "citations": [], "suggestions": []}}


@dataclass(frozen=True)
class Spoken:
    """A message of a coordinator in the record.

    Attributes:
        message_id: Of the record.
        repeated: True if the same message had been sent before.
    """

    message_id: int
    repeated: bool


@dataclass(frozen=True)
class Waits:
    """How long each timer runs, in seconds.

    Attributes:
        claim_s: Until somebody takes a waiting conversation.
        answer_s: Until the coordinator answers the visitor.
        visitor_s: Until the visitor writes again.
    """

    claim_s: float
    answer_s: float
    visitor_s: float


def claim(database: Database, conversation_id: str, coordinator: str, *, words: str) -> None:
    """Take a conversation that nobody holds, or the assistant does.

    Args:
        database: The record.
        conversation_id: Of the record.
        coordinator: Who takes it.
        words: What the visitor reads.

    Raises:
        NotFoundError: If there is no such conversation.
        MoveRefusedError: If another coordinator has it: naming them.
        StoreUnavailableError: If the database does not answer.
    """
    with database.write() as connection:
        found = _lock(connection, conversation_id)
        if found.holder == Holder.COORDINATOR.value:
            raise MoveRefusedError("you hold it already" if found.coordinator == coordinator else f"{found.coordinator} has it")
        move_in(connection, conversation_id, before=Holder(found.holder), after=Holder.COORDINATOR, coordinator=coordinator)
        open_ones = cases.c.conversation_id == conversation_id, cases.c.state == "open"
        _note_cases(connection, conversation_id, "claimed", coordinator)
        connection.execute(sa.update(cases).where(*open_ones).values(assigned_to=coordinator, changed_at=_utc()))
        _tell(connection, found, words)


def hand_back(database: Database, conversation_id: str, coordinator: str | None, *, words: str) -> None:
    """Give a conversation back to the assistant, which still knows what was talked about before.

    Args:
        database: The record.
        conversation_id: Of the record.
        coordinator: Who holds it; None for a supervisor, who may end anyone's.
        words: What the visitor reads.

    Raises:
        NotFoundError: If there is no such conversation.
        MoveRefusedError: If the coordinator does not hold it.
        StoreUnavailableError: If the database does not answer.
    """
    with database.write() as connection:
        found = _lock(connection, conversation_id)
        move_in(connection, conversation_id, before=Holder(found.holder), after=Holder.ASSISTANT, held_by=coordinator)
        _note_cases(connection, conversation_id, "handed back", coordinator)
        _tell(connection, found, words)


def leave(database: Database, conversation_id: str, coordinator: str, *, words: str) -> None:
    """Let another coordinator take over: the visitor waits for a person again.

    Raises:
        NotFoundError, MoveRefusedError, StoreUnavailableError: As `hand_back`.
    """
    with database.write() as connection:
        found = _lock(connection, conversation_id)
        move_in(connection, conversation_id, before=Holder.COORDINATOR, after=Holder.WAITING, held_by=coordinator)
        connection.execute(
            sa.update(cases).where(cases.c.conversation_id == conversation_id, cases.c.state == "open").values(assigned_to=None)
        )
        _note_cases(connection, conversation_id, "left", coordinator)
        _tell(connection, found, words)


def say(database: Database, conversation_id: str, coordinator: str, text: str, *, client_id: str) -> Spoken:
    """Say something to the visitor.

    Args:
        database: The record.
        conversation_id: Of the record.
        coordinator: Who says it; must hold the conversation.
        text: Cleaned, not empty.
        client_id: Made by the coordinator's browser: the same message sent again is known by it.

    Raises:
        NotFoundError: If there is no such conversation.
        MoveRefusedError: If the coordinator does not hold it; nothing is said then.
        StoreUnavailableError: If the database does not answer.
    """
    external_id = f"desk:{coordinator}:{client_id}"[:255]
    with database.write() as connection:
        found = _lock(connection, conversation_id)
        known = connection.execute(
            sa.select(messages.c.id).where(messages.c.conversation_id == conversation_id, messages.c.external_id == external_id)
        ).scalar()
        if known is not None:
            return Spoken(known, True)
        if found.holder != Holder.COORDINATOR.value or found.coordinator != coordinator:
            raise MoveRefusedError("only the coordinator who holds a conversation speaks in it")
        said_id = _add(connection, found, Author.COORDINATOR, text, external_id=external_id, author_id=coordinator)
        change = sa.update(conversations).where(conversations.c.id == conversation_id)
        connection.execute(change.values(timer="visitor", timer_at=_utc()))
        return Spoken(said_id, False)


def run_timers(database: Database, waits: Waits, words: Mapping[str, str], *, limit: int = 50, only_look: bool = False) -> int:
    """End every wait that has lasted too long, each with its words.

    Nobody takes it: back to the assistant, the case stays open. The coordinator does not answer: another may take it. The visitor
    does not write: back to the assistant.

    Args:
        database: The record.
        waits: How long each may last.
        words: What the visitor reads, by timer.
        limit: How many at most.
        only_look: True to count and change nothing.

    Returns:
        How many were ended, or would be.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    now = _utc()
    late = sa.or_(
        *(
            sa.and_(conversations.c.timer == timer, conversations.c.timer_at < now - timedelta(seconds=seconds))
            for timer, seconds in (("claim", waits.claim_s), ("answer", waits.answer_s), ("visitor", waits.visitor_s))
        )
    )
    with database.read() as connection:
        due = [row.id for row in connection.execute(sa.select(conversations.c.id).where(late).limit(limit))]
    if only_look:
        return len(due)
    return sum(_end_wait(database, conversation_id, late, words) for conversation_id in due)


def _end_wait(database: Database, conversation_id: str, late: sa.ColumnElement[bool], words: Mapping[str, str]) -> bool:
    with database.write() as connection:
        # Looked at again under the lock: somebody may have come in the meantime.
        found = connection.execute(_locking(conversation_id).where(late)).first()
        if found is None:
            return False
        before = Holder(found.holder)
        after = Holder.WAITING if found.timer == "answer" else Holder.ASSISTANT
        if found.timer == "answer":
            connection.execute(
                sa.update(cases)
                .where(cases.c.conversation_id == conversation_id, cases.c.state == "open")
                .values(assigned_to=None)
            )
        move_in(connection, conversation_id, before=before, after=after)
        _note_cases(connection, conversation_id, f"timer: {found.timer}", None)
        reference = connection.execute(
            sa.select(cases.c.reference)
            .where(cases.c.conversation_id == conversation_id, cases.c.state == "open")
            .order_by(cases.c.id.desc())
        ).scalar()
        _tell(connection, found, words[found.timer].replace("{reference}", reference or "your conversation"))
        return True


def find_new(database: Database, channel: str, sender: str, *, after: int, limit: int = 100) -> list[Said]:
    """What was said to a visitor after a message of the record, in order: for channels that are asked.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    query = (
        sa.select(messages)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.channel == channel,
            conversations.c.sender == sender,
            messages.c.author != Author.VISITOR.value,
            messages.c.id > after,
        )
        .order_by(messages.c.id)
        .limit(limit)
    )
    with database.read() as connection:
        return [_as_said(row) for row in connection.execute(query)]


def find_undelivered(database: Database, conversation_id: str, *, before: int | None = None) -> list[Said]:
    """What a person said, or was said of one, and has not reached the visitor yet.

    Args:
        database: The record.
        conversation_id: Of the record.
        before: Only what was said before this message; None for all.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    query = (
        sa.select(messages)
        .join(outbox, outbox.c.message_id == messages.c.id)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.state == "pending", messages.c.answers.is_(None))
        .order_by(messages.c.id)
    )
    if before is not None:
        query = query.where(messages.c.id < before)
    with database.read() as connection:
        return [_as_said(row) for row in connection.execute(query)]


def find_heard(database: Database, conversation_id: str, *, before: int, most: int = 20) -> list[tuple[str, str]]:
    """What visitor and coordinator said to each other since the assistant spoke last: author and text, in order.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    of_conversation = messages.c.conversation_id == conversation_id, messages.c.id < before
    last = sa.select(sa.func.coalesce(sa.func.max(messages.c.id), 0)).where(*of_conversation, messages.c.author == "assistant")
    query = (
        sa.select(messages.c.author, messages.c.text)
        .where(*of_conversation, messages.c.id > last.scalar_subquery(), messages.c.author.in_(("visitor", "coordinator")))
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    with database.read() as connection:
        return [(row.author, row.text) for row in connection.execute(query)][::-1]


def _as_said(row: Row[Any]) -> Said:
    return Said(row.id, Author(row.author), row.text, row.kind, row.body or {})


def _locking(conversation_id: str) -> sa.Select[Any]:
    columns = conversations.c
    return (
        sa.select(columns.id, columns.channel, columns.holder, columns.coordinator, columns.positions, columns.timer)
        .where(columns.id == conversation_id)
        .with_for_update()
    )


def _lock(connection: Connection, conversation_id: str) -> Row[Any]:
    found = connection.execute(_locking(conversation_id)).first()
    if found is None:
        raise NotFoundError(f"there is no conversation {conversation_id}")
    return found


def _tell(connection: Connection, found: Row[Any], words: str) -> None:
    """Say on the gateway's part what has happened; nothing if there are no words."""
    if words:
        _add(connection, found, Author.GATEWAY, words)


def _add(
    connection: Connection,
    found: Row[Any],
    author: Author,
    text: str,
    *,
    external_id: str | None = None,
    author_id: str | None = None,
) -> int:
    """Put a message to the visitor into the record and the outbox."""
    now = _utc()
    values = {
        "conversation_id": found.id,
        "position": found.positions + 1,
        "author": author.value,
        "author_id": author_id,
        "external_id": external_id,
        "text": text,
        "kind": "handoff" if author is Author.GATEWAY else None,
        "body": _OWN if author is Author.GATEWAY else None,
        "said_at": now,
    }
    said_id = int(connection.execute(sa.insert(messages).returning(messages.c.id), values).scalar_one())
    queued = {"message_id": said_id, "conversation_id": found.id, "channel": found.channel, "state": "pending"}
    connection.execute(sa.insert(outbox), {**queued, "next_at": 0.0, "queued_at": now})
    change = sa.update(conversations).where(conversations.c.id == found.id)
    connection.execute(change.values(positions=found.positions + 1, last_at=now))
    return said_id


def _note_cases(connection: Connection, conversation_id: str, what: str, coordinator: str | None) -> None:
    """Write into the history of the open cases what happened."""
    ids = connection.execute(
        sa.select(cases.c.id).where(cases.c.conversation_id == conversation_id, cases.c.state == "open")
    ).scalars()
    rows = [{"case_id": one, "what": what, "coordinator": coordinator, "happened_at": _utc()} for one in ids]
    if rows:
        connection.execute(sa.insert(case_events), rows)


def _utc() -> datetime:
    return datetime.now(timezone.utc)
