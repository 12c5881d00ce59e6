"""The plots of docs/benchmark.md: small SVG files, read by hatching, marks and numbers, not by colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.ticker
from matplotlib.figure import Figure

from evaluation.benchmarks.figures import CLIENTS, Run

HATCHES = ("", "///", "")
GREYS = ("0.3", "0.8", "1.0")
MARKS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", ":", "-.", (0, (1, 3)), (0, (6, 2, 1, 2)))
# Text stays text: small files that can be searched; the same figures give the same bytes.
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "benchmark", "font.size": 9, "hatch.linewidth": 0.6, "font.family": "sans-serif"}
ANSWERS = ("right section, all questions", "out of scope, refused", "of these near misses, refused")


def draw_answers(run: Run, path: Path) -> None:
    """Right answers and refusals, three bars a system."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _plot(height=4.6)
        for number, row in enumerate(ANSWERS):
            places = [place * 4 + number for place in range(len(run.systems))]
            shares = [system.answers[row] for system in run.systems]
            axes.barh(
                places, [s.percent for s in shares], 0.9, label=row, color=GREYS[number], edgecolor="black", hatch=HATCHES[number]
            )
            for place, share in zip(places, shares):
                axes.text(share.percent + 1, place, f"{share.percent:.1f}", va="center")
        axes.set_yticks([place * 4 + 1 for place in range(len(run.systems))], [system.name for system in run.systems])
        axes.set_xlim(0, 108)
        axes.set_xlabel("share, %")
        axes.invert_yaxis()
        _legend_above(axes)
        _save(figure, path)


def draw_reply_time(run: Run, path: Path) -> None:
    """Median and p95, a line a system, logarithmic."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _plot(height=2.6)
        for place, system in enumerate(run.systems):
            axes.plot([system.p50_ms, system.p95_ms], [place, place], color="black", linewidth=1)
            axes.plot(system.p50_ms, place, "o", color="black", label="median" if not place else None)
            axes.plot(system.p95_ms, place, "|", color="black", markersize=12, label="p95" if not place else None)
            axes.text(system.p95_ms * 1.12, place, f"{system.p50_ms:.1f} / {system.p95_ms:.1f}", va="center")
        axes.set_yticks(range(len(run.systems)), [system.name for system in run.systems])
        axes.set_xscale("log")
        _plain_ticks(axes.xaxis)
        axes.set_xlim(min(s.p50_ms for s in run.systems) / 1.5, max(s.p95_ms for s in run.systems) * 3)
        axes.set_xlabel("reply time, ms (logarithmic)")
        axes.invert_yaxis()
        _legend_above(axes)
        _save(figure, path)


def draw_throughput(run: Run, path: Path) -> None:
    """Replies a second over clients, a mark and a dash a system, logarithmic."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _plot(height=3.4)
        for number, system in enumerate(run.systems):
            rates = [system.rate[clients] for clients in CLIENTS]
            axes.plot(
                range(len(CLIENTS)), rates, color="black", marker=MARKS[number], linestyle=DASHES[number], label=system.name
            )
        axes.set_xticks(range(len(CLIENTS)), [str(clients) for clients in CLIENTS])
        axes.set_xlabel("clients at once")
        axes.set_ylabel("replies a second (logarithmic)")
        axes.set_yscale("log")
        _plain_ticks(axes.yaxis)
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, handlelength=4)
        _save(figure, path)


def draw_footprint(run: Run, path: Path) -> None:
    """Memory, start and training, a panel each."""
    panels = [("memory, MB", "memory_mb"), ("start to ready, s", "start_s"), ("training, s", "train_s")]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 2.4), constrained_layout=True)
        for axes, (title, key) in zip(figure.subplots(1, 3, sharey=True), panels):
            measured = [getattr(system, key) for system in run.systems]
            values = [0.0 if isnan(value) else value for value in measured]
            axes.barh(range(len(values)), values, color="0.75", edgecolor="black")
            for place, value in enumerate(measured):
                shown = "not timed" if isnan(value) else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
                axes.text(values[place] + max(values) * 0.03, place, shown, va="center")
            axes.set_xlim(0, max(values) * 1.35 or 1)
            axes.set_title(title, fontsize=9)
            axes.set_yticks(range(len(values)), [system.name for system in run.systems])
            axes.spines[["top", "right"]].set_visible(False)
            axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(3))
        axes.invert_yaxis()
        _save(figure, path)


def describe(values: Sequence[tuple[str, str]]) -> str:
    """Names and values as one line for an alternative text."""
    return "; ".join(f"{name} {value}" for name, value in values)


def _plot(*, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(6.4, height), constrained_layout=True)
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _legend_above(axes: Any) -> None:
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncol=3, frameon=False)


def _plain_ticks(axis: Any) -> None:
    axis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
    axis.set_minor_locator(matplotlib.ticker.NullLocator())


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None})
