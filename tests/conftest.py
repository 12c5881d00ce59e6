"""Fixtures for all tests."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dialogue.parse import Parse
from knowledge.passage import ROOT, Knowledge, load_knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The real knowledge base."""
    return load_knowledge()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the knowledge base's content that a test may break."""
    root = tmp_path / "knowledge"
    root.mkdir()
    for name in ("sources.yml", "topics.yml", "terms.yml", "fields.yml", "follow_ups.yml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "passages", root / "passages")
    return root


class FakeNlu:
    """Stands for the trained model: knows the texts that it was told, finds the terms of the knowledge base in all."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._spellings = knowledge.spellings()
        self._known: dict[str, Parse] = {}
        self.asked: list[str] = []

    def knows(
        self, text: str, intent: str, *labels: str | tuple[str, float], confidence: float = 0.9, unclear: bool = False
    ) -> FakeNlu:
        """Tell it a text; labels without a share get the confidence, and without labels the intent is one."""
        rows = tuple(label if isinstance(label, tuple) else (label, confidence) for label in labels or (intent,))
        self._known[_bare(text)] = Parse(text, intent, confidence, rows, unclear=unclear)
        return self

    def __call__(self, texts: Sequence[str]) -> list[Parse]:
        """Understand texts; one that it was not told is unclear."""
        self.asked += texts
        return [self._parse(text) for text in texts]

    def _parse(self, text: str) -> Parse:
        nothing = Parse(text, "out_of_scope", 0.2, (("out_of_scope:gibberish", 0.2),), unclear=True)
        return replace(self._known.get(_bare(text), nothing), text=text, terms=self._terms(text))

    def _terms(self, text: str) -> tuple[tuple[str, str], ...]:
        padded = f" {_bare(text)} "
        found = [(padded.find(f" {word} "), kind, term) for (kind, word), term in self._spellings.items()]
        return tuple(dict.fromkeys((kind, term) for place, kind, term in sorted(found) if place >= 0))


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[\w*']+", text.lower()))


@pytest.fixture
def nlu(knowledge: Knowledge) -> FakeNlu:
    """A model made by hand; `nlu.knows(text, intent, label)` tells it a text."""
    return FakeNlu(knowledge)
