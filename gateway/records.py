"""The record for code that must not block: its methods run in threads.

On SQLite one thread writes, since there is one writer at a time anyway and a queue is fairer than the database's busy loop. On
PostgreSQL several do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from conversations.database import Database
from conversations.errors import StoreUnavailableError

_Result = TypeVar("_Result")
WRITERS_ON_POSTGRESQL = 12
READERS = 3
# Longer than a statement may take in the database: reached only when the database does not answer at all.
ANSWER_WITHIN_S = 10.0


class Records:
    """Runs blocking work on the record, and never waits for ever."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writers = ThreadPoolExecutor(1 if database.is_sqlite else WRITERS_ON_POSTGRESQL, "record-write")
        self._readers = ThreadPoolExecutor(READERS, "record-read")
        self._syncers = ThreadPoolExecutor(1, "record-sync")
        self._syncing: asyncio.Future[None] | None = None

    async def write(self, work: Callable[..., _Result], *args: Any, within_s: float = ANSWER_WITHIN_S, **options: Any) -> _Result:
        """Run work that may write.

        Raises:
            StoreUnavailableError: If the database does not answer in time; the work may still be done later.
        """
        return await self._run(self._writers, within_s, work, args, options)

    async def read(self, work: Callable[..., _Result], *args: Any, within_s: float = ANSWER_WITHIN_S, **options: Any) -> _Result:
        """Run work that only reads.

        Raises:
            StoreUnavailableError: If the database does not answer in time.
        """
        return await self._run(self._readers, within_s, work, args, options)

    async def _run(
        self,
        threads: ThreadPoolExecutor,
        within_s: float,
        work: Callable[..., _Result],
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> _Result:
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(threads, lambda: work(*args, **options))
        done, _ = await asyncio.wait((future,), timeout=within_s)
        if not done:
            future.add_done_callback(_look)
            raise StoreUnavailableError(f"no answer within {within_s:g} s")
        return future.result()

    async def make_durable(self) -> None:
        """Wait until what has been committed so far survives a power cut; those who wait at once share the disk's work.

        Raises:
            StoreUnavailableError: If the disk refuses or does not answer in time.
        """
        if not self.database.is_sqlite:
            return
        running = self._syncing
        if running is not None and not running.done():
            # The one under way may have begun before our commit: wait for it, then share the next.
            await asyncio.wait((running,))
        if self._syncing is running or self._syncing is None:
            self._syncing = asyncio.ensure_future(self._run(self._syncers, ANSWER_WITHIN_S, self.database.make_durable, (), {}))
            self._syncing.add_done_callback(_look)
        await asyncio.shield(self._syncing)

    def close(self) -> None:
        """Let the work under way finish, then close the database."""
        self._writers.shutdown(wait=True, cancel_futures=True)
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._syncers.shutdown(wait=True, cancel_futures=True)
        self.database.close()


def _look(future: asyncio.Future[Any]) -> None:
    """Take the result of work that nobody waits for any more, so that its error is not reported as forgotten."""
    if not future.cancelled():
        future.exception()
