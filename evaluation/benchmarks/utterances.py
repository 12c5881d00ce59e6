"""The training utterances, and the split of them on which thresholds are chosen."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evaluation.benchmarks.open_set import OUT_OF_SCOPE
from evaluation.system import ROOT

HELD_OUT_SHARE = 0.05
SEED = 42


@dataclass(frozen=True)
class Utterance:
    """A training utterance: its text, its intent, the section that it asks about (empty for most intents but the topics')."""

    text: str
    intent: str
    section: str = ""


def read_utterances(root: Path = ROOT) -> list[Utterance]:
    """Read `data/nlu.yml` and `data/nlu/`, in the order of the files."""
    files = [root / "data" / "nlu.yml", *sorted((root / "data" / "nlu").rglob("*.yml"))]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    blocks = [block for file in files for block in yaml.load(file.read_text(encoding="utf-8"), Loader=loader)["nlu"]]
    return [utterance for block in blocks for utterance in utterances_of(block)]


def utterances_of(block: Mapping[str, Any]) -> list[Utterance]:
    """The utterances of one block of Rasa's training format."""
    section = str((block.get("metadata") or {}).get("passage", "")).split("/")[0]
    lines = (line.strip() for line in block["examples"].splitlines())
    return [Utterance(line[2:].strip(), block["intent"], section) for line in lines if line.startswith("- ")]


def split_utterances(
    utterances: Sequence[Utterance], *, share: float = HELD_OUT_SHARE, seed: int = SEED
) -> tuple[list[Utterance], list[Utterance]]:
    """Set a share of the utterances of each intent aside; the same share, seed and data give the same split.

    Args:
        utterances: In any order.
        share: How much is set aside, 0 to 1; at least one of each intent.
        seed: Fixes the split.

    Returns:
        What is learned, what is held out, both in the order given.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row, utterance in enumerate(utterances):
        rows[utterance.intent].append(row)
    rng = random.Random(seed)
    aside = {row for intent in sorted(rows) for row in rng.sample(rows[intent], max(1, round(share * len(rows[intent]))))}
    learned = [utterance for row, utterance in enumerate(utterances) if row not in aside]
    return learned, [utterances[row] for row in sorted(aside)]


def deciding(held_out: Sequence[Utterance]) -> list[Utterance]:
    """Those that decide on a threshold: questions on a section, and what is out of scope."""
    return [utterance for utterance in held_out if utterance.section or utterance.intent == "out_of_scope"]


def gold_of(utterance: Utterance) -> str:
    """The section that a deciding utterance asks about, or the mark for out of scope."""
    return utterance.section or OUT_OF_SCOPE
