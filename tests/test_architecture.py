"""Who may import whom: the arrows of the house style."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {
    "knowledge",
    "safety",
    "settings",
    "garbage",
    "calls",
    "packing",
    "components",
    "actions",
    "dialogue",
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
    "dialogue": {"knowledge", "safety"},
    "actions": {"dialogue", "knowledge", "safety"},
    "assistant": {"calls", "dialogue", "garbage", "knowledge", "packing"},
    "conversations": {"packing"},
    # The gateway's entry starts the desk in the same process: docs/decisions/0020-desk-in-the-public-door.md.
    "gateway": {"calls", "conversations", "desk", "garbage", "knowledge", "packing", "safety", "settings"},
    "desk": {"conversations", "knowledge", "settings"},
    "deploy": {"conversations", "desk", "settings"},
}
NEVER = {
    "knowledge": {"rasa", "rasa_sdk", "sanic", "sqlalchemy", "os"},
    "safety": {"rasa", "rasa_sdk", "sanic", "sqlalchemy", "os"},
    "components": {"sanic", "sqlalchemy"},
    "dialogue": {"os", "time", "socket", "pathlib"},
    "actions": {"rasa", "sanic", "sqlalchemy"},
    "conversations": {"rasa", "rasa_sdk", "sanic"},
    "gateway": {"rasa", "rasa_sdk", "sqlalchemy"},
    "desk": {"rasa", "rasa_sdk", "sqlalchemy", "os"},
}
# A folder that is pure: from outside the standard library it imports these only.
FROM_OUTSIDE = {"dialogue": {"rapidfuzz", "phonenumbers", "email_validator", "lingua"}}


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


@pytest.mark.parametrize("folder", sorted(FROM_OUTSIDE))
def test_a_pure_folder_uses_a_named_list_of_libraries(folder: str) -> None:
    found = set().union(*(imports_of(file) for file in (ROOT / folder).rglob("*.py")))

    assert found - OURS - set(sys.stdlib_module_names) == FROM_OUTSIDE[folder]


def test_only_settings_reads_the_environment() -> None:
    for folder in (*MAY_IMPORT,):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "os.environ" not in text and "getenv" not in text, file


def test_only_the_entry_of_the_gateway_knows_the_desk() -> None:
    for file in (ROOT / "gateway").rglob("*.py"):
        assert "desk" not in imports_of(file) or file.name == "__main__.py", file
