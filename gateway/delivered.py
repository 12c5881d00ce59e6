"""Note in the record which replies have reached their callers: in batches, after the answers, so that nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from conversations.errors import StoreUnavailableError
from conversations.outbox import Outbox
from gateway.records import Records

logger = logging.getLogger("gateway.delivered")
GATHER_S = 0.2
MOST_AT_ONCE = 500


class Delivered:
    """Gathers ids of messages that have arrived and writes them down."""

    def __init__(self, records: Records, outbox: Outbox) -> None:
        self._records, self._outbox = records, outbox
        self._ids: list[int] = []
        self._writer: asyncio.Task[None] | None = None

    def note(self, ids: Iterable[int]) -> None:
        """Note messages of the record; those without an id are in no record."""
        self._ids += [one for one in ids if one]
        if self._ids and (self._writer is None or self._writer.done()):
            self._writer = asyncio.create_task(self._write_soon())

    async def _write_soon(self) -> None:
        while self._ids:
            await asyncio.sleep(GATHER_S)
            await self.flush()

    async def flush(self) -> None:
        """Write down what is gathered; what the database does not take now is written later."""
        batch, self._ids = self._ids[:MOST_AT_ONCE], self._ids[MOST_AT_ONCE:]
        if not batch:
            return
        try:
            await self._records.write(self._outbox.mark_sent, batch)
        except StoreUnavailableError as error:
            self._ids += batch
            logger.warning("deliveries not noted yet", extra={"count": len(self._ids), "reason": str(error)})
            await asyncio.sleep(1)
