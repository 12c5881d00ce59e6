"""Business hours: whether the desk is open, and when a coordinator will answer, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPAN = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")
FORM = 'spans as "Mon-Fri 09:00-17:00, Sat 10:00-14:00"'


class HoursError(ValueError):
    """Hours or time zone cannot be read; says what they must be."""


@dataclass(frozen=True)
class Hours:
    """When the desk is open: spans by weekday (0 is Monday), local times."""

    zone: ZoneInfo
    spans: dict[int, tuple[time, time]]

    def is_open(self, at: datetime) -> bool:
        """True within the hours."""
        local = at.astimezone(self.zone)
        span = self.spans.get(local.weekday())
        return span is not None and span[0] <= local.time() < span[1]

    def next_opening(self, at: datetime) -> datetime | None:
        """When the desk opens next, in its time zone; None if it never does."""
        local = at.astimezone(self.zone)
        for days in range(8):
            day = (local + timedelta(days=days)).date()
            span = self.spans.get(day.weekday())
            if span is not None:
                opening = datetime.combine(day, span[0], self.zone)
                if opening > local:
                    return opening
        return None

    def expected(self, at: datetime, *, within_min: int) -> str:
        """When a coordinator will answer, as a phrase that follows "you will hear from us"."""
        if self.is_open(at):
            return f"within about {within_min} minutes" if within_min < 90 else f"within about {round(within_min / 60)} hours"
        opening = self.next_opening(at)
        if opening is None:
            return "as soon as a coordinator is at the desk"
        local = at.astimezone(self.zone)
        days = (opening.date() - local.date()).days
        day = "today" if days == 0 else "tomorrow" if days == 1 else f"on {_NAMES[opening.weekday()]}"
        return f"after {opening:%H:%M} {day} ({self.zone.key} time)"


def read_hours(spans: str, zone: str) -> Hours:
    """Read hours as they are written in the settings.

    Raises:
        HoursError: Saying what they must be.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise HoursError(f"{zone!r} is no time zone; write it as Europe/Berlin.") from error
    read: dict[int, tuple[time, time]] = {}
    for part in (piece.strip() for piece in spans.split(",") if piece.strip()):
        found = _SPAN.fullmatch(part)
        if found is None or not {found[1], found[2] or found[1]} <= set(_DAYS):
            raise HoursError(f"{part!r} cannot be read; write {FORM}.")
        first, last = _DAYS.index(found[1]), _DAYS.index(found[2] or found[1])
        try:
            begin, end = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
        except ValueError as error:
            raise HoursError(f"{part!r} holds no time of day; write {FORM}.") from error
        if first > last or begin >= end:
            raise HoursError(f"{part!r} ends before it begins; write {FORM}.")
        read.update({day: (begin, end) for day in range(first, last + 1)})
    return Hours(place, read)
