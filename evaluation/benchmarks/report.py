"""Write docs/benchmark.md and its plots from the figures of the last run.

`python -m evaluation.benchmarks.report` does it anew, without measuring.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path

from evaluation.benchmarks import plots
from evaluation.benchmarks.figures import CLIENTS, TALKS, Figures, Run, Share, load_run
from evaluation.system import ROOT

FIGURES = ROOT / "build" / "benchmark" / "figures.json"
DOCS = ROOT / "docs"
MADE_BY = (
    "Made by `make benchmark`; written anew from its figures by `.venv/assistant/bin/python -m evaluation.benchmarks.report`."
)


def row(name: str, unit: str, systems: Sequence[Figures], value: Callable[[Figures], float], *, digits: int = 1) -> str:
    """One row of a table: a value for each system, then ours divided by Rasa's default."""
    values = [value(system) for system in systems]
    ratio = number(values[0] / values[1], 2) if values[1] else "-"
    return f"| {name} | {unit} | " + " | ".join(number(v, digits) for v in values) + f" | {ratio} |"


def number(value: float, digits: int) -> str:
    """A figure of a table; what was not measured (NaN) is a stroke."""
    return "-" if isnan(value) else f"{value:,.{digits}f}"


def answer_row(name: str, systems: Sequence[Figures]) -> str:
    """One row of right answers or refusals, each with its 95 % interval."""
    shares = [system.answers[name] for system in systems]
    return f"| {name} | {shares[0].total} | " + " | ".join(show(share) for share in shares) + " |"


def show(share: Share) -> str:
    """A share in percent with its 95 % interval."""
    low, high = share.interval()
    return f"{share.percent:.1f} ({low:.0f}-{high:.0f})"


def head(systems: Sequence[Figures], *columns: str, last: Sequence[str] = ()) -> list[str]:
    """The two first lines of a table."""
    names = [*columns, *(system.name for system in systems), *last]
    marks = ["---", *["---:"] * (len(names) - 1)]
    return ["| " + " | ".join(names) + " |", "| " + " | ".join(marks) + " |"]


def image(name: str, title: str, values: Sequence[tuple[str, str]]) -> list[str]:
    """A plot with the alternative text that says what it shows."""
    return ["", f"![{title}: {plots.describe(values)}.](images/benchmark-{name}.svg)", "", MADE_BY, ""]


def write_answers(run: Run) -> list[str]:
    """Right answers and refusals."""
    systems, main = run.systems, "right section, all questions"
    refused = plots.ANSWERS[1]
    own = run.default_own
    return [
        "## Right answers and refusals",
        "",
        "In percent, in brackets the 95 % interval (Wilson). All at the same threshold for every row.",
        "",
        *head(systems, "figure, %", "questions"),
        *(answer_row(name, systems) for name in systems[0].answers),
        "| threshold | | " + " | ".join(f"{system.threshold:.3g}" for system in systems) + " |",
        *image(
            "answers",
            "Right sections and refusals in percent",
            [(s.name, f"{s.answers[main].percent:.1f} right, {s.answers[refused].percent:.1f} refused") for s in systems],
        ),
        "Right: the first section cited is an expected one. A personal story that is answered with the limits of advice and",
        "the right section counts, as in `make evaluate`. Rasa's default knows intents, not sections: it is right if any",
        "expected section belongs to the topic of its intent, which favours it. Refused: the reply says that the documents do",
        "not answer, or asks back. A question that is refused although the documents answer it is wrong.",
        "",
        f"Thresholds of the peers: {run.held_out} of the training utterances (5 % of each intent, seed 42) are kept from them;",
        f"they learn from the other {run.learned}. The threshold is the one with the best Matthews correlation on those held",
        "out, questions on the documents and out of scope weighing the same. Ours runs as it is shipped, with the threshold of",
        "`config.yml`, and has learned from all. At the fallback of its own configuration (0.3, and 0.1 between the first two)",
        f"Rasa's default has {show(own[main])} % right and refuses {show(own[refused])} %.",
        "",
    ]


