"""Business hours: read, refused when odd, and said in words that are true."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from desk.hours import HoursError, read_hours

HOURS = read_hours("Mon-Fri 09:00-17:00, Sat 10:00-14:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "phrase"),
    [
        ("2026-11-25T10:00", "within about 30 minutes"),
        ("2026-11-25T05:00", "after 09:00 today (Europe/Berlin time)"),
        ("2026-11-25T20:00", "after 09:00 tomorrow (Europe/Berlin time)"),
        ("2026-11-28T20:00", "after 09:00 on Monday (Europe/Berlin time)"),
        ("2026-03-29T07:30", "after 09:00 tomorrow (Europe/Berlin time)"),  # the day on which the clocks change
    ],
)
def test_the_expected_time_is_said_in_words(at: str, phrase: str) -> None:
    assert HOURS.expected(datetime.fromisoformat(at).replace(tzinfo=timezone.utc), within_min=30) == phrase


@pytest.mark.parametrize(("hour_utc", "is_open"), [(7, False), (8, True), (15, True), (16, False)])
def test_winter_hours(hour_utc: int, is_open: bool) -> None:
    assert HOURS.is_open(datetime(2026, 11, 25, hour_utc, 30 if hour_utc == 7 else 0, tzinfo=timezone.utc)) is is_open


def test_summer_time_moves_the_opening() -> None:
    assert HOURS.is_open(datetime(2026, 7, 1, 7, 0, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("spans", "zone"),
    [
        ("9-17", "Europe/Berlin"),
        ("Mon-Fri 17:00-09:00", "UTC"),
        ("Fri-Mon 09:00-17:00", "UTC"),
        ("Mon 09:00-25:00", "UTC"),
        ("", "Moon"),
    ],
)
def test_odd_hours_are_refused(spans: str, zone: str) -> None:
    with pytest.raises(HoursError):
        read_hours(spans, zone)


def test_a_desk_that_never_opens_says_so() -> None:
    assert "as soon as" in read_hours("", "UTC").expected(datetime.now(timezone.utc), within_min=30)
