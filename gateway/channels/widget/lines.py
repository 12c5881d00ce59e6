"""The live lines: who listens to which conversation in this gateway, and the one look at the record that wakes them.

All lines together cost one small query: which conversations have something new. It is made when something happened here,
and twice a second for what happens in others (another gateway, the desk).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from conversations.errors import StoreUnavailableError
from conversations.news import News, begin_news, find_said
from gateway.channels.widget.payload import CHANNEL
from gateway.errors import TooManyError
from gateway.records import Records

logger = logging.getLogger("gateway.widget")
LOOK_EVERY_S = 0.5
AWAY_WAIT_S = 1.0
MESSAGES = "messages"  # the table
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


class Lines:
    """All live lines of this gateway."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._feeds: dict[str, list[Feed]] = {}
        self._wake = asyncio.Event()
        self._news: News | None = None  # None as long as nobody listens
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
        while True:
            self._wake.clear()
            if self._feeds:
                try:
                    await self._look()
                except StoreUnavailableError:
                    await asyncio.sleep(AWAY_WAIT_S)
                except Exception:
                    logger.exception("looking for news failed")
            else:
                self._news = None
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S if self._feeds else None)
            except asyncio.TimeoutError:
                continue

    async def _look(self) -> None:
        read, database = self._records.read, self._records.database
        if self._news is None:
            self._news = (await read(begin_news, database))[MESSAGES]
            # Who looked before the last message was committed has not seen it, and the next look begins behind it.
            changed = set(self._feeds)
        else:
            said = await read(find_said, database, CHANNEL, after=self._news.after)
            changed = self._news.take(said, asyncio.get_running_loop().time())
        for sender in changed & self._feeds.keys():
            for feed in self._feeds[sender]:
                feed.wake()

    def stop(self) -> None:
        """End all lines; their widgets connect again, to this gateway started anew or to another."""
        self.is_stopping = True
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.wake()
