"""Events for other systems: written with what they report, published later; the broker's absence delays and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from conversations.database import Database
from conversations.tables import events

_ADD = sa.insert(events)


@dataclass(frozen=True)
class Event:
    """Something that happened: ids and kinds, never what people wrote."""

    id: int
    type: str
    conversation_id: str
    message_id: int | None
    data: Mapping[str, Any]
    happened_at: datetime


def add_event(
    connection: Connection, kind: str, conversation_id: str, message_id: int | None, data: Mapping[str, Any], now: datetime
) -> None:
    """Write an event in the transaction of what it reports."""
    row = {"type": kind, "conversation_id": conversation_id, "message_id": message_id, "data": dict(data), "happened_at": now}
    connection.execute(_ADD, row)


def read_unpublished(database: Database, *, limit: int) -> list[Event]:
    """The oldest events that have not been published, in order."""
    query = sa.select(events).where(events.c.published_at.is_(None)).order_by(events.c.id).limit(limit)
    with database.read() as connection:
        return [
            Event(row.id, row.type, row.conversation_id, row.message_id, row.data or {}, row.happened_at)
            for row in connection.execute(query)
        ]


def mark_published(database: Database, ids: Sequence[int]) -> None:
    """Note that the broker has confirmed events."""
    with database.write() as connection:
        connection.execute(sa.update(events).where(events.c.id.in_(ids)).values(published_at=datetime.now(timezone.utc)))
