"""The outbox: what is still to be sent, claimed so that no two workers send it, in the order of each conversation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timezone

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from conversations.cases import open_case
from conversations.database import Database
from conversations.effects import OpenCase
from conversations.tables import conversations, messages, outbox
from conversations.types import Author, Delivery, DeliveryState, Said


class Outbox:
    """The outgoing side of the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, channel: str, *, limit: int, lease_s: float) -> list[Delivery]:
        """Claim messages of a channel that are due: of each conversation the oldest unsent one only, so that order is kept.

        Args:
            channel: Name of the channel.
            limit: How many at most.
            lease_s: After this time without a result another worker may send them.
        """
        now = time.time()
        older = outbox.alias("older")
        waits = sa.exists().where(
            older.c.channel == channel,
            older.c.conversation_id == outbox.c.conversation_id,
            older.c.state == DeliveryState.PENDING.value,
            older.c.message_id < outbox.c.message_id,
        )
        due = (
            sa.select(outbox.c.message_id)
            .where(outbox.c.channel == channel, outbox.c.state == DeliveryState.PENDING.value, outbox.c.next_at <= now, ~waits)
            .order_by(outbox.c.message_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            ids = list(connection.execute(due).scalars())
            if not ids:
                return []
            taken = sa.update(outbox).where(outbox.c.message_id.in_(ids))
            connection.execute(taken.values(next_at=now + lease_s, tries=outbox.c.tries + 1))
            return _read_deliveries(connection, ids)

    def mark_sent(self, ids: Sequence[int], *, provider_id: str | None = None) -> None:
        """Note that messages have arrived at the receiving side; those already noted stay as they are."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.message_id.in_(ids), outbox.c.state != DeliveryState.SENT.value)
                .values(state=DeliveryState.SENT.value, sent_at=_utc(), provider_id=provider_id, error=None)
            )

    def put_off(self, message_id: int, *, wait_s: float, error: str) -> None:
        """Note a passing failure: the message is due again after a while."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.message_id == message_id, outbox.c.state == DeliveryState.PENDING.value)
                .values(next_at=time.time() + wait_s, error=error[:200])
            )

    def give_up(self, delivery: Delivery, *, error: str) -> None:
        """Note a failure for good, and open a case, so that a coordinator sees it."""
        now = _utc()
        with self._database.write() as connection:
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.message_id == delivery.message_id)
                .values(state=DeliveryState.FAILED.value, error=error[:200])
            )
            wanted = OpenCase("failure", "delivery_failed", once=True)
            open_case(connection, delivery.conversation_id, delivery.message_id, wanted, now)

    def next_due_s(self, channel: str) -> float | None:
        """Seconds until the next message of a channel is due; None if none waits."""
        query = sa.select(sa.func.min(outbox.c.next_at)).where(
            outbox.c.channel == channel, outbox.c.state == DeliveryState.PENDING.value
        )
        with self._database.read() as connection:
            next_at = connection.execute(query).scalar()
        return None if next_at is None else max(0.0, next_at - time.time())


def _read_deliveries(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    asked = messages.alias("asked")
    rows = connection.execute(
        sa.select(messages, conversations.c.sender, outbox.c.tries, asked.c.external_id.label("answers_id"))
        .join(outbox, outbox.c.message_id == messages.c.id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .outerjoin(asked, asked.c.id == messages.c.answers)
        .where(messages.c.id.in_(ids))
        .order_by(messages.c.id)
    )
    return [
        Delivery(
            row.id,
            row.conversation_id,
            row.sender,
            Said(row.id, Author(row.author), row.text, row.kind, row.body or {}),
            row.answers_id,
            row.tries,
        )
        for row in rows
    ]


def _utc() -> datetime:
    return datetime.now(timezone.utc)
