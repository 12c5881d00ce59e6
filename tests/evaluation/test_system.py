"""What is started for measuring says what went wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evaluation.system import free_ports, run_logged, running


def test_ports_differ() -> None:
    assert len(set(free_ports(3))) == 3


def test_a_command_is_timed_and_logged(tmp_path: Path) -> None:
    took = run_logged([sys.executable, "-c", "print('done')"], tmp_path / "log")

    assert took > 0
    assert (tmp_path / "log").read_text() == "done\n"


def test_a_command_gets_its_variables(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os; print(os.environ['DATA_DIR'])"]
    run_logged(command, tmp_path / "log", environment={"DATA_DIR": "there"})

    assert (tmp_path / "log").read_text() == "there\n"


def test_a_command_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"code 3.*\n.*no room"):
        run_logged([sys.executable, "-c", "import sys; print('no room'); sys.exit(3)"], tmp_path / "log")


def test_a_system_that_ends_before_it_is_ready_is_an_error() -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/"

    with pytest.raises(RuntimeError, match="ended with code 4"):
        with running([sys.executable, "-c", "raise SystemExit(4)"], url=url, ready=url):
            pass
