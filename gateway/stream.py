"""The event stream for other systems: what the record has written is published to RabbitMQ, in order, each until it is confirmed.

An event may be published twice if the broker dies between taking and confirming it; its id is the message id, for the receiver to
recognise that. Of several gateways one publishes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Sequence

import aio_pika
from aio_pika.abc import AbstractExchange
from aio_pika.exceptions import AMQPException

from conversations.errors import StoreUnavailableError
from conversations.events import Event, mark_published, read_unpublished
from conversations.leases import take_lease
from gateway.metrics import Metrics
from gateway.records import Records

logger = logging.getLogger("gateway.stream")
EXCHANGE = "conversations"
BATCH = 200
LOOK_EVERY_S = 0.5
LEASE_S = 10.0
CONFIRM_WITHIN_S = 10.0
LONGEST_WAIT_S = 15.0
_FAILURES = (AMQPException, OSError, asyncio.TimeoutError, StoreUnavailableError, RuntimeError)


class EventStream:
    """Publishes the events of the record."""

    def __init__(self, records: Records, metrics: Metrics, *, url: str, owner: str) -> None:
        self._records, self._metrics, self._url, self._owner = records, metrics, url, owner

    async def run(self) -> None:
        """Publish until cancelled; with the broker away, wait longer and longer and lose nothing."""
        wait_s = 0.5
        while True:
            try:
                if await self._has_lease():
                    await self._publish_while_connected()
                wait_s = 0.5
            except _FAILURES as error:
                logger.warning("events wait", extra={"reason": type(error).__name__})
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
            except Exception:
                logger.exception("event stream failed")
                wait_s = LONGEST_WAIT_S
            await asyncio.sleep(wait_s * random.uniform(0.75, 1.25))

    async def _has_lease(self) -> bool:
        database = self._records.database
        return await self._records.write(take_lease, database, "event-stream", owner=self._owner, for_s=LEASE_S)

    async def _publish_while_connected(self) -> None:
        connection = await aio_pika.connect(self._url, timeout=CONFIRM_WITHIN_S)
        async with connection:
            channel = await connection.channel(publisher_confirms=True)
            exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
            while await self._has_lease():
                events = await self._records.read(read_unpublished, self._records.database, limit=BATCH)
                if events:
                    await self._publish(exchange, events)
                else:
                    await asyncio.sleep(LOOK_EVERY_S)

    async def _publish(self, exchange: AbstractExchange, events: Sequence[Event]) -> None:
        for event in events:
            await exchange.publish(as_message(event), routing_key=event.type, timeout=CONFIRM_WITHIN_S)
        await self._records.write(mark_published, self._records.database, [event.id for event in events])
        self._metrics.published.inc(len(events))


def as_message(event: Event) -> aio_pika.Message:
    """An event as the broker carries it: ids and kinds."""
    body = {
        "id": event.id,
        "type": event.type,
        "conversation_id": event.conversation_id,
        "message_id": event.message_id,
        "happened_at": event.happened_at.isoformat(),
        **event.data,
    }
    return aio_pika.Message(
        json.dumps(body).encode(),
        message_id=str(event.id),
        type=event.type,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
