"""Open cases and set labels, inside the transaction of the turn that asked for them; list cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from conversations.database import Database
from conversations.effects import OpenCase, Resume, SetLabel, make_reference, read_effects
from conversations.errors import MoveRefusedError, NotFoundError
from conversations.holding import move_in
from conversations.moves import Holder
from conversations.sealing import Cipher
from conversations.tables import case_events, cases, conversations, labels
from conversations.types import Case


def apply_effects(
    connection: Connection, conversation_id: str, message_id: int, effects: Sequence[object], now: datetime
) -> str | None:
    """Do what a reply asked for.

    Args:
        connection: With the transaction of the turn.
        conversation_id: Of the record.
        message_id: The visitor's message.
        effects: As `conversations.effects` describes.
        now: UTC.

    Returns:
        The reference of the first case that was opened or taken up, or None.
    """
    reference = None
    for effect in read_effects(effects):
        if isinstance(effect, SetLabel):
            set_label(connection, conversation_id, effect.label, set_by="assistant", now=now)
            continue
        if isinstance(effect, Resume):
            _move(connection, conversation_id, Holder.WAITING, Holder.ASSISTANT)
            continue
        of_case = open_case(connection, conversation_id, message_id, effect, now)
        if effect.live:
            _move(connection, conversation_id, Holder.ASSISTANT, Holder.WAITING)
        reference = reference or of_case
    return reference


def _move(connection: Connection, conversation_id: str, before: Holder, after: Holder) -> None:
    """Move if it still is as it was; a person who came in between keeps the conversation."""
    try:
        move_in(connection, conversation_id, before=before, after=after)
    except MoveRefusedError:
        return


def set_label(connection: Connection, conversation_id: str, label: str, *, set_by: str, now: datetime) -> None:
    """Put a label on a conversation, once."""
    key = (labels.c.conversation_id == conversation_id) & (labels.c.label == label)
    if connection.execute(sa.select(labels.c.label).where(key)).first() is None:
        connection.execute(sa.insert(labels).values(conversation_id=conversation_id, label=label, set_by=set_by, set_at=now))
    if label == "urgent":
        connection.execute(sa.update(conversations).where(conversations.c.id == conversation_id).values(urgent=True))


def set_label_on(database: Database, conversation_id: str, label: str, *, by: str) -> None:
    """Put a label on a conversation, once.

    Raises:
        NotFoundError: If there is no such conversation.
    """
    with database.write() as connection:
        if connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation_id)).first() is None:
            raise NotFoundError("There is no such conversation.")
        set_label(connection, conversation_id, label, set_by=by, now=datetime.now(timezone.utc))


def open_case(connection: Connection, conversation_id: str, message_id: int | None, wanted: OpenCase, now: datetime) -> str:
    """Open a case, or take up the open one of the same reason if it asks for that.

    Returns:
        Its reference.
    """
    if wanted.priority == "urgent":
        set_label(connection, conversation_id, "urgent", set_by="assistant", now=now)
    known = _find_open(connection, conversation_id, wanted) if wanted.once else None
    if known is not None:
        questions = [*(known.questions or ()), *wanted.questions][-50:]
        change = {"changed_at": now, "occurrences": cases.c.occurrences + 1, "questions": questions}
        connection.execute(sa.update(cases).where(cases.c.id == known.id).values(change))
        return str(known.reference)
    reference = _free_reference(connection)
    case_id = connection.execute(
        sa.insert(cases)
        .returning(cases.c.id)
        .values(
            reference=reference,
            conversation_id=conversation_id,
            message_id=message_id,
            kind=wanted.kind,
            reason=wanted.reason,
            priority=wanted.priority,
            state="open",
            contact_name=wanted.contact.get("name"),
            contact_email=wanted.contact.get("email"),
            contact_phone=wanted.contact.get("phone"),
            contact_key=_fingerprint(connection, wanted),
            consent=wanted.consent,
            topics=list(wanted.topics),
            countries=list(wanted.countries),
            questions=list(wanted.questions),
            language=wanted.language,
            time_zone=wanted.time_zone,
            opened_at=now,
            changed_at=now,
        )
    ).scalar_one()
    connection.execute(sa.insert(case_events).values(case_id=case_id, what="opened", detail=wanted.reason, happened_at=now))
    return reference


def _fingerprint(connection: Connection, wanted: OpenCase) -> str | None:
    """What finds other cases of the same visitor; without a key there is none."""
    reach = wanted.contact.get("email") or wanted.contact.get("phone")
    cipher: Cipher | None = getattr(connection.dialect, "cipher", None)
    return cipher.fingerprint(reach) if cipher is not None and reach else None


def list_cases(connection: Connection, *, state: str = "open", limit: int = 1000) -> list[Case]:
    """Cases of a state, urgent ones first, then the oldest."""
    urgent_first = sa.case((cases.c.priority == "urgent", 0), else_=1)
    query = sa.select(cases).where(cases.c.state == state).order_by(urgent_first, cases.c.opened_at, cases.c.id).limit(limit)
    return [_as_case(row) for row in connection.execute(query)]


def _find_open(connection: Connection, conversation_id: str, wanted: OpenCase) -> Row[tuple[int, str, list[str]]] | None:
    return connection.execute(
        sa.select(cases.c.id, cases.c.reference, cases.c.questions).where(
            cases.c.conversation_id == conversation_id, cases.c.state == "open", cases.c.reason == wanted.reason
        )
    ).first()


def _free_reference(connection: Connection) -> str:
    while True:
        reference = make_reference()
        if connection.execute(sa.select(cases.c.id).where(cases.c.reference == reference)).first() is None:
            return reference


def _as_case(row: Row[tuple[object, ...]]) -> Case:
    given = {"name": row.contact_name, "email": row.contact_email, "phone": row.contact_phone}
    return Case(
        row.reference,
        row.kind,
        row.reason,
        row.priority,
        row.state,
        row.conversation_id,
        {name: value for name, value in given.items() if value},
        row.opened_at,
    )
