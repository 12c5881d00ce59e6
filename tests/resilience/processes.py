"""The processes of the whole system, started apart, killed by tests, and started again as the process manager does."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.models import find_model
from settings import load_settings
from tests.resilience.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
ASSISTANT_PYTHON = ROOT / ".venv/assistant/bin/python"
GATEWAY_PYTHON = ROOT / ".venv/gateway/bin/python"
LOOK_EVERY_S = 0.1
START_WITHIN_S = 400  # a Rasa server on a machine that is busy with other things
_CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "MAKE", "MFLAGS"))}
_RASA = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SANIC_HOST": "127.0.0.1",
    "OMP_NUM_THREADS": "1",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "ASSISTANT_LINE": "",
}


@dataclass
class Kept:
    """A process that is started again whenever it has died, until it is stopped."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int
    health: str
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    is_kept: bool = True

    def start(self) -> None:
        """Start it."""
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**_CLEAN, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal; SIGKILL gives no warning."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def is_well(self) -> bool:
        """True if it answers its health check."""
        try:
            return httpx.get(self.url + self.health, timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_well(self, within_s: float = 120) -> None:
        """Wait until it answers its health check.

        Raises:
            TimeoutError: If it does not in time.
        """
        deadline = time.monotonic() + within_s
        while not self.is_well():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} is not well after {within_s:g} s; see {self.log}")
            time.sleep(0.1)


@dataclass
class Keeper:
    """Starts processes again that have died."""

    processes: list[Kept] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def add(self, kept: Kept) -> Kept:
        """Start a process and keep it."""
        kept.start()
        self.processes.append(kept)
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()
        return kept

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            for kept in self.processes:
                if kept.is_kept and kept.process is not None and kept.process.poll() is not None:
                    kept.start()

    def remove(self, kept: Kept, *, within_s: float = 25) -> int:
        """Stop a process in good order and return its exit code."""
        kept.is_kept = False
        kept.kill(signal.SIGTERM)
        assert kept.process is not None
        try:
            code = kept.process.wait(timeout=within_s)
        except subprocess.TimeoutExpired:
            kept.kill()
            code = kept.process.wait()
        self.processes.remove(kept)
        return code

    def stop(self) -> None:
        """Stop all."""
        self._over.set()
        for kept in [*self.processes]:
            self.remove(kept)


@dataclass
class Assistant:
    """Rasa servers with the trained model."""

    rasas: list[Kept]
    token: str

    @property
    def environment(self) -> dict[str, str]:
        """What a gateway must know of it."""
        return {
            "RASA_PORT": str(self.rasas[0].port),
            "RASA_URLS": ",".join(rasa.url for rasa in self.rasas),
            "ACTIONS_PORT": self.rasas[0].environment["ACTIONS_PORT"],
            "ASSISTANT_TOKEN": self.token,
        }


def start_assistant(keeper: Keeper, folder: Path, *, rasas: int = 1, credentials: str = "credentials.yml") -> Assistant:
    """Start Rasa servers, and wait until they are well."""
    token = secrets.token_urlsafe(16)
    environment = {**_RASA, "PYTHONPATH": str(ROOT), "ASSISTANT_TOKEN": token}
    archive = find_model(load_settings({}).data_dir).archive
    started = []
    for number in range(rasas):
        port = free_port()
        command = [str(ASSISTANT_PYTHON), "-m", "rasa", "run", "-m", str(archive), "-i", "127.0.0.1", "-p", str(port)]
        command += ["--endpoints", "endpoints.yml", "--credentials", credentials]
        ports = {"RASA_PORT": str(port), "ACTIONS_PORT": str(free_port())}
        own = {**environment, **ports, "TRACKER_DB": str(folder / f"tracker-{number}.db")}
        rasa = Kept(f"rasa-{number}", command, own, folder / f"rasa-{number}.log", port, "/webhooks/gateway/health")
        started.append(keeper.add(rasa))
    for kept in started:
        kept.wait_well(START_WITHIN_S)
    return Assistant(started, token)


def start_gateway(
    keeper: Keeper, folder: Path, assistant: Mapping[str, str], *, name: str = "gateway", wait: bool = True, **more: str
) -> Kept:
    """Start a gateway in front of an assistant.

    Args:
        keeper: Starts it again when it dies.
        folder: For its record, if that is SQLite, and its log.
        assistant: Variables that say where the assistant is.
        name: Of its log.
        wait: Whether to wait until it answers.
        more: Further variables.
    """
    port = free_port()
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(folder),
        **assistant,
        **more,
        "PORT": str(port),
    }
    kept = Kept(name, [str(GATEWAY_PYTHON), "-m", "gateway"], environment, folder / f"{name}.log", port, "/livez")
    keeper.add(kept)
    if wait:
        kept.wait_well(30)
    return kept


def wait_until(condition: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Wait for something.

    Raises:
        TimeoutError: Naming it, if it does not happen in time.
    """
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within_s:g} s")
        time.sleep(0.1)
