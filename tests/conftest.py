"""Fixtures for all tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
    for name in ("sources.yml", "topics.yml", "terms.yml", "fields.yml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "passages", root / "passages")
    return root
