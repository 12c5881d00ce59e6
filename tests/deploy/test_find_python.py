"""The search for a Python finds one that works, and says what to do if there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find(*versions: str, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}" if path else os.environ["PATH"]}
    return subprocess.run(
        [ROOT / "deploy" / "find-python.sh", *versions], capture_output=True, text=True, env=environment, timeout=120, check=False
    )


def version_of(python: str) -> str:
    return subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
    ).stdout.strip()


def test_one_of_the_versions_named_is_found_itself_not_its_shim() -> None:
    here = ".".join(map(str, sys.version_info[:2]))

    found = find("3.13", "3.12", here)

    python = found.stdout.strip()
    assert found.returncode == 0, found.stderr
    assert version_of(python) in ("3.13", "3.12", here)
    assert os.path.realpath(python) == python


def test_what_does_not_start_is_passed_over(tmp_path: Path) -> None:
    here = ".".join(map(str, sys.version_info[:2]))
    broken = tmp_path / f"python{here}"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    assert version_of(find(here, path=str(tmp_path)).stdout.strip()) == here


def test_a_version_that_is_not_there_is_named_with_the_remedy() -> None:
    found = find("3.99")

    assert found.returncode == 1
    assert not found.stdout
    assert "Python 3.99 is missing. Get it with one of: apt install python3.99" in found.stderr
