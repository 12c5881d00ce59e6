"""Cases as coordinators work through them: urgent first, then by how long the visitor has waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from conversations.cases import open_case
from conversations.database import Database
from conversations.effects import OpenCase
from conversations.errors import NotFoundError, RefusedError
from conversations.tables import case_events, cases, conversations, labels

VIEWS = ("new", "mine", "open", "closed")
OUTCOMES = ("answered", "contacted", "no_answer", "passed_on", "not_needed", "spam")


@dataclass(frozen=True)
class Item:
    """A case in the list.

    Attributes:
        id: Of the case.
        reference: Said to the visitor.
        conversation_id: Of the record.
        channel: The visitor's.
        kind: "handoff", "privacy", "emergency" or "failure".
        reason: Of `conversations.effects.REASONS`.
        urgent: Whether it goes first.
        state: "open" or "closed".
        holder: Who holds the conversation.
        coordinator: Who, if a coordinator does.
        assigned_to: Whose case it is.
        waits_since: Since when the visitor waits for a person; None if the case is closed.
        timer: What the conversation waits for, as in its table.
        topics, countries, language: What was asked about, and in which language.
        question: The visitor's last question.
        contact_name: None if not given.
        can_reach: Whether there are contact details with consent.
        opened_at, closed_at: UTC.
        outcome: How it was closed.
    """

    id: int
    reference: str
    conversation_id: str
    channel: str
    kind: str
    reason: str
    urgent: bool
    state: str
    holder: str
    coordinator: str | None
    assigned_to: str | None
    waits_since: datetime | None
    timer: str | None
    topics: Sequence[str]
    countries: Sequence[str]
    language: str | None
    question: str
    contact_name: str | None
    can_reach: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty texts narrow nothing."""

    channel: str = ""
    topic: str = ""
    country: str = ""
    language: str = ""


def list_items(
    database: Database, view: str, coordinator: str, filters: Filters = Filters(), *, limit: int = 50, offset: int = 0
) -> list[Item]:
    """One view of the list.

    Args:
        database: The record.
        view: One of `VIEWS`.
        coordinator: Who looks.
        filters: What to narrow it to.
        limit: How many at most.
        offset: How many to leave out at the top.
    """
    query = _narrow(_select(), view, coordinator, filters)
    if view == "closed":
        query = query.order_by(cases.c.closed_at.desc(), cases.c.id.desc())
    else:
        urgent_first = sa.case((sa.or_(cases.c.priority == "urgent", conversations.c.urgent), 0), else_=1)
        waiting_first = sa.case((conversations.c.holder == "waiting", 0), else_=1)
        query = query.order_by(urgent_first, waiting_first, cases.c.opened_at, cases.c.id)
    with database.read() as connection:
        return [_as_item(row) for row in connection.execute(query.limit(limit).offset(offset))]


def count_items(database: Database, coordinator: str) -> dict[str, int]:
    """How many cases each open view has."""
    fresh, mine = cases.c.assigned_to.is_(None), cases.c.assigned_to == coordinator
    query = sa.select(
        sa.func.count(),
        sa.func.sum(sa.case((fresh, 1), else_=0)),
        sa.func.sum(sa.case((mine, 1), else_=0)),
        sa.func.sum(sa.case((sa.and_(fresh, cases.c.priority == "urgent"), 1), else_=0)),
    ).where(cases.c.state == "open")
    with database.read() as connection:
        all_open, new, own, urgent = connection.execute(query).one()
    return {"open": all_open, "new": new or 0, "mine": own or 0, "urgent": urgent or 0}


def list_choices(database: Database) -> dict[str, list[str]]:
    """What the filters offer: channels, topics, countries and languages of open cases."""
    query = sa.select(conversations.c.channel, cases.c.topics, cases.c.countries, cases.c.language)
    query = query.join(conversations, conversations.c.id == cases.c.conversation_id).where(cases.c.state == "open").limit(2000)
    found: dict[str, set[str]] = {"channel": set(), "topic": set(), "country": set(), "language": set()}
    with database.read() as connection:
        for row in connection.execute(query):
            found["channel"].add(row.channel)
            found["topic"].update(row.topics or ())
            found["country"].update(row.countries or ())
            found["language"].update([row.language] if row.language else [])
    return {name: sorted(values) for name, values in found.items()}


def list_cases_of(database: Database, conversation_id: str) -> list[Item]:
    """All cases of a conversation, the newest first."""
    query = _select().where(cases.c.conversation_id == conversation_id).order_by(cases.c.id.desc())
    with database.read() as connection:
        return [_as_item(row) for row in connection.execute(query)]


