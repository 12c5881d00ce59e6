"""Figures are counted, kept and read without loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.benchmarks.figures import Figures, Run, Share, count_answers, load_run, save_run
from evaluation.judging import Reply, is_section_right

ANSWER, REFUSED = Reply("answer", ("g#cost",), ""), Reply("out_of_scope", (), "")


def test_a_share_has_the_interval_of_wilson() -> None:
    low, high = Share(90, 100).interval()

    assert (low, high) == (pytest.approx(82.6, abs=0.05), pytest.approx(94.5, abs=0.05))


def test_a_share_of_nothing_is_no_fault() -> None:
    assert Share(0, 0).percent == 0


def test_right_answers_and_refusals_are_counted_apart() -> None:
    inside = [({"set": "one", "expect": ["g#cost"]}, ANSWER), ({"set": "two", "expect": ["g#cost"]}, REFUSED)]
    outside = [({"set": "b", "near_miss": True}, ANSWER), ({"set": "b"}, REFUSED)]

    rows = count_answers([*inside, *outside], is_section_right)

    assert list(rows.values()) == [Share(1, 2), Share(1, 1), Share(0, 1), Share(1, 2), Share(0, 1), Share(1, 2)]


def test_a_run_is_read_as_it_was_kept(tmp_path: Path) -> None:
    ours = Figures("ours", 0.3, {"right": Share(1, 2)}, 1.0, 2.0, {20: 3.0}, {1: 5.0, 8: 6.0}, {1: 7.0}, 8.0, 9.0, 10.0)
    run = Run("abc", "a machine", 100, 95, 5, 500, 5.0, 3, 3, [ours], {"right": Share(0, 2)})

    save_run(run, tmp_path / "figures.json")

    assert load_run(tmp_path / "figures.json") == run
