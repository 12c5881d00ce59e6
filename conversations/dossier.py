"""One conversation with everything that is known of it; notes, labels, legal holds, unmasking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from conversations.accounts import add_deed
from conversations.database import Database
from conversations.errors import NotFoundError, RefusedError
from conversations.tables import (
    conversations,
    feedback,
    holds,
    labels,
    messages,
    notes,
    outbox,
    reviews,
    turns,
    unmaskings,
)

_NO_NAMES = frozenset(["yes", "no", "ok", "okay", "sure", "please", "thanks", "cancel", "stop"]) | {
    "yes please",
    "no thanks",
    "i agree",
    "yes i agree",
    "go ahead",
}
UNMASKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Line:
    """One message of a transcript.

    Attributes:
        id, position: In the record.
        author: "visitor", "assistant", "gateway" or "coordinator".
        author_id: Which coordinator.
        text: What was said.
        kind: Of a reply.
        citations: Of a reply, as shown to the visitor.
        buttons: Offered with a reply: their titles.
        said_at: UTC.
        intent, confidence, turn_state, model: What the assistant made of a visitor's message.
        delivery: Of a message to the visitor: "pending", "sent" or "failed".
        thumb, comment: The visitor's opinion of it.
        verdict: Of the review.
    """

    id: int
    position: int
    author: str
    author_id: str | None
    text: str
    kind: str | None
    citations: Sequence[Mapping[str, Any]]
    buttons: Sequence[str]
    said_at: datetime
    intent: str | None
    confidence: float | None
    turn_state: str | None
    model: str | None
    delivery: str | None
    thumb: str | None
    comment: str | None
    verdict: str | None


def find_conversation(database: Database, conversation_id: str) -> Row[Any]:
    """The row of a conversation.

    Raises:
        NotFoundError: If there is none.
    """
    with database.read() as connection:
        row = connection.execute(sa.select(conversations).where(conversations.c.id == conversation_id)).first()
    if row is None:
        raise NotFoundError("There is no such conversation.")
    return row


def read_lines(database: Database, conversation_id: str, *, after: int = 0, last: int | None = None) -> list[Line]:
    """The transcript in order, from after a position; only the `last` so many if that is given."""
    query = (
        sa.select(
            messages, turns.c.intent, turns.c.confidence, turns.c.state.label("turn_state"), turns.c.model,
            outbox.c.state.label("delivery"), feedback.c.thumb, feedback.c.comment, reviews.c.verdict,
        )
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .outerjoin(outbox, outbox.c.message_id == messages.c.id)
        .outerjoin(feedback, feedback.c.message_id == messages.c.id)
        .outerjoin(reviews, reviews.c.message_id == messages.c.id)
        .where(messages.c.conversation_id == conversation_id, messages.c.position > after)
        .order_by(messages.c.position.desc() if last else messages.c.position)
        .limit(last or 5000)
    )  # fmt: skip
    with database.read() as connection:
        lines = [_as_line(row) for row in connection.execute(query)]
    return lines[::-1] if last else lines


def _as_line(row: Row[Any]) -> Line:
    body = row.body or {}
    custom = body.get("custom") or {}
    return Line(
        row.id,
        row.position,
        row.author,
        row.author_id,
        row.text,
        row.kind,
        [one for one in custom.get("citations") or () if isinstance(one, Mapping)],
        [str(one.get("title", "")) for one in body.get("buttons") or () if isinstance(one, Mapping)],
        row.said_at,
        row.intent,
        row.confidence,
        row.turn_state,
        row.model,
        row.delivery,
        row.thumb,
        row.comment,
        row.verdict,
    )


def find_said_names(database: Database, conversation_id: str) -> list[str]:
    """What a visitor answered when asked for a name: short answers of letters only, within the giving of contact details."""
    query = (
        sa.select(messages.c.text)
        .join(turns, turns.c.message_id == messages.c.id)
        .where(messages.c.conversation_id == conversation_id, turns.c.intent == "give_contact")
        .limit(50)
    )
    with database.read() as connection:
        said = [text.strip() for text in connection.execute(query).scalars()]
    return [
        text for text in said if 0 < len(text.split()) <= 4 and text.replace(" ", "").isalpha() and text.lower() not in _NO_NAMES
    ]


def list_notes(database: Database, conversation_id: str) -> list[Row[Any]]:
    """Internal notes, oldest first."""
    with database.read() as connection:
        query = sa.select(notes).where(notes.c.conversation_id == conversation_id).order_by(notes.c.id)
        return list(connection.execute(query))


def add_note(database: Database, conversation_id: str, coordinator: str, text: str) -> None:
    """Write an internal note.

    Raises:
        NotFoundError: If there is no such conversation.
    """
    row = {"conversation_id": conversation_id, "coordinator": coordinator, "text": text, "written_at": _utc()}
    try:
        with database.write() as connection:
            connection.execute(sa.insert(notes), row)
    except IntegrityError as error:
        raise NotFoundError("There is no such conversation.") from error


def list_labels(database: Database, conversation_id: str) -> list[str]:
    """Labels of a conversation."""
    with database.read() as connection:
        query = sa.select(labels.c.label).where(labels.c.conversation_id == conversation_id).order_by(labels.c.label)
        return list(connection.execute(query).scalars())


def remove_label(database: Database, conversation_id: str, label: str) -> None:
    """Take a label off; "urgent" goes from the top of the list with it."""
    with database.write() as connection:
        connection.execute(sa.delete(labels).where(labels.c.conversation_id == conversation_id, labels.c.label == label))
        if label == "urgent":
            connection.execute(sa.update(conversations).where(conversations.c.id == conversation_id).values(urgent=False))


# ------------------------------------------------------------------ who may see


def unmask(database: Database, conversation_id: str, coordinator: str, reason: str, *, address: str) -> None:
    """Let a coordinator see personal data of a conversation for a while; who, which and why are in the audit log.

    Raises:
        NotFoundError: If there is no such conversation.
        RefusedError: If no reason is given.
    """
    if len(reason) < 5:
        raise RefusedError("Say why you need to see it, in a few words.")
    row = {"conversation_id": conversation_id, "coordinator": coordinator, "reason": reason[:200]}
    try:
        with database.write() as connection:
            connection.execute(sa.insert(unmaskings), {**row, "until": _utc() + UNMASKED_FOR})
            add_deed(connection, coordinator, "unmask", of=conversation_id, detail=reason, address=address)
    except IntegrityError as error:
        raise NotFoundError("There is no such conversation.") from error


def is_unmasked(database: Database, conversation_id: str, coordinator: str) -> bool:
    """True while a coordinator may see personal data of a conversation that is not theirs."""
    query = sa.select(unmaskings.c.id).where(
        unmaskings.c.conversation_id == conversation_id,
        unmaskings.c.coordinator == coordinator,
        unmaskings.c.until > _utc(),
    )
    with database.read() as connection:
        return connection.execute(query.limit(1)).first() is not None


# ------------------------------------------------------------------ legal hold


def set_hold(database: Database, conversation_id: str, reason: str, *, by: str) -> None:
    """Keep a conversation whatever its age, and whoever wants it erased.

    Raises:
        NotFoundError: If there is no such conversation.
        RefusedError: If no reason is given, or it is held already.
    """
    if len(reason) < 5:
        raise RefusedError("Say why it must be kept, in a few words.")
    with database.write() as connection:
        if connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation_id)).first() is None:
            raise NotFoundError("There is no such conversation.")
        if find_hold_in(connection, conversation_id) is not None:
            raise RefusedError("It is held already.")
        row = {"conversation_id": conversation_id, "reason": reason[:200], "set_by": by, "set_at": _utc()}
        connection.execute(sa.insert(holds), row)


def lift_hold(database: Database, conversation_id: str) -> None:
    """Keep it no longer than others."""
    with database.write() as connection:
        connection.execute(sa.delete(holds).where(holds.c.conversation_id == conversation_id))


def find_hold(database: Database, conversation_id: str) -> Row[Any] | None:
    """The hold on a conversation, if there is one."""
    with database.read() as connection:
        return find_hold_in(connection, conversation_id)


def find_hold_in(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The hold on a conversation, if there is one."""
    return connection.execute(sa.select(holds).where(holds.c.conversation_id == conversation_id)).first()


# ------------------------------------------------------------------ thumbs


def give_feedback(database: Database, channel: str, sender: str, message_id: int, thumb: str, comment: str | None) -> None:
    """Keep what a visitor thinks of a reply; a second opinion takes the place of the first.

    Raises:
        NotFoundError: If the visitor never got such a reply.
    """
    of_visitor = (
        sa.select(messages.c.conversation_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.id == message_id,
            messages.c.author != "visitor",
            conversations.c.channel == channel,
            conversations.c.sender == sender,
        )
    )
    with database.write() as connection:
        conversation_id = connection.execute(of_visitor).scalar()
        if conversation_id is None:
            raise NotFoundError("There is no such reply.")
        connection.execute(sa.delete(feedback).where(feedback.c.message_id == message_id))
        row = {"message_id": message_id, "conversation_id": conversation_id, "thumb": thumb, "comment": comment}
        connection.execute(sa.insert(feedback), {**row, "given_at": _utc()})


def _utc() -> datetime:
    return datetime.now(timezone.utc)
