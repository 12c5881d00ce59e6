"""Who holds a live line hears of every message at once, whenever it is committed. On a real record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from conversations.database import Database, migrate, open_database
from conversations.news import begin_news
from conversations.store import Store
from conversations.types import Incoming
from conversations.visitors import look
from gateway.channels.widget.lines import LOOK_EVERY_S, Lines
from gateway.channels.widget.payload import CHANNEL
from gateway.records import Records


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(open_database(f"sqlite:///{tmp_path / 'record.db'}"))
    migrate(database.engine)
    yield database
    database.close()


def say(database: Database, sender: str, number: int) -> None:
    """Commit a message of a visitor."""
    Store(database, owner="one").accept(Incoming(CHANNEL, sender, f"m{number}", "hello"))


class Watched(Records):
    """The record, with something that happens just before a kind of work."""

    def __init__(self, database: Database, before: Callable[..., Any], happens: Callable[[], None]) -> None:
        super().__init__(database)
        self._before, self._happens = before, happens

    async def read(self, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if work is self._before:
            self._happens()
        return await super().read(work, *args, **options)


@contextmanager
def running(lines: Lines) -> Iterator[None]:
    task = asyncio.ensure_future(lines.run())
    try:
        yield
    finally:
        task.cancel()


def test_what_is_committed_between_the_first_look_of_a_line_and_the_first_look_for_all_is_heard_of(database: Database) -> None:
    async def visit() -> int:
        records = Watched(database, begin_news, lambda: say(database, "ann", 1))
        lines = Lines(records)
        with lines.follow("ann") as feed:
            feed.something.clear()
            assert look(database, CHANNEL, "ann", after=0, limit=10) is None
            with running(lines):
                await asyncio.wait_for(feed.something.wait(), 10 * LOOK_EVERY_S)
        visit = look(database, CHANNEL, "ann", after=0, limit=10)
        return len(visit.lines) if visit else 0

    assert asyncio.run(visit()) == 1


def test_a_line_is_woken_by_its_own_conversation_only(database: Database) -> None:
    async def visit() -> tuple[bool, bool]:
        lines = Lines(Records(database))
        with lines.follow("ann") as of_ann, lines.follow("bob") as of_bob, running(lines):
            await asyncio.wait_for(of_bob.something.wait(), 10 * LOOK_EVERY_S)
            of_ann.something.clear(), of_bob.something.clear()
            say(database, "bob", 1)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(of_bob.something.wait(), 10 * LOOK_EVERY_S)
            return of_ann.something.is_set(), of_bob.something.is_set()

    assert asyncio.run(visit()) == (False, True)
