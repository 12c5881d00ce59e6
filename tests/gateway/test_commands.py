"""The commands on the record, as the Makefile calls them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import ROOT, Stage


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with some variables."""
    command = [sys.executable, "-m", "gateway.commands", *arguments]
    variables = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60)


def test_a_backup_of_the_running_gateway_is_restored_elsewhere(door: httpx.Client, stage: Stage, tmp_path: Path) -> None:
    door.post("/webhooks/rest/webhook", json={"sender": "kept", "message": "hello"})
    file = str(tmp_path / "b.gz")

    written = run("backup", file, DATA_DIR=str(stage.data_dir))
    restored = run("restore", file, DATA_DIR=str(tmp_path))

    assert (written.returncode, restored.returncode) == (0, 0), written.stderr + restored.stderr
    digest = written.stdout.split("SHA-256 of content ")[1].split()[0]
    assert digest in restored.stdout and "equal to the backup" in restored.stdout


def test_restoring_over_a_running_gateway_is_refused(stage: Stage, tmp_path: Path) -> None:
    result = run("restore", str(tmp_path / "none.gz"), DATA_DIR=str(stage.data_dir))

    assert result.returncode == 2 and "is open in another process" in result.stderr


@pytest.mark.parametrize("command", [["cases"], ["backup", "b.gz"]])
def test_a_database_that_is_away_is_said_in_one_line(command: list[str]) -> None:
    result = run(*command, DATABASE_URL="postgresql://postgres@127.0.0.1:1/none")

    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1 and "DATABASE_URL" in result.stderr


def test_no_record_yet_is_no_error(tmp_path: Path) -> None:
    assert "no record yet" in run("cases", DATA_DIR=str(tmp_path)).stdout


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.gz").write_bytes(b"nonsense")
    result = run("restore", str(tmp_path / "b.gz"), DATA_DIR=str(tmp_path))

    assert result.returncode == 2 and "cannot be read as a backup" in result.stderr
