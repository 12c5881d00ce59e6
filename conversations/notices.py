"""Notices of new cases: queued with the case's own mark, claimed, tried again, all in the database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from conversations.database import Database
from conversations.tables import cases, conversations, notices


@dataclass(frozen=True)
class Notice:
    """A notice that is to be sent now: nothing in it tells who the visitor is or what they wrote."""

    id: int
    way: str
    tries: int
    reference: str
    kind: str
    reason: str
    priority: str
    channel: str
    conversation_id: str
    opened_at: datetime


def queue_notices(database: Database, ways: Sequence[str], *, limit: int = 50) -> int:
    """Queue a notice by each way for cases that have none yet; twice the same is queued once."""
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    waiting = sa.select(cases.c.id).where(cases.c.notified_at.is_(None), cases.c.state == "open").limit(limit)
    with database.read() as connection:
        ids = list(connection.execute(waiting).scalars())
    if not ids:
        return 0
    with database.write() as connection:
        rows = [{"case_id": one, "way": way, "state": "pending", "next_at": 0.0} for one in ids for way in ways]
        connection.execute(insert(notices).on_conflict_do_nothing(), rows)
        connection.execute(sa.update(cases).where(cases.c.id.in_(ids)).values(notified_at=datetime.now(timezone.utc)))
    return len(ids)


def claim_notices(database: Database, *, lease_s: float, limit: int = 20) -> list[Notice]:
    """Claim what is due; after `lease_s` without a result another may send it."""
    now = time.time()
    due = notices.c.state == "pending", notices.c.next_at <= now
    with database.read() as connection:
        if connection.execute(sa.select(notices.c.id).where(*due).limit(1)).first() is None:
            return []
    with database.write() as connection:
        query = sa.select(notices.c.id).where(*due).order_by(notices.c.id).limit(limit).with_for_update(skip_locked=True)
        ids = list(connection.execute(query).scalars())
        change = sa.update(notices).where(notices.c.id.in_(ids))
        connection.execute(change.values(next_at=now + lease_s, tries=notices.c.tries + 1))
        rows = connection.execute(
            sa.select(
                notices.c.id,
                notices.c.way,
                notices.c.tries,
                cases.c.reference,
                cases.c.kind,
                cases.c.reason,
                cases.c.priority,
                conversations.c.channel,
                cases.c.conversation_id,
                cases.c.opened_at,
            )
            .join(cases, cases.c.id == notices.c.case_id)
            .join(conversations, conversations.c.id == cases.c.conversation_id)
            .where(notices.c.id.in_(ids))
        )
        return [Notice(*row) for row in rows]


def end_notice(database: Database, notice_id: int, *, error: str | None, wait_s: float | None) -> None:
    """Note what came of a sending: sent, to be tried again after `wait_s`, or given up."""
    values: dict[str, object] = {"state": "sent", "sent_at": datetime.now(timezone.utc), "error": None}
    if error is not None:
        values = {"error": error[:200]}
        values |= {"state": "failed"} if wait_s is None else {"next_at": time.time() + wait_s}
    with database.write() as connection:
        connection.execute(sa.update(notices).where(notices.c.id == notice_id).values(values))
