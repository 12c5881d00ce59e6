"""Start the whole system on free ports for measuring, and ask it over REST."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
START_S = 180


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nothing uses."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def post(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[Any, float]:
    """Send JSON; return the answer and the time in milliseconds, first byte to last."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        raw = answer.read()
    return json.loads(raw), (time.perf_counter() - began) * 1e3


def wait_for(url: str, process: subprocess.Popen[bytes]) -> float:
    """Wait until a page answers 200; return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < START_S:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None:
            raise RuntimeError(f"the process behind {url} ended with code {process.returncode}")
        time.sleep(0.2)
    raise RuntimeError(f"{url} was not ready in {START_S} s")


@dataclass
class Running:
    """The system as it runs: address of the door, process id of the manager, seconds until it was ready."""

    url: str
    pid: int
    start_s: float


@contextmanager
def running_system() -> Iterator[Running]:
    """The system with the model in use, stopped at the end."""
    port, rasa_port, actions_port = free_ports(3)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(ROOT / "var" / "models")
        environment = {
            **os.environ,
            "PORT": str(port),
            "RASA_PORT": str(rasa_port),
            "ACTIONS_PORT": str(actions_port),
            "DATA_DIR": folder,
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(
            [ROOT / ".venv/gateway/bin/python", "-m", "deploy.launch"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            took = wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield Running(f"http://127.0.0.1:{port}/webhooks/rest/webhook", process.pid, took)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
