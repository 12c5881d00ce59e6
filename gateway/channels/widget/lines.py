"""The live lines: who listens to which conversation in this gateway, and the one look at the record that wakes them.

All lines together cost one small query: which conversations have something new. It is made when something happened here,
and twice a second for what happens in others (another gateway, the desk).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from conversations.errors import StoreUnavailableError
from conversations.visitors import MOST_CHANGES, Change, find_changed, find_newest
from gateway.channels.widget.payload import CHANNEL
from gateway.errors import TooManyError
from gateway.records import Records

logger = logging.getLogger("gateway.widget")
LOOK_EVERY_S = 0.5
AWAY_WAIT_S = 1.0
# On PostgreSQL a transaction that began earlier may commit later, with a smaller id: so long the last ids are looked at again.
LATE_BY_S = 2.0
MOST_LINES = 4000
MOST_LINES_OF_ONE = 8
TYPING_FOR_S = 6


class Feed:
    """What one line is waiting for."""

    def __init__(self) -> None:
        self.something = asyncio.Event()
        self.typing = False

    def wake(self) -> None:
        """There may be something new."""
        self.something.set()


class _News:
    """How far the record has been looked at: all up to one message, and of those after it the ones that were seen."""

    def __init__(self, late_by_s: float) -> None:
        self._late_by_s = late_by_s
        self._seen: dict[int, float] = {}
        self.after: int | None = None

    def forget(self) -> None:
        """Nobody listens: the next look begins at the end of the record."""
        self.after = None
        self._seen.clear()

    def take(self, changes: Sequence[Change], now: float) -> set[str]:
        """Whose messages had not been seen; goes on behind those that are too old for an earlier one to come after them."""
        unseen = {change.sender for change in changes if change.id not in self._seen and change.sender is not None}
        for change in changes:
            seen_at = self._seen.setdefault(change.id, now)
            if now - seen_at >= self._late_by_s or len(changes) == MOST_CHANGES:
                self.after = change.id
        self._seen = {one: at for one, at in self._seen.items() if self.after is None or one > self.after}
        return unseen


class Lines:
    """All live lines of this gateway."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._feeds: dict[str, list[Feed]] = {}
        self._wake = asyncio.Event()
        self.is_stopping = False
        # Visitors who were typing a moment ago, for the desk: sender -> loop time.
        self.typing_visitors: dict[str, float] = {}

    @contextmanager
    def follow(self, sender: str) -> Iterator[Feed]:
        """Listen to a conversation.

        Raises:
            TooManyError: If it, or all of them together, have too many lines.
        """
        mine = self._feeds.setdefault(sender, [])
        if len(mine) >= MOST_LINES_OF_ONE or sum(map(len, self._feeds.values())) >= MOST_LINES:
            if not mine:
                del self._feeds[sender]
            raise TooManyError("Too many live lines are open. The messages can be polled instead.", retry_after_s=30)
        feed = Feed()
        mine.append(feed)
        self._wake.set()
        try:
            yield feed
        finally:
            mine.remove(feed)
            if not mine:
                self._feeds.pop(sender, None)

    def wake(self) -> None:
        """Something was said, in some conversation."""
        self._wake.set()

    def show_typing(self, sender: str) -> None:
        """A coordinator is typing in a conversation."""
        for feed in self._feeds.get(sender, ()):
            feed.typing = True
            feed.wake()

    def note_typing(self, sender: str) -> None:
        """A visitor is typing."""
        now = asyncio.get_running_loop().time()
        self.typing_visitors = {one: at for one, at in self.typing_visitors.items() if now - at < TYPING_FOR_S}
        self.typing_visitors[sender] = now

    def is_typing(self, sender: str) -> bool:
        """True if the visitor was typing a moment ago."""
        return asyncio.get_running_loop().time() - self.typing_visitors.get(sender, -TYPING_FOR_S) < TYPING_FOR_S

    async def run(self) -> None:
        """Look for what is new, until cancelled."""
        news = _News(late_by_s=0.0 if self._records.database.is_sqlite else LATE_BY_S)
        while True:
            self._wake.clear()
            if self._feeds:
                try:
                    await self._look(news)
                except StoreUnavailableError:
                    await asyncio.sleep(AWAY_WAIT_S)
                except Exception:
                    logger.exception("looking for news failed")
            else:
                news.forget()
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S if self._feeds else None)
            except asyncio.TimeoutError:
                continue

    async def _look(self, news: _News) -> None:
        read, database = self._records.read, self._records.database
        if news.after is None:
            news.after = await read(find_newest, database)
            # Who looked before that message was committed has not seen it, and the next look begins behind it.
            changed = set(self._feeds)
        else:
            changed = news.take(await read(find_changed, database, CHANNEL, after=news.after), asyncio.get_running_loop().time())
        for sender in changed & self._feeds.keys():
            for feed in self._feeds[sender]:
                feed.wake()

    def stop(self) -> None:
        """End all lines; their widgets connect again, to this gateway started anew or to another."""
        self.is_stopping = True
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.wake()
