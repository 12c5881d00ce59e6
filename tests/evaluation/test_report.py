"""The report says what was measured, with units and ratios, and its plots can be read without colour."""

from __future__ import annotations

import re
from math import nan
from pathlib import Path

import pytest

from evaluation.benchmarks.figures import CLIENTS, TALKS, Figures, Run, Share
from evaluation.benchmarks.plots import ANSWERS
from evaluation.benchmarks.report import row, write_report

PLOTS = ("answers", "reply-time", "throughput", "footprint")


def figures_of(name: str, factor: float) -> Figures:
    """Figures that differ from system to system by a factor."""
    answers = {answer: Share(round(90 / factor), 100) for answer in ANSWERS}
    rates = {clients: 30 * factor for clients in CLIENTS}
    talks = {turns: 15 * factor for turns in TALKS}
    return Figures(name, 0.3, answers, 10 * factor, 20 * factor, talks, rates, rates, 800 * factor, 14 * factor, 600 * factor)


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of a made-up run."""
    folder = tmp_path_factory.mktemp("docs")
    systems = [figures_of("ours", 1), figures_of("Rasa's default", 2), figures_of("BM25: passages", 3)]
    write_report(Run("abc", "a machine", 100, 950, 50, 500, 5.0, 3, 3, systems, systems[1].answers), folder)
    return folder


def test_a_row_ends_with_ours_divided_by_the_default() -> None:
    systems = [figures_of("ours", 1), figures_of("default", 2)]

    assert row("reply time", "ms", systems, lambda s: s.p50_ms) == "| reply time | ms | 10.0 | 20.0 | 0.50 |"


def test_a_row_that_was_not_measured_has_no_ratio() -> None:
    assert row("training", "s", [Figures("a"), Figures("b")], lambda s: s.train_s).endswith("| - |")


def test_what_was_not_timed_is_a_stroke_and_no_nought() -> None:
    systems = [Figures("ours", train_s=nan), Figures("default", train_s=500.0)]

    assert row("training", "s", systems, lambda s: s.train_s) == "| training | s | - | 500.0 | - |"


def test_every_table_row_has_as_many_cells_as_its_head(docs: Path) -> None:
    widths: list[set[int]] = [set()]
    for line in (docs / "benchmark.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            widths[-1].add(line.count("|"))
        elif widths[-1]:
            widths.append(set())

    assert all(len(width) <= 1 for width in widths)


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_stands_in_the_report_with_text_and_command(docs: Path, name: str) -> None:
    text = (docs / "benchmark.md").read_text(encoding="utf-8")

    found = re.search(rf"!\[(.+)\]\(images/benchmark-{name}\.svg\)\n\nMade by `make benchmark`", text)
    assert found is not None
    assert "Rasa's default" in found[1]


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_small_grey_and_names_the_systems(docs: Path, name: str) -> None:
    drawn = (docs / "images" / f"benchmark-{name}.svg").read_text(encoding="utf-8")

    assert len(drawn) < 60_000
    assert "Rasa's default" in drawn.replace("&#39;", "'").replace("&apos;", "'")
    colours = {c.lower() for c in re.findall(r"#[0-9a-fA-F]{6}\b", drawn)}
    assert all(c[1:3] == c[3:5] == c[5:7] for c in colours)


def test_public_data_is_named_only_if_it_was_measured(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "hint3.md").write_text("#", encoding="utf-8")
    system = figures_of("ours", 1)
    write_report(Run("abc", "a machine", 1, 95, 5, 5, 1.0, 1, 1, [system, system], system.answers), tmp_path)

    assert "hint3.md" not in (docs / "benchmark.md").read_text(encoding="utf-8")
    assert "](hint3.md)" in (tmp_path / "benchmark.md").read_text(encoding="utf-8")