def write_speed(run: Run) -> list[str]:
    """Reply time and throughput."""
    systems = run.systems
    return [
        "## Reply time",
        "",
        f"{run.rounds} held-out questions over REST, one client, each in a conversation of its own, asked of all systems in turn",
        "(A B C A B C), models warm. Then the first of them once more, all in one conversation: Rasa reads its whole tracker",
        "anew in each turn, ours keeps what the next turn needs.",
        "",
        *head(systems, "figure", "unit", last=["ours / Rasa's default"]),
        row("reply time, median", "ms", systems, lambda s: s.p50_ms),
        row("reply time, p95", "ms", systems, lambda s: s.p95_ms),
        *(row(f"median over the first {n} of one conversation", "ms", systems, lambda s, n=n: s.talk_ms[n]) for n in TALKS),
        *image("reply-time", "Reply time, median / p95 in ms", [(s.name, f"{s.p50_ms:.1f} / {s.p95_ms:.1f}") for s in systems]),
        "## Throughput",
        "",
        f"Clients that ask without a pause for {run.seconds:g} s, the systems in turn, {run.repeats} rounds: the median rate,",
        "and the p95 of all rounds.",
        "",
        *head(systems, "figure", "unit", last=["ours / Rasa's default"]),
        *(row(f"replies, {c} client{'s' * (c > 1)}", "1/s", systems, lambda s, c=c: s.rate[c]) for c in CLIENTS),
        *(row(f"reply time, p95, {c} clients", "ms", systems, lambda s, c=c: s.loaded_p95_ms[c]) for c in CLIENTS[1:]),
        *image(
            "throughput",
            f"Replies a second with {', '.join(map(str, CLIENTS))} clients",
            [(s.name, ", ".join(f"{s.rate[c]:.0f}" for c in CLIENTS)) for s in systems],
        ),
    ]


def write_footprint(run: Run) -> list[str]:
    """Memory, start, training."""
    systems = run.systems
    return [
        "## Memory, start and training",
        "",
        f"Each system started alone, {run.starts} times, in turn: medians. Memory of all its processes (proportional set size)",
        f"after the first replies. Training without caches, once, Rasa's default for {run.epochs} epochs; of the others the time",
        "to make the index.",
        "",
        *head(systems, "figure", "unit", last=["ours / Rasa's default"]),
        row("memory", "MB", systems, lambda s: s.memory_mb),
        row("start to ready", "s", systems, lambda s: s.start_s),
        row("training", "s", systems, lambda s: s.train_s),
        *image(
            "footprint",
            "Memory, start and training",
            [(s.name, f"{s.memory_mb:.0f} MB, {s.start_s:.1f} s, {number(s.train_s, 0)} s") for s in systems],
        ),
    ]


def write_hint3(docs: Path) -> list[str]:
    """Where our NLU pipeline stands on public data, if it was measured."""
    if not (docs / "hint3.md").exists():
        return []
    return [
        "## On public data",
        "",
        "Our NLU pipeline on HINT3, against five published systems: [hint3.md](hint3.md). Made by",
        '`make benchmark OPTIONS="--hint3 FOLDER"`, or alone by',
        "`.venv/assistant/bin/python -m evaluation.benchmarks.hint3 FOLDER`.",
        "",
    ]


def write_report(run: Run, docs: Path = DOCS) -> None:
    """Write the report and its plots."""
    for name, draw in (
        ("answers", plots.draw_answers),
        ("reply-time", plots.draw_reply_time),
        ("throughput", plots.draw_throughput),
        ("footprint", plots.draw_footprint),
    ):
        draw(run, docs / "images" / f"benchmark-{name}.svg")
    lines = [
        "<!-- Written by `make benchmark`; do not edit. -->",
        "# Benchmark",
        "",
        f"One run on one machine: {run.machine}. Commit {run.commit}. All systems answer over HTTP on loopback and were measured",
        "side by side.",
        "",
        "- **ours**: the public door, with the Rasa server behind it and every turn on record (SQLite).",
        "- **Rasa's default**: Rasa 3.6.21 bare, pipeline and policies as `rasa init` writes them, DIET and policies trained for",
        f"  {run.epochs} epochs (Rasa's own number is 100) on our utterances, one fixed response for each intent, no action",
        "  server, trackers in memory.",
        "- **BM25, MiniLM: passages**: the best passage by words (k1 1.2, b 0.75), and by the cosine of all-MiniLM-L6-v2 as it",
        "  came (in 8 bits, as ours) with the passage's question or text, behind a bare Sanic server. They learn nothing from",
        "  the utterances but the threshold.",
        "- **BM25, MiniLM: + utterances**: the same with the training utterances beside the passages; the section or the intent",
        "  of the nearest one is taken.",
        "",
        *write_answers(run),
        *write_speed(run),
        *write_footprint(run),
        *write_hint3(docs),
        "## Limits",
        "",
        "The questions are the project's own, and ours was built with them in view, though never trained on them: this favours",
        "ours. The peers had no tuning but the threshold. They send one stored text and keep nothing; ours also checks for",
        "emergencies, corrects spelling, chooses among passages, and writes each turn to disk. Clients and servers share the",
        "machine's cores, so the clients bound the throughput of the fast peers. Each figure comes from one machine; ratios",
        "travel better than values.",
        "",
    ]
    (docs / "benchmark.md").write_text("\n".join(lines), encoding="utf-8")


def main() -> int:
    """Write the report of the last run anew."""
    if not FIGURES.exists():
        print("report: there are no figures yet. Run `make benchmark`.", file=sys.stderr)
        return 1
    write_report(load_run(FIGURES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
