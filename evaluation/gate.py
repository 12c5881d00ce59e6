"""May a new model take the place of the one in use? No measure on the held-out and safety questions may be lower.

`python -m evaluation.gate IN_USE NEW` prints the measures of both archives as JSON; deploy.train asks it when examples that
coordinators approved take part in a training. Each question is understood as in a conversation of its own, without the action
server: which sections it is taken for, which kind of reply it would get.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.judging import Reply, is_section_right

QUESTIONS = Path(__file__).resolve().parent / "questions"
_KINDS = {
    "emergency": "emergency",
    "nlu_fallback": "clarify",
    "out_of_scope": "out_of_scope",
    "request_handoff": "handoff",
    "request_personal_advice": "personal_advice",
    "ask_privacy": "privacy",
}


def measure_of(case: dict[str, Any]) -> str:
    """Name of the measure that a held-out question belongs to."""
    if case.get("near_miss"):
        return "near misses"
    return str(case.get("kind") or ("sections" if "expect" in case else "compound"))


def reply_to(reading: Any) -> Reply:
    """The reply that a reading leads to, without its words."""
    sections = tuple(part.labels[0][0].split("/")[0] for part in reading.parts if part.labels)
    kind = _KINDS.get(reading.act) or ("answer" if reading.parts else "chitchat")
    return Reply(kind, sections if kind == "answer" else (), "")


def is_right(case: dict[str, Any], reply: Reply) -> bool:
    """Whether a question is understood as it must be."""
    if case.get("kind") == "not_emergency":
        return reply.kind != "emergency"
    return is_section_right(case, reply)


def read_cases(folder: Path = QUESTIONS) -> list[dict[str, Any]]:
    """The held-out questions of one turn."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [case for case in map(json.loads, lines) if "q" in case]


def measure(archive: Path, cases: Sequence[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Measure -> (right, asked) of a model."""
    from rasa.core.agent import Agent

    from assistant.turns import Turn, Turns
    from knowledge.passage import load_knowledge

    turns, processor = Turns(load_knowledge()), Agent.load(str(archive)).processor
    assert processor is not None
    found: dict[str, tuple[int, int]] = {}
    for number, case in enumerate(cases):
        reading = turns.read(processor, Turn(f"m{number}", f"c{number}", "gate", case["q"]), time.time())
        right, asked = found.get(measure_of(case), (0, 0))
        found[measure_of(case)] = (right + is_right(case, reply_to(reading)), asked + 1)
    return found


def find_fallen(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    """The measures that are lower than before, each as a phrase."""
    fallen = []
    for name, (right, asked) in sorted(before.items()):
        now = after.get(name, (0, asked))[0]
        if now < right:
            fallen.append(f"{name}: {right} of {asked} before, {now} now")
    return fallen


def main() -> int:
    """Measure both models."""
    if len(sys.argv) != 3:
        print("usage: python -m evaluation.gate IN_USE NEW", file=sys.stderr)
        return 2
    before, after = (measure(Path(name), read_cases()) for name in sys.argv[1:])
    print(json.dumps({"before": before, "after": after, "fallen": find_fallen(before, after)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
