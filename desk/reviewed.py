"""Write approved candidates into the training data, data/nlu/reviewed.yml: those that repeat nothing and contradict nothing."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from conversations.database import Database
from conversations.personal import find_kinds
from conversations.review import list_candidates, note_problems, send_back

FILE = "nlu/reviewed.yml"
_HEAD = "# Written by `make reviewed` from what coordinators approved. Changes here are lost; undo at the desk instead.\n"
_MARKS = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})?")


def plain(text: str) -> str:
    """A text as it is compared: without marks of entities, case and signs."""
    return " ".join(re.findall(r"\w+", _MARKS.sub(r"\1", text).lower()))


def read_examples(data: Path) -> dict[str, tuple[str, str | None]]:
    """What is trained on already: intent and passage by plain text."""
    known: dict[str, tuple[str, str | None]] = {}
    for path in sorted(data.rglob("*.yml")):
        if path == data / FILE:
            continue
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or ():
            if not isinstance(block, dict) or "intent" not in block:
                continue
            passage = (block.get("metadata") or {}).get("passage")
            for line in str(block.get("examples", "")).splitlines():
                if line.strip().startswith("- "):
                    known[plain(line.strip()[2:])] = (block["intent"], passage)
    return known


def find_problem(candidate: Any, known: dict[str, tuple[str, str | None]]) -> str | None:
    """Why a candidate cannot be taken in, or None."""
    text = plain(candidate.text)
    if len(text) < 3:
        return "too short to learn from"
    if find_kinds(candidate.text):
        return "holds personal data"
    if text not in known:
        return None
    intent, passage = known[text]
    if intent != candidate.intent or (candidate.passage and passage and passage != candidate.passage):
        return f"contradicts {intent}{f' {passage}' if passage else ''}"
    return "is there already"


def take_in(database: Database, data: Path) -> str:
    """Write the file anew, note what was left out, and say so in one line; nothing to say leaves the text empty."""
    known, blocks, problems = read_examples(data), defaultdict(list), {}
    trained = {intent for intent, _ in known.values()}
    for candidate in reversed(list_candidates(database, state="approved")):
        problem = find_problem(candidate, known)
        if problem is None and candidate.intent not in trained:
            problem = f"no such intent as {candidate.intent}"
        if problem is not None:
            problems[candidate.id] = problem
            continue
        known[plain(candidate.text)] = (candidate.intent, candidate.passage)
        blocks[(candidate.intent, candidate.passage)].append(candidate.text)
    note_problems(database, problems)
    path, text = data / FILE, write_blocks(blocks)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text == before:
        return ""
    if not text:
        path.unlink()
        return "reviewed: nothing is approved any more; data/nlu/reviewed.yml is gone"
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    return f"reviewed: {sum(map(len, blocks.values()))} examples in data/nlu/reviewed.yml, {len(problems)} left out"


def withdraw(database: Database, data: Path, models: Path) -> str:
    """After a model was refused: what it learnt beyond the one in use is a proposal again, with the reason.

    Args:
        database: The record.
        data: The training data.
        models: Where `refused.json` says why, and `reviewed.yml` is what the model in use has learnt.
    """
    refused = models / "refused.json"
    fallen = json.loads(refused.read_text(encoding="utf-8"))["fallen"]
    known = read_reviewed(models / "reviewed.yml")
    learnt = read_reviewed(data / FILE) - known
    reason = f"the model that learnt it answered worse ({'; '.join(fallen)})"
    approved = list_candidates(database, state="approved")
    back = {one.id: reason for one in approved if (one.intent, plain(_safe(one.text))) in learnt}
    send_back(database, back)
    take_in(database, data)
    refused.unlink()
    return f"withdraw: {len(back)} examples are proposals again; see Review, Candidates at the desk"


def read_reviewed(path: Path) -> set[tuple[str, str]]:
    """Intent and plain text of each example in a file that `take_in` has written."""
    blocks = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", ()) if path.exists() else ()
    return {(block["intent"], plain(line[2:])) for block in blocks for line in block["examples"].splitlines()}


def write_blocks(blocks: dict[tuple[str, str | None], list[str]]) -> str:
    """The file in Rasa's form; empty for no examples."""
    if not blocks:
        return ""
    lines = [_HEAD + 'version: "3.1"', "nlu:"]
    for (intent, passage), texts in sorted(blocks.items(), key=lambda pair: (pair[0][0], pair[0][1] or "")):
        lines.append(f"- intent: {intent}")
        if passage:
            lines.append(f'  metadata: {{passage: "{passage}"}}')
        lines += ["  examples: |", *(f"    - {_safe(text)}" for text in texts)]
    return "\n".join(lines) + "\n"


def _safe(text: str) -> str:
    """One line, in which nothing is a mark of Rasa's form."""
    return " ".join(re.sub(r"[\[\](){}|]", " ", text).split()).lstrip("-#/ ")
