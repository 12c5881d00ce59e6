"""Ask the running system the held-out questions, cross-validate the NLU, and write docs/evaluation.md.

`python -m evaluation.run [--skip-cross-validation] [--out FILE]`; `make evaluate` runs all of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from deploy.models import find_model
from evaluation.judging import find_fault, fold
from evaluation.system import ROOT, post, running_system

QUESTIONS = ROOT / "evaluation" / "questions"
MAX_MISSES = 60


def ask_all(url: str) -> list[dict[str, Any]]:
    """Ask every case; one row a turn: set, group, question, fault, wanted, got, time in ms, right dialogue."""
    rows = []
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            whole, turns = True, case.get("turns") or [{**case, "user": case["q"]}]
            for turn in turns:
                messages, ms = post(url, {"sender": f"eval-{path.stem}-{number}", "message": turn["user"]})
                reply = fold(messages)
                fault = find_fault(turn, reply)
                whole = whole and not fault
                group = turn.get("kind") or (turn.get("expect") or ["compound"])[0]
                if path.stem == "boundary" and turn.get("near_miss"):
                    group += ", near miss"
                rows.append(
                    {
                        "set": path.stem,
                        "group": group,
                        "question": turn["user"],
                        "fault": fault,
                        "ms": ms,
                        "got": reply.sections[0] if reply.sections else reply.kind,
                    }
                )
            if case.get("turns"):
                rows.append(
                    {
                        "set": "whole dialogues",
                        "group": "dialogue",
                        "question": case["about"],
                        "fault": "" if whole else "a turn is wrong",
                        "ms": None,
                        "got": "",
                    }
                )
    return rows


def cross_validate() -> dict[str, float]:
    """Rasa's own 3-fold cross-validation of the intents, with the encoder as it came (tuning each fold takes too long)."""
    out = ROOT / "build" / "cross-validation"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "rasa",
            "test",
            "nlu",
            "--cross-validation",
            "-f",
            "3",
            "-c",
            "evaluation/cross_validation.yml",
            "-u",
            "data",
            "-d",
            "domain.yml",
            "--out",
            str(out),
            "--no-plot",
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    report = json.loads((out / "intent_report.json").read_text(encoding="utf-8"))
    return {name: report["weighted avg"][name] for name in ("precision", "recall", "f1-score")}


def table(rows: list[dict[str, Any]], key: str) -> list[str]:
    """Right answers by a column, as Markdown."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        counts[row[key]][0] += not row["fault"]
        counts[row[key]][1] += 1
    lines = [f"| {key} | right | of | share |", "| --- | ---: | ---: | ---: |"]
    return lines + [f"| {name} | {right} | {total} | {right / total:.1%} |" for name, (right, total) in sorted(counts.items())]


def write_report(rows: list[dict[str, Any]], folds: dict[str, float] | None, out: Path) -> None:
    """Write the report."""
    model = find_model(ROOT / "var")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    times = sorted(row["ms"] for row in rows if row["ms"] is not None)
    sections = [row for row in rows if row["set"] == "sections"]
    confusion = Counter((row["group"], row["got"]) for row in sections if row["fault"] and row["group"] != row["got"])
    lines = [
        "<!-- Written by `make evaluate`; do not edit. -->",
        "# Evaluation on the project's own held-out questions",
        "",
        f"Commit {commit}, model {model.archive.name}, data {model.data_digest[:12]}.",
        "The questions of `evaluation/questions/` were written apart from the training data and are never trained on.",
        "",
        "## By set",
        "",
        *table(rows, "set"),
        "",
        f"Reply time over REST: p50 {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms, "
        f"{len(times)} turns.",
        "",
        "## Questions on the documents, by first expected section",
        "",
        *table(sections, "group"),
        "",
        "## Boundaries, by kind",
        "",
        *table([r for r in rows if r["set"] == "boundary"], "group"),
        "",
        "## Confusion: first expected section, what was cited or done instead",
        "",
        "| wanted | got | times |",
        "| --- | --- | ---: |",
        *(f"| {wanted} | {got} | {n} |" for (wanted, got), n in confusion.most_common(20)),
        "",
    ]
    if folds:
        lines += [
            "## Cross-validation of the intents",
            "",
            "`rasa test nlu`, 3 folds, encoder not tuned (evaluation/cross_validation.yml): "
            + ", ".join(f"{name} {value:.3f}" for name, value in folds.items())
            + ".",
            "",
        ]
    misses = [row for row in rows if row["fault"] and row["set"] != "whole dialogues"]
    lines += [f"## Misses ({len(misses)})", ""]
    lines += [f"- {row['set']}: “{row['question'][:160]}”: {row['fault']}".replace("|", "\\|") for row in misses[:MAX_MISSES]]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Run all of it and print the main table."""
    parser = argparse.ArgumentParser(description="Evaluate on the held-out questions.")
    parser.add_argument("--skip-cross-validation", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "evaluation.md")
    options = parser.parse_args()
    with running_system() as system:
        rows = ask_all(system.url)
    write_report(rows, None if options.skip_cross_validation else cross_validate(), options.out)
    print("\n".join(table(rows, "set")))
    print(f"evaluate: the report is in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
