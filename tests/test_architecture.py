"""Who may import whom: the arrows of the house style."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {
    "knowledge",
    "safety",
    "settings",
    "components",
    "actions",
    "assistant",
    "gateway",
    "conversations",
    "desk",
    "deploy",
    "evaluation",
}
MAY_IMPORT = {
    "knowledge": set(),
    "safety": set(),
    "components": {"knowledge", "safety"},
    "actions": {"knowledge", "safety", "settings"},
    "assistant": set(),
    "conversations": set(),
    "gateway": {"conversations", "knowledge", "safety", "settings"},
    "deploy": {"settings"},
}
NEVER = {
    "knowledge": {"rasa", "rasa_sdk", "sanic", "sqlalchemy", "os"},
    "safety": {"rasa", "rasa_sdk", "sanic", "sqlalchemy", "os"},
    "components": {"sanic", "sqlalchemy"},
    "actions": {"rasa", "sanic", "sqlalchemy"},
    "conversations": {"rasa", "rasa_sdk", "sanic"},
    "gateway": {"rasa", "rasa_sdk", "sqlalchemy"},
}


def imports_of(file: Path) -> set[str]:
    """Top-level names that a module imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT))
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        found = imports_of(file)
        assert found & OURS - {folder} <= MAY_IMPORT[folder], file
        assert not found & NEVER.get(folder, set()), file


def test_only_settings_reads_the_environment() -> None:
    for folder in (*MAY_IMPORT,):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "os.environ" not in text and "getenv" not in text, file
