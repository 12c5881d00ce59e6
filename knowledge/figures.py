"""Figures as typed data: amounts, durations, percentages, ages, counts, scores; and finding them in text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NUMBER_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
# Numbers that are part of a name say nothing about an amount: CD19, COVID-19, 2019-nCoV, type 1.
_NAME_WITH_NUMBER = re.compile(r"\b(?:CD-?\d+|COVID-?\d+|type[ -]\d+|phase \d+)\b", re.I)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"(?<![\w.])\$?\d[\d,]*(?:\.\d+)?(?:\s?[kK]\b)?")
KINDS = ("money", "duration", "percent", "age", "count", "score")
UNITS = ("day", "week", "month", "year")


@dataclass(frozen=True)
class Figure:
    """One figure of a passage.

    Attributes:
        kind: One of `KINDS`.
        low: Lower bound, or the value itself. US dollars for money, `unit` for durations, years for ages.
        high: Upper bound, or None.
        unit: Unit of a duration, one of `UNITS`; else None.
        currency: ISO 4217 code of an amount of money; else None.
        open_end: True for "or more", "or higher", "at least".
        name: What is counted or scored ("ECOG"), where the passage names it.
    """

    kind: str
    low: float
    high: float | None = None
    unit: str | None = None
    currency: str | None = None
    open_end: bool = False
    name: str | None = None

    def values(self) -> frozenset[float]:
        """The numbers that a text may show for this figure."""
        return frozenset({self.low} if self.high is None else {self.low, self.high})


def figure_from(data: Mapping[str, Any]) -> Figure:
    """Make a figure of its YAML form.

    Raises:
        ValueError: If a field is missing, unknown or of the wrong type.
    """
    known = {"kind", "low", "high", "unit", "currency", "open_end", "name", "of"}
    unknown = set(data) - known
    if unknown:
        raise ValueError(f"unknown field(s) {sorted(unknown)} in figure {dict(data)}; known are {sorted(known)}")
    kind, low, high = data.get("kind"), data.get("low"), data.get("high")
    if low is None and high is not None:
        low, high = high, None
    if kind not in KINDS:
        raise ValueError(f"figure kind {kind!r} is not one of {KINDS}")
    for value in (low, high):
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise ValueError(f"figure bound {value!r} is not a number")
    if low is None:
        raise ValueError(f"figure {dict(data)} has no bound; give low")
    if kind == "duration" and data.get("unit") not in UNITS:
        raise ValueError(f"duration needs a unit of {UNITS}, has {data.get('unit')!r}")
    if kind == "money" and data.get("currency") != "USD":
        raise ValueError(f"money needs currency USD, has {data.get('currency')!r}")
    if high is not None and high < low:
        raise ValueError(f"figure {dict(data)} has high below low")
    return Figure(
        kind=kind,
        low=float(low),
        high=None if high is None else float(high),
        unit=data.get("unit"),
        currency=data.get("currency"),
        open_end=bool(data.get("open_end", False)),
        name=data.get("name") or data.get("of"),
    )


def numbers_in(text: str) -> list[float]:
    """List the numbers written in digits in a text, in order; numbers inside names (CD19) are left out."""
    found: list[float] = []
    if _DIGIT.search(text) is None:
        return found
    for match in _NUMBER.finditer(_NAME_WITH_NUMBER.sub(" ", text)):
        raw = match.group().replace("$", "").replace(",", "").strip()
        thousand = raw.lower().endswith("k")
        digits = raw.lower().rstrip("k").strip()
        if digits:
            found.append(float(digits) * (1000 if thousand else 1))
    return found


def format_money(figure: Figure) -> str:
    """Show an amount: "$350,000 to $600,000 or more"."""
    text = f"${figure.low:,.0f}"
    if figure.high is not None:
        text += f" to ${figure.high:,.0f}"
    return text + (" or more" if figure.open_end else "")
