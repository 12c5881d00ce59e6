"""What the pages work with. The public door makes it and hands it in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from conversations.database import Database
from conversations.live import Waits
from desk.hours import Hours, read_hours
from knowledge.passage import Knowledge
from settings import Settings

_Result = TypeVar("_Result")
_FOLDER = Path(__file__).resolve().parent


class Records(Protocol):
    """The record for code that must not block; the gateway's."""

    database: Database

    async def write(self, work: Callable[..., _Result], *args: Any, within_s: float = ..., **options: Any) -> _Result:
        """Run work that may write."""
        ...

    async def read(self, work: Callable[..., _Result], *args: Any, within_s: float = ..., **options: Any) -> _Result:
        """Run work that only reads."""
        ...

    async def make_durable(self) -> None:
        """Wait until what has been committed survives a power cut."""
        ...


class Hub:
    """Tells open pages that something has changed."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str]] = set()

    def listen(self) -> asyncio.Queue[str]:
        """A queue of what changes from now on: ids of conversations; "" for anything."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=200)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[str]) -> None:
        """Listen no longer."""
        self._listeners.discard(queue)

    def tell(self, changed: str) -> None:
        """Something has changed; a page too slow to hear it looks anew by itself when it next hears anything."""
        for queue in self._listeners:
            if not queue.full():
                queue.put_nowait(changed)


@dataclass
class Desk:
    """The desk's parts.

    Attributes:
        records: The record.
        settings: Of the process.
        knowledge: Passages, for the citations beside a transcript.
        wake: To be called when something is to be sent.
        words: What visitors read when a person comes or goes.
        present: How many coordinators could take a conversation now; kept up by a job.
        people: Names of coordinators by account; kept up by a job.
        show_typing: Shows a visitor, by channel and sender, that a coordinator is typing; for channels that can.
    """

    records: Records
    settings: Settings
    knowledge: Knowledge
    wake: Callable[[], None]
    words: Mapping[str, str] = field(default_factory=lambda: load_words())
    hub: Hub = field(default_factory=Hub)
    hours: Hours | None = None
    present: int = 0
    people: dict[str, str] = field(default_factory=dict)
    show_typing: Callable[[str, str], None] = lambda channel, sender: None

    @property
    def database(self) -> Database:
        """The record's database."""
        return self.records.database

    @property
    def opening(self) -> Hours:
        """Business hours, as the administration or the settings have them."""
        if self.hours is None:
            self.hours = read_hours(self.settings.opening_hours, self.settings.time_zone)
        return self.hours

    @property
    def waits(self) -> Waits:
        """How long the timers run."""
        return Waits(self.settings.claim_wait_s, self.settings.answer_wait_s, self.settings.visitor_wait_s)

    def is_attended(self) -> bool:
        """True if a coordinator could join a conversation now."""
        return self.present > 0

    def expected(self) -> str:
        """When a coordinator will answer, in words."""
        return self.opening.expected(datetime.now(timezone.utc), within_min=self.settings.answer_target_min)


def load_words() -> Mapping[str, str]:
    """What visitors read when a person comes or goes."""
    words: Mapping[str, str] = yaml.safe_load((_FOLDER / "words.yml").read_text(encoding="utf-8"))
    return words
