"""The record as one visitor sees it: read it, acknowledge it, judge an answer, erase it. For channels that keep a live line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from conversations.database import Database
from conversations.errors import HeldError
from conversations.tables import METADATA, conversations, ended_sessions, feedback, messages, outbox
from conversations.types import Author, DeliveryState

_FOUND = (conversations.c.channel == sa.bindparam("of_channel")) & (conversations.c.sender == sa.bindparam("of_sender"))


@dataclass(frozen=True)
class Line:
    """One message of a conversation, as its visitor may see it.

    Attributes:
        id: Of the record; grows within the conversation.
        author: Who said it.
        name: Of the coordinator who said it, if known.
        text: What was said.
        kind: Of a reply.
        body: The rest of a reply in Rasa's form.
        said_at: UTC.
        client_id: The visitor's own id of the message, of a visitor's message.
        answers: The visitor's own id of the message that this one answers.
        thumb: What the visitor thought of it: "up", "down" or None.
    """

    id: int
    author: Author
    name: str | None
    text: str
    kind: str | None
    body: Mapping[str, Any]
    said_at: datetime
    client_id: str | None
    answers: str | None
    thumb: str | None


@dataclass(frozen=True)
class Visit:
    """Where a conversation stands: who holds it, by name if a coordinator does; how many messages wait; what is new in it."""

    holder: str
    name: str | None
    waiting: int
    lines: Sequence[Line]


def look(database: Database, channel: str, sender: str, *, after: int, limit: int) -> Visit | None:
    """Read what is new for a visitor.

    Args:
        database: The record.
        channel: Name of the channel.
        sender: The visitor's address on it.
        after: Id of the last message that is known; 0 for none.
        limit: How many messages at most, the oldest ones first.

    Returns:
        None if nothing was ever said.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    asked = messages.alias("asked")
    with database.read() as connection:
        found = connection.execute(
            sa.select(conversations.c.id, conversations.c.holder, conversations.c.coordinator, conversations.c.waiting).where(
                _FOUND
            ),
            {"of_channel": channel, "of_sender": sender},
        ).first()
        if found is None:
            return None
        rows = connection.execute(
            sa.select(messages, asked.c.external_id.label("answers_id"), feedback.c.thumb)
            .outerjoin(asked, asked.c.id == messages.c.answers)
            .outerjoin(feedback, feedback.c.message_id == messages.c.id)
            .where(messages.c.conversation_id == found.id, messages.c.id > after)
            .order_by(messages.c.id)
            .limit(limit)
        ).all()
        names = _names(connection, {found.coordinator, *(row.author_id for row in rows)} - {None})
        lines = [_line(row, names) for row in rows]
        return Visit(found.holder, names.get(found.coordinator), found.waiting, lines)


def acknowledge(database: Database, channel: str, sender: str, *, up_to: int) -> None:
    """Note that all messages up to one have reached the visitor.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    whose = sa.select(conversations.c.id).where(_FOUND).scalar_subquery()
    with database.write() as connection:
        connection.execute(
            sa.update(outbox)
            .where(
                outbox.c.conversation_id == whose,
                outbox.c.message_id <= up_to,
                outbox.c.state == DeliveryState.PENDING.value,
            )
            .values(state=DeliveryState.SENT.value, sent_at=_utc(), error=None),
            {"of_channel": channel, "of_sender": sender},
        )


def give_feedback(
    database: Database, channel: str, sender: str, message_id: int, *, thumb: str | None, comment: str | None
) -> bool:
    """Keep what a visitor thinks of a message; None takes it back.

    Returns:
        False if the message is not one that was said to this visitor.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    with database.write() as connection:
        of = connection.execute(
            sa.select(messages.c.conversation_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(_FOUND, messages.c.id == message_id, messages.c.author != Author.VISITOR.value)
            .with_for_update(),
            {"of_channel": channel, "of_sender": sender},
        ).scalar()
        if of is None:
            return False
        connection.execute(sa.delete(feedback).where(feedback.c.message_id == message_id))
        if thumb is not None:
            row = {"message_id": message_id, "conversation_id": of, "thumb": thumb, "comment": comment, "given_at": _utc()}
            connection.execute(sa.insert(feedback).values(row))
    return True


def erase_visit(database: Database, channel: str, sender: str, *, remembered_for: timedelta) -> int:
    """Erase a conversation with all that hangs on it, and remember that its session has ended.

    Args:
        database: The record.
        channel: Name of the channel.
        sender: The visitor's address on it.
        remembered_for: How long a session can live: its end is remembered for so long.

    Returns:
        How many messages were erased.

    Raises:
        HeldError: If the conversation must be kept by law.
        StoreUnavailableError: If the database does not answer.
    """
    key = {"of_channel": channel, "of_sender": sender}
    try:
        with database.write() as connection:
            of = connection.execute(sa.select(conversations.c.id).where(_FOUND).with_for_update(), key).scalar()
            n_messages = 0
            if of is not None:
                of_it = messages.c.conversation_id == of
                n_messages = connection.execute(sa.select(sa.func.count()).select_from(messages).where(of_it)).scalar_one()
                connection.execute(sa.delete(messages).where(of_it))
                connection.execute(sa.delete(conversations).where(conversations.c.id == of))
            connection.execute(sa.delete(ended_sessions).where(ended_sessions.c.ended_at < _utc() - remembered_for))
            if connection.execute(_ENDED, {"of_key": _key(channel, sender)}).first() is None:
                connection.execute(sa.insert(ended_sessions).values(key=_key(channel, sender), ended_at=_utc()))
            return n_messages
    except sa.exc.IntegrityError as error:
        raise HeldError("the conversation must be kept") from error


_ENDED = sa.select(ended_sessions.c.key).where(ended_sessions.c.key == sa.bindparam("of_key"))


def has_ended(database: Database, channel: str, sender: str) -> bool:
    """True if the visitor has erased the conversation: nothing may be said in it any more.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    with database.read() as connection:
        return connection.execute(_ENDED, {"of_key": _key(channel, sender)}).first() is not None


def _key(channel: str, sender: str) -> str:
    return hashlib.sha256(f"{channel}:{sender}".encode()).hexdigest()


def _names(connection: Connection, ids: set[str]) -> Mapping[str | None, str]:
    """What visitors call the coordinators; empty while the record has no accounts."""
    accounts = METADATA.tables.get("coordinators")
    if accounts is None or not ids:
        return {}
    rows = connection.execute(sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _line(row: Row[Any], names: Mapping[str | None, str]) -> Line:
    author = Author(row.author)
    mine = author is Author.VISITOR
    return Line(
        row.id,
        author,
        names.get(row.author_id),
        row.text,
        row.kind,
        row.body or {},
        row.said_at,
        row.external_id if mine else None,
        row.answers_id,
        row.thumb,
    )


def _utc() -> datetime:
    return datetime.now(timezone.utc)
