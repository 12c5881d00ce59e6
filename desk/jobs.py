"""What the desk does by itself: hears of changes, runs the timers, tells coordinators of new cases, deletes what is too old.

Everything is in the record: a job that dies goes on where it was, and of several gateways any may do it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone

from conversations.accounts import count_present, drop_old_sessions, list_coordinators
from conversations.errors import StoreUnavailableError
from conversations.live import run_timers
from conversations.news import News, begin_news, find_changes
from conversations.notices import queue_notices
from conversations.preferences import read_preferences, write_preference
from conversations.privacy import delete_old
from desk.hours import HoursError, read_hours
from desk.notices import Notifier
from desk.parts import Desk

logger = logging.getLogger("desk.jobs")
LOOK_EVERY_S, TIMERS_EVERY_S, NOTICES_EVERY_S, CLEAN_EVERY_S = 0.5, 1.0, 2.0, 600.0
# A stream's beat is 15 s; one missed is no absence.
PRESENT_WITHIN_S = 40.0
RETENTION_KEY = "retention_ran_on"


class Jobs:
    """The desk's jobs."""

    def __init__(self, desk: Desk, notifier: Notifier) -> None:
        self._desk, self._notifier = desk, notifier
        self._news: dict[str, News] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        await asyncio.gather(
            self._repeat(self._look, LOOK_EVERY_S),
            self._repeat(self._end_waits, TIMERS_EVERY_S),
            self._repeat(self._see_presence, TIMERS_EVERY_S),
            self._repeat(self._send_notices, NOTICES_EVERY_S),
            self._repeat(self._clean, CLEAN_EVERY_S),
        )

    async def _repeat(self, job: Callable[[], Awaitable[None]], every_s: float) -> None:
        while True:
            try:
                await job()
            except StoreUnavailableError as error:
                logger.warning("job put off", extra={"job": job.__name__, "reason": str(error)})
            except Exception:
                logger.exception("job failed", extra={"job": job.__name__})
            await asyncio.sleep(every_s)

    async def _look(self) -> None:
        read, database = self._desk.records.read, self._desk.database
        if not self._news:
            self._news = await read(begin_news, database)
            self._desk.hub.tell("")
            return
        found = await read(find_changes, database, {name: news.after for name, news in self._news.items()})
        for name, changes in found.items():
            for conversation_id in self._news[name].take(changes, time.monotonic()):
                self._desk.hub.tell(conversation_id)

    async def _end_waits(self) -> None:
        words = {**self._desk.words, "claim": self._desk.words["claim"].replace("{expected}", self._desk.expected())}
        # Looked at as a reader first: on SQLite a writer waits for nothing and nobody for it.
        if await self._desk.records.read(run_timers, self._desk.database, self._desk.waits, words, limit=1, only_look=True):
            await self._desk.records.write(run_timers, self._desk.database, self._desk.waits, words)
            self._desk.wake()

    async def _see_presence(self) -> None:
        people = await self._desk.records.read(list_coordinators, self._desk.database)
        self._desk.people = {one.id: one.name for one in people}
        self._desk.present = await self._desk.records.read(count_present, self._desk.database, seen_within_s=PRESENT_WITHIN_S)

    async def _send_notices(self) -> None:
        if self._notifier.ways:
            await self._desk.records.write(queue_notices, self._desk.database, self._notifier.ways)
            await self._notifier.send_due()

    async def _clean(self) -> None:
        await self.load_preferences()
        settings, records, database = self._desk.settings, self._desk.records, self._desk.database
        await records.write(drop_old_sessions, database, life_s=settings.desk_life_h * 3600)
        today = datetime.now(timezone.utc).date().isoformat()
        kept = await records.read(read_preferences, database)
        days = kept.get("retention_days", settings.retention_days)
        if days and kept.get(RETENTION_KEY) != today:
            began = time.monotonic()
            receipt = await records.write(delete_old, database, days=int(days), by="retention job", within_s=120)
            await records.write(write_preference, database, RETENTION_KEY, today, by="retention job")
            logger.info("retention", extra={"counts": receipt, "s": round(time.monotonic() - began, 1)})

    async def load_preferences(self) -> None:
        """Take over the hours that the administration has set."""
        kept = await self._desk.records.read(read_preferences, self._desk.database)
        settings = self._desk.settings
        try:
            self._desk.hours = read_hours(
                str(kept.get("opening_hours", settings.opening_hours)), str(kept.get("time_zone", settings.time_zone))
            )
        except HoursError as error:
            logger.error("opening hours cannot be read", extra={"reason": str(error)})
