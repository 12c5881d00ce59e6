"""Delete what is too old; erase or copy what there is of one visitor. Legal hold stops both; each leaves a receipt of counts."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from conversations.database import Database
from conversations.errors import NotFoundError, RefusedError
from conversations.tables import (
    candidates,
    case_events,
    cases,
    conversations,
    events,
    feedback,
    holds,
    labels,
    messages,
    moves,
    notes,
    notices,
    outbox,
    receipts,
    reviews,
    turns,
    unmaskings,
)

AT_ONCE = 200
# What hangs on a conversation directly, in the order in which it is copied and deleted.
_DIRECT = (unmaskings, reviews, feedback, notes, labels, moves, outbox, turns, cases, messages, events)


@dataclass(frozen=True)
class Receipt:
    """What was deleted: rows by store, and when."""

    id: str
    counts: Mapping[str, int]
    done_at: datetime


def find_old(database: Database, *, days: int, limit: int | None = None) -> list[str]:
    """Conversations that are older than so many days, are not held and have no open case."""
    before = datetime.now(timezone.utc) - timedelta(days=days)
    query = (
        sa.select(conversations.c.id)
        .where(
            conversations.c.last_at < before,
            ~sa.exists().where(holds.c.conversation_id == conversations.c.id),
            ~sa.exists().where(cases.c.conversation_id == conversations.c.id, cases.c.state == "open"),
            conversations.c.waiting == 0,
        )
        .order_by(conversations.c.last_at)
    )
    with database.read() as connection:
        return list(connection.execute(query.limit(limit) if limit else query).scalars())


def delete_old(database: Database, *, days: int, by: str) -> Mapping[str, int]:
    """Delete what is too old, a share at a time, so that nobody has to wait for it.

    Returns:
        Rows by table.
    """
    total: Counter[str] = Counter()
    while ids := find_old(database, days=days, limit=AT_ONCE):
        with database.write() as connection:
            kept = set(connection.execute(sa.select(holds.c.conversation_id).where(holds.c.conversation_id.in_(ids))).scalars())
            ids = [one for one in ids if one not in kept]
            total.update(_delete(connection, ids))
        if not ids:
            break
    if total:
        _write_receipt(database, "retention", dict(total), by)
    return dict(total)


def erase(database: Database, conversation_ids: Sequence[str], *, by: str) -> Receipt:
    """Erase conversations with all that hangs on them.

    Args:
        database: The record.
        conversation_ids: Of one visitor.
        by: Who does it.

    Raises:
        NotFoundError: If there is none of them.
        RefusedError: If one is under legal hold; nothing is erased then.
    """
    with database.write() as connection:
        if connection.execute(sa.select(holds.c.conversation_id).where(holds.c.conversation_id.in_(conversation_ids))).first():
            raise RefusedError("There is a legal hold on it. Lift the hold first.")
        counts = _delete(connection, list(conversation_ids))
        if not counts.get("conversations"):
            raise NotFoundError("There is no such conversation.")
        return _add_receipt(connection, "erasure", counts, by)


def copy_visitor(database: Database, conversation_ids: Sequence[str]) -> dict[str, Any]:
    """All that there is of a visitor, by table, contact details opened.

    Raises:
        NotFoundError: If there is nothing.
    """
    found: dict[str, Any] = {}
    with database.read() as connection:
        rows = connection.execute(sa.select(conversations).where(conversations.c.id.in_(conversation_ids)))
        found["conversations"] = [_plain(row._mapping) for row in rows]
        if not found["conversations"]:
            raise NotFoundError("There is no such conversation.")
        for table in _DIRECT:
            query = sa.select(table).where(table.c.conversation_id.in_(conversation_ids))
            found[table.name] = [_plain(row._mapping) for row in connection.execute(query)]
        for table, column in ((case_events, cases.c.id), (candidates, messages.c.id)):
            of = sa.select(column).where(column.table.c.conversation_id.in_(conversation_ids))
            key = table.c.case_id if table is case_events else table.c.message_id
            rows = connection.execute(sa.select(table).where(key.in_(of)))
            found[table.name] = [_plain(row._mapping) for row in rows]
    return found


def find_of_visitor(database: Database, conversation_id: str) -> list[str]:
    """This conversation, and others that the same visitor's e-mail or phone is known from."""
    keys = sa.select(cases.c.contact_key).where(cases.c.conversation_id == conversation_id, cases.c.contact_key.is_not(None))
    others = sa.select(cases.c.conversation_id).where(cases.c.contact_key.in_(keys)).distinct()
    with database.read() as connection:
        return sorted({conversation_id, *connection.execute(others).scalars()})


def list_receipts(database: Database) -> list[Receipt]:
    """Receipts, the newest first."""
    query = sa.select(receipts).order_by(receipts.c.done_at.desc()).limit(100)
    with database.read() as connection:
        return [Receipt(row.id, {"what": row.what, **row.counts}, row.done_at) for row in connection.execute(query)]


def _delete(connection: Connection, ids: list[str]) -> dict[str, int]:
    """Delete conversations and count what went with them."""
    counts: Counter[str] = Counter()
    if not ids:
        return {}
    of_cases = sa.select(cases.c.id).where(cases.c.conversation_id.in_(ids))
    of_messages = sa.select(messages.c.id).where(messages.c.conversation_id.in_(ids))
    counts["search index"] = connection.execute(sa.select(sa.func.count()).select_from(of_messages.subquery())).scalar_one()
    for table, column, of in (
        (notices, notices.c.case_id, of_cases),
        (case_events, case_events.c.case_id, of_cases),
        (candidates, candidates.c.message_id, of_messages),
    ):
        counts[table.name] += connection.execute(sa.delete(table).where(column.in_(of))).rowcount
    for table in _DIRECT:
        counts[table.name] += connection.execute(sa.delete(table).where(table.c.conversation_id.in_(ids))).rowcount
    # The assistant's working memory lies in the conversation's own row.
    counts["conversations"] += connection.execute(sa.delete(conversations).where(conversations.c.id.in_(ids))).rowcount
    return {name: number for name, number in counts.items() if number}


def _write_receipt(database: Database, what: str, counts: dict[str, int], by: str) -> None:
    with database.write() as connection:
        _add_receipt(connection, what, counts, by)


def _add_receipt(connection: Connection, what: str, counts: dict[str, int], by: str) -> Receipt:
    receipt = Receipt(uuid.uuid4().hex, counts, datetime.now(timezone.utc))
    row = {"id": receipt.id, "what": what, "counts": counts, "done_by": by[:64], "done_at": receipt.done_at}
    connection.execute(sa.insert(receipts), row)
    return receipt


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