def list_history(database: Database, case_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """What happened to cases, oldest first, by case."""
    query = sa.select(case_events).where(case_events.c.case_id.in_(case_ids)).order_by(case_events.c.id)
    found: dict[int, list[Row[Any]]] = {one: [] for one in case_ids}
    with database.read() as connection:
        for row in connection.execute(query):
            found[row.case_id].append(row)
    return found


def find_contact(database: Database, case_id: int) -> Mapping[str, Any]:
    """Contact details and consent of a case, opened.

    Raises:
        NotFoundError: If there is no such case.
    """
    columns = cases.c.contact_name, cases.c.contact_email, cases.c.contact_phone, cases.c.consent, cases.c.conversation_id
    with database.read() as connection:
        row = connection.execute(sa.select(*columns).where(cases.c.id == case_id)).first()
    if row is None:
        raise NotFoundError("There is no such case.")
    return {
        "name": row.contact_name,
        "email": row.contact_email,
        "phone": row.contact_phone,
        "consent": row.consent,
        "conversation_id": row.conversation_id,
    }


def find_others(database: Database, conversation_id: str) -> list[Item]:
    """Cases of the same visitor in other conversations, known by the fingerprint of e-mail or phone."""
    keys = sa.select(cases.c.contact_key).where(cases.c.conversation_id == conversation_id, cases.c.contact_key.is_not(None))
    query = _select().where(cases.c.contact_key.in_(keys), cases.c.conversation_id != conversation_id)
    with database.read() as connection:
        return [_as_item(row) for row in connection.execute(query.order_by(cases.c.id.desc()).limit(20))]


def assign(database: Database, case_id: int, to: str | None, *, by: str) -> None:
    """Give a case to a coordinator, or to nobody.

    Raises:
        NotFoundError: If there is no such open case.
    """
    with database.write() as connection:
        change = sa.update(cases).where(cases.c.id == case_id, cases.c.state == "open")
        if connection.execute(change.values(assigned_to=to, changed_at=_utc())).rowcount != 1:
            raise NotFoundError("There is no such open case.")
        row = {"case_id": case_id, "what": "assigned", "coordinator": by, "detail": to or "nobody", "happened_at": _utc()}
        connection.execute(sa.insert(case_events), row)


def close_case(database: Database, case_id: int, outcome: str, *, by: str) -> None:
    """Close a case.

    Raises:
        NotFoundError: If there is no such open case.
        RefusedError: If the outcome is none of `OUTCOMES`.
    """
    if outcome not in OUTCOMES:
        raise RefusedError("Choose how the case ended.")
    with database.write() as connection:
        change = sa.update(cases).where(cases.c.id == case_id, cases.c.state == "open")
        now = _utc()
        values = {"state": "closed", "outcome": outcome, "closed_by": by, "closed_at": now, "changed_at": now}
        conversation_id = connection.execute(change.values(values).returning(cases.c.conversation_id)).scalar()
        if conversation_id is None:
            raise NotFoundError("There is no such open case.")
        row = {"case_id": case_id, "what": "closed", "coordinator": by, "detail": outcome, "happened_at": now}
        connection.execute(sa.insert(case_events), row)
        left = sa.select(cases.c.id).where(
            cases.c.conversation_id == conversation_id, cases.c.state == "open", cases.c.priority == "urgent"
        )
        if connection.execute(left).first() is None:  # no longer at the top
            connection.execute(sa.update(conversations).where(conversations.c.id == conversation_id).values(urgent=False))
            connection.execute(sa.delete(labels).where(labels.c.conversation_id == conversation_id, labels.c.label == "urgent"))


def reopen_case(database: Database, case_id: int, *, by: str) -> None:
    """Open a closed case again.

    Raises:
        NotFoundError: If there is no such closed case.
    """
    with database.write() as connection:
        change = sa.update(cases).where(cases.c.id == case_id, cases.c.state == "closed")
        values = {"state": "open", "outcome": None, "closed_by": None, "closed_at": None, "assigned_to": by, "changed_at": _utc()}
        if connection.execute(change.values(values)).rowcount != 1:
            raise NotFoundError("There is no such closed case.")
        row = {"case_id": case_id, "what": "opened again", "coordinator": by, "happened_at": _utc()}
        connection.execute(sa.insert(case_events), row)


def ensure_case(database: Database, conversation_id: str) -> None:
    """A coordinator steps in unasked: the conversation gets a case, so that it is in the list."""
    with database.write() as connection:
        known = sa.select(cases.c.id).where(cases.c.conversation_id == conversation_id, cases.c.state == "open")
        exists = sa.select(conversations.c.id).where(conversations.c.id == conversation_id)
        if connection.execute(exists).first() is not None and connection.execute(known).first() is None:
            open_case(connection, conversation_id, None, OpenCase("handoff", "stepped_in", once=True), _utc())


def _select() -> sa.Select[Any]:
    return sa.select(
        cases, conversations.c.channel, conversations.c.holder, conversations.c.coordinator, conversations.c.timer,
        conversations.c.timer_at, conversations.c.urgent,
    ).join(conversations, conversations.c.id == cases.c.conversation_id)  # fmt: skip


def _narrow(query: sa.Select[Any], view: str, coordinator: str, filters: Filters) -> sa.Select[Any]:
    query = query.where(cases.c.state == ("closed" if view == "closed" else "open"))
    if view == "new":
        query = query.where(cases.c.assigned_to.is_(None))
    if view == "mine":
        query = query.where(cases.c.assigned_to == coordinator)
    if filters.channel:
        query = query.where(conversations.c.channel == filters.channel)
    if filters.language:
        query = query.where(cases.c.language == filters.language)
    for column, wanted in ((cases.c.topics, filters.topic), (cases.c.countries, filters.country)):
        if wanted:
            # The lists are short JSON arrays of names; the quotes keep "China" apart from "China coast".
            query = query.where(sa.cast(column, sa.Text).contains(f'"{wanted}"', autoescape=True))
    return query


def _as_item(row: Row[Any]) -> Item:
    urgent = row.priority == "urgent" or bool(row.urgent)
    since = row.timer_at if row.timer in ("claim", "answer") else row.opened_at
    reach = bool(row.contact_email or row.contact_phone)
    return Item(
        row.id,
        row.reference,
        row.conversation_id,
        row.channel,
        row.kind,
        row.reason,
        urgent,
        row.state,
        row.holder,
        row.coordinator,
        row.assigned_to,
        since if row.state == "open" else None,
        row.timer,
        row.topics or (),
        row.countries or (),
        row.language,
        (row.questions or [""])[-1],
        row.contact_name,
        reach,
        row.opened_at,
        row.closed_at,
        row.outcome,
    )


def _utc() -> datetime:
    return datetime.now(timezone.utc)
