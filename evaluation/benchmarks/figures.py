"""The figures of a run: what is counted for each system, and how it is kept between measuring and reporting."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evaluation.judging import Reply, is_refused

CLIENTS = (1, 2, 8)
TALKS = (20, 100)  # questions of one conversation


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    @property
    def percent(self) -> float:
        """0 to 100; 0 of nothing."""
        return 100 * self.hits / self.total if self.total else 0.0

    def interval(self) -> tuple[float, float]:
        """The 95 % interval in percent.

        Source:
            Wilson (1927), Probable inference, the law of succession, and statistical inference.
        """
        n, p, z = max(1, self.total), self.percent / 100, 1.96
        middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return 100 * (middle - spread) / (1 + z * z / n), 100 * (middle + spread) / (1 + z * z / n)


@dataclass
class Figures:
    """All figures of one system.

    Attributes:
        name: As shown.
        threshold: Below this it refuses, in its own scale.
        answers: Row -> share.
        p50_ms, p95_ms: Reply time, one client, each question in a conversation of its own.
        talk_ms: Questions of one conversation -> median reply time over the first so many of it.
        rate: Clients -> replies a second, the median of the rounds.
        loaded_p95_ms: Clients -> reply time, p95, all rounds together.
        memory_mb, start_s: Median of the starts.
        train_s: Once; NaN if the model was there already.
    """

    name: str
    threshold: float = 0.0
    answers: dict[str, Share] = field(default_factory=dict)
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    talk_ms: dict[int, float] = field(default_factory=dict)
    rate: dict[int, float] = field(default_factory=dict)
    loaded_p95_ms: dict[int, float] = field(default_factory=dict)
    memory_mb: float = 0.0
    start_s: float = 0.0
    train_s: float = 0.0


@dataclass
class Run:
    """One run: where, on what, and the figures of each system, ours first, Rasa's default second.

    Attributes:
        commit, machine: Of the code, of the hardware.
        epochs: Of DIET.
        learned, held_out: Training utterances that the peers learn from, and those that choose their thresholds.
        rounds, seconds, repeats, starts: How often or how long each thing was measured.
        default_own: Answers of Rasa's default at the fallback of its own configuration.
    """

    commit: str
    machine: str
    epochs: int
    learned: int
    held_out: int
    rounds: int
    seconds: float
    repeats: int
    starts: int
    systems: list[Figures]
    default_own: dict[str, Share]


def count_answers(
    asked: Sequence[tuple[dict[str, Any], Reply]], is_right: Callable[[dict[str, Any], Reply], bool]
) -> dict[str, Share]:
    """Count right answers and refusals.

    Args:
        asked: Cases, each with its `set`, and the replies to them: questions on the documents have `expect`, the others are
            out of scope.
        is_right: Judges a reply to a question on the documents.
    """
    inside = [(case, reply) for case, reply in asked if "expect" in case]
    outside = [(case, reply) for case, reply in asked if "expect" not in case]
    near = [(case, reply) for case, reply in outside if case.get("near_miss")]
    rows = {"right section, all questions": _share([is_right(*row) for row in inside])}
    for name in dict.fromkeys(case["set"] for case, _ in inside):
        rows[f"right section, {name}.jsonl"] = _share([is_right(*row) for row in inside if row[0]["set"] == name])
    rows["out of scope, refused"] = _share([is_refused(reply) for _, reply in outside])
    rows["of these near misses, refused"] = _share([is_refused(reply) for _, reply in near])
    rows["answerable, but refused"] = _share([is_refused(reply) for _, reply in inside])
    return rows


def _share(truths: Sequence[bool]) -> Share:
    return Share(sum(truths), len(truths))


def save_run(run: Run, path: Path) -> None:
    """Keep a run."""
    path.write_text(json.dumps(asdict(run), indent=1), encoding="utf-8")


def load_run(path: Path) -> Run:
    """Read a run that `save_run` kept."""
    data = json.loads(path.read_text(encoding="utf-8"))
    data["systems"] = [_figures(row) for row in data["systems"]]
    data["default_own"] = _shares(data["default_own"])
    return Run(**data)


def _figures(row: dict[str, Any]) -> Figures:
    counted = {key: {int(clients): value for clients, value in row[key].items()} for key in ("rate", "loaded_p95_ms", "talk_ms")}
    return Figures(**{**row, **counted, "answers": _shares(row["answers"])})


def _shares(rows: dict[str, Any]) -> dict[str, Share]:
    return {name: Share(**row) for name, row in rows.items()}
