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
from collections.abc import Iterator, Mapping, Sequence
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


def run_logged(command: Sequence[str | Path], log: Path, *, environment: Mapping[str, str] | None = None) -> float:
    """Run a command in the project's folder, what it says in a file; return the seconds it took.

    Raises:
        RuntimeError: If it fails, with the end of what it said.
    """
    began = time.monotonic()
    with log.open("wb") as file:
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=file, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace")[-1000:]
        raise RuntimeError(f"{' '.join(map(str, command[1:4]))} ended with code {done.returncode}; {log} ends with:\n{tail}")
    return time.monotonic() - began


@dataclass
class Running:
    """A system as it runs: address of its REST door, process id of its first process, seconds until it was ready."""

    url: str
    pid: int
    start_s: float


@contextmanager
def running(
    command: Sequence[str | Path], *, url: str, ready: str, environment: Mapping[str, str] | None = None, quiet: bool = True
) -> Iterator[Running]:
    """Start a system, wait until it is ready, stop it at the end.

    Args:
        command: What starts it, in the project's folder.
        url: Address of its REST door.
        ready: Page that answers 200 as soon as it takes messages.
        environment: Variables set for it beside the caller's own.
        quiet: Whether its errors are kept from the terminal.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
    )
    try:
        took = wait_for(ready, process)
        yield Running(url, process.pid, took)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def running_system(data_dir: Path = ROOT / "var") -> Iterator[Running]:
    """The whole system with the model in use, its record and logs in a folder of its own.

    Args:
        data_dir: Where `models/` lies.
    """
    port, rasa_port, actions_port = free_ports(3)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(data_dir.resolve() / "models")
        environment = {
            "PORT": str(port),
            "RASA_PORT": str(rasa_port),
            "ACTIONS_PORT": str(actions_port),
            "DATA_DIR": folder,
            "PYTHONPATH": str(ROOT),
        }
        with running(
            [ROOT / ".venv/gateway/bin/python", "-m", "deploy.launch"],
            url=f"http://127.0.0.1:{port}/webhooks/rest/webhook",
            ready=f"http://127.0.0.1:{port}/healthz",
            environment=environment,
            quiet=False,
        ) as system:
            yield system
