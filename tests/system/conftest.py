"""The whole system, started as a user starts it: `make run`, on free ports and in a data folder of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from settings import load_settings
from tests.gateway.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 120


@dataclass
class System:
    """A running system."""

    process: subprocess.Popen[bytes]
    port: int
    rasa_port: int
    actions_port: int
    data_dir: Path
    output: Path

    @property
    def url(self) -> str:
        """Address of the public door."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, text: str, *, sender: str = "ann", **more: Any) -> list[dict[str, Any]]:
        """Send a message over REST and return the reply."""
        body = {"sender": sender, "message": text, **more}
        answer = httpx.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()
        return messages

    def record(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the record, as it lies on the disk."""
        with closing(sqlite3.connect(self.data_dir / "conversations.db")) as database:
            return database.execute(query, values).fetchall()

    def wait_ready(self, timeout_s: float = START_S) -> None:
        """Wait until /healthz says that all is ready."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=30, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.5)
        raise AssertionError("not ready in time:\n" + self.output.read_text())

    def wait_said(self, words: str, timeout_s: float = 30.0) -> None:
        """Wait until the command's output has the words."""
        deadline = time.monotonic() + timeout_s
        while words not in self.output.read_text():
            assert time.monotonic() < deadline, f"{words!r} is not in\n{self.output.read_text()}"
            time.sleep(0.1)

    def listener(self, port: int) -> psutil.Process:
        """The process that listens on a port."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            if any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in process.net_connections()):
                return process
        raise AssertionError(f"nobody listens on {port}")


def start_system(folder: Path) -> System:
    """Start `make run` in a data folder that shares the trained models only."""
    folder.mkdir(exist_ok=True)
    (folder / "models").symlink_to(load_settings({}).data_dir / "models")
    ports = {"PORT": free_port(), "RASA_PORT": free_port(), "ACTIONS_PORT": free_port()}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "MAKE", "MFLAGS", "PYTHONPATH"))}
    environment |= {name: str(port) for name, port in ports.items()} | {"DATA_DIR": str(folder)}
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(["make", "run"], cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
    return System(process, *ports.values(), folder, output)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One running system for the tests that only ask it."""
    running = start_system(tmp_path_factory.mktemp("system"))
    try:
        running.wait_ready()
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(timeout=40)
