"""The one way out for channels that push: send what is due, in order, within the provider's limits, until it arrives or fails.

A message is claimed before it is sent and noted after. Between the two a crash leads to a second sending, which the receiving
side can recognise by the id; the record's id goes with every message for that.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time

from conversations.errors import StoreUnavailableError
from conversations.outbox import Outbox
from conversations.types import Delivery
from gateway.channels.base import Sender
from gateway.errors import DeliveryError
from gateway.metrics import Metrics
from gateway.records import Records

logger = logging.getLogger("gateway.sending")
SEND_WITHIN_S = 15.0
LEASE_S = 30.0  # longer than a sending may take
AT_ONCE = 8
LONGEST_WAIT_S = 300.0
LOOK_EVERY_S = 1.0
GROWTH = 4.0


class SendingWorker:
    """Sends the messages of one channel."""

    def __init__(
        self, records: Records, outbox: Outbox, sender: Sender, metrics: Metrics, *, most_tries: int, first_wait_s: float
    ) -> None:
        self._records, self._outbox, self._sender, self._metrics = records, outbox, sender, metrics
        self._most_tries, self._first_wait_s = most_tries, first_wait_s
        self._wake = asyncio.Event()
        self._next_at = 0.0

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._wake.clear()
            try:
                if await self._send_due():
                    continue
            except StoreUnavailableError as error:
                logger.warning("outbox not reached", extra={"channel": self._sender.channel, "reason": str(error)})
            except Exception:
                logger.exception("sending failed", extra={"channel": self._sender.channel})
            waiter = asyncio.ensure_future(self._wake.wait())
            try:
                await asyncio.wait((waiter,), timeout=LOOK_EVERY_S)
            finally:
                waiter.cancel()

    async def _send_due(self) -> int:
        claimed = await self._records.write(self._outbox.claim, self._sender.channel, limit=AT_ONCE, lease_s=LEASE_S)
        await asyncio.gather(*(self._send(delivery) for delivery in claimed))
        return len(claimed)

    async def _send(self, delivery: Delivery) -> None:
        await self._pace()
        try:
            provider_id = await asyncio.wait_for(self._sender.send(delivery), SEND_WITHIN_S)
        except asyncio.TimeoutError:
            await self._fail(delivery, DeliveryError("no answer in time", permanent=False))
        except DeliveryError as error:
            await self._fail(delivery, error)
        else:
            await self._note(self._outbox.mark_sent, [delivery.message_id], provider_id=provider_id)
            self._metrics.sent.labels(self._sender.channel, "sent").inc()

    async def _pace(self) -> None:
        """Keep to the provider's limit of messages a second."""
        now = time.monotonic()
        self._next_at = max(self._next_at, now) + 1 / self._sender.per_second
        await asyncio.sleep(max(0.0, self._next_at - 1 / self._sender.per_second - now))

    async def _fail(self, delivery: Delivery, error: DeliveryError) -> None:
        extra = {"delivery": delivery.message_id, "try": delivery.tries, "reason": str(error)}
        if error.permanent or delivery.tries >= self._most_tries:
            logger.error("delivery given up", extra=extra)
            self._metrics.sent.labels(self._sender.channel, "failed").inc()
            await self._note(self._outbox.give_up, delivery, error=str(error))
            return
        logger.warning("delivery put off", extra=extra)
        self._metrics.sent.labels(self._sender.channel, "put_off").inc()
        wait_s = min(LONGEST_WAIT_S, self._first_wait_s * GROWTH ** (delivery.tries - 1)) * random.uniform(0.75, 1.25)
        await self._note(
            self._outbox.put_off, delivery.message_id, wait_s=max(wait_s, error.retry_after_s or 0), error=str(error)
        )

    async def _note(self, work: object, *args: object, **options: object) -> None:
        """Write the result down, again and again while the database is away: the sending is done and must not be done twice."""
        while True:
            try:
                await self._records.write(work, *args, **options)  # type: ignore[arg-type]
            except StoreUnavailableError:
                await asyncio.sleep(LOOK_EVERY_S)
            else:
                return
