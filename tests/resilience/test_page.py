"""The page of measurements: a run of one section leaves the others as they stood."""

from __future__ import annotations

from typing import Any

from tests.resilience.run import page_of


def ran(name: str, commit: str, **more: Any) -> dict[str, Any]:
    """What is kept of a section with one figure."""
    figure = {"name": name, "tried": 3, "kept": 3, "wrong": 0, "seed": 1, "note": "a | b", "stock": "", **more}
    return {"commit": commit, "day": "2026-11-20", "machine": "x", "seconds": 2, "figures": [figure]}


def test_a_section_that_was_not_run_stays_as_it_stood() -> None:
    first = page_of(
        {"time": ran("Reply time", "aaa"), "outages": ran("Redis away", "aaa"), "stock": ran("Redis", "aaa", stock="lost")}, ""
    )

    second = page_of({"outages": ran("Redis away", "bbb")}, first)

    assert "| Reply time | 3 | 3 | 0 | 1 | a / b |  |" in second and "Commit aaa" in second.split("## Outages")[0]
    assert "Commit bbb" in second.split("## Outages")[1] and second.count("| Redis away |") == 1
    assert second.endswith("by the same program, 2026-11-20.\n")
    assert page_of({}, second) == second


def test_a_page_without_measurements_has_no_sections() -> None:
    assert "##" not in page_of({}, "") and "last column" not in page_of({}, "")
