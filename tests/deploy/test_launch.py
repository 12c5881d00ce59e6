"""The process manager's table: where the processes find each other."""

from __future__ import annotations

from configparser import RawConfigParser
from pathlib import Path

import pytest

from deploy.launch import write_table
from settings import LONGEST_SOCKET_PATH, load_settings


def variables_of(table: Path, program: str) -> str:
    """The environment of a process, as the table has it."""
    parser = RawConfigParser()
    parser.read(table)
    return parser[f"program:{program}"]["environment"]


@pytest.mark.parametrize("deep", [False, True])
def test_the_processes_get_the_same_line_or_none_if_the_path_is_too_long(tmp_path: Path, deep: bool) -> None:
    folder = tmp_path / ("x" * LONGEST_SOCKET_PATH) if deep else tmp_path
    settings = load_settings({"DATA_DIR": str(folder), "RASA_PORT": "5105", "ACTIONS_PORT": "5155"})

    table = write_table(settings, Path("model.tar.gz"), "token")

    assistant = "" if deep else str(folder / "run/assistant-5105.sock")
    for program in ("rasa", "gateway"):
        assert f'ASSISTANT_LINE="{assistant}"' in variables_of(table, program)
