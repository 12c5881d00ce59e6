"""Real database, Redis and broker servers for tests: each on a free port of loopback, in its own folder, stopped by its pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

START_WITHIN_S = 60


class MissingServerError(Exception):
    """A server program is not installed: says which, and how to get it."""


def free_port() -> int:
    """A port of loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, *, within_s: float = START_WITHIN_S) -> None:
    """Wait until something listens.

    Raises:
        TimeoutError: If nothing does in time.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port} after {within_s:g} s")


def find_program(name: str, package: str, *folders: str) -> str:
    """Path of a server program.

    Raises:
        MissingServerError: If it is not installed.
    """
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders, "/usr/sbin", "/usr/local/sbin"]))
    if found is None:
        raise MissingServerError(f"{name} is missing: make servers, or apt-get install {package}")
    return found


def _postgres_folders() -> list[str]:
    return [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]


@dataclass
class Server:
    """A running server process that tests may kill, freeze and start again."""

    port: int
    folder: Path
    command: list[str]
    user: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                start_new_session=True,
            )
        wait_for_port(self.port)
        deadline = time.monotonic() + START_WITHIN_S
        while self.ready is not None and not self.ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.command[0]} is not ready: see {self.folder}/server.log")
            time.sleep(0.1)

    def _family(self) -> list[psutil.Process]:
        assert self.process is not None
        try:
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _signal(self, number: int) -> None:
        for process in self._family():
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue

    def freeze(self) -> None:
        """Let it hang: connections stay, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it and its children without warning."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None and self.process.poll() is None:
            self._stop(self.process)
        if self.user is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        self.thaw()
        process.send_signal(signal.SIGQUIT if "postgres" in self.command[0] else signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


def _own(folder: Path, user: str | None) -> Path:
    """A folder that the server's account can use: pytest keeps its own folders closed to all others."""
    if user is None:
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    entry = pwd.getpwnam(user)
    own = Path(tempfile.mkdtemp(prefix="server-"))
    os.chown(own, entry.pw_uid, entry.pw_gid)
    return own


def start_postgres(folder: Path, *, durable: bool = True) -> Server:
    """A PostgreSQL server that lets in everyone on loopback; PostgreSQL does not run as root, so root uses its own account.

    Args:
        folder: Made if missing.
        durable: False for tests that do not break anything and rather want it fast.
    """
    initdb = find_program("initdb", "postgresql", *_postgres_folders())
    user = "postgres" if os.getuid() == 0 else None
    folder = _own(folder, user)
    data, port = folder / "data", free_port()
    demote: dict[str, object] = {}
    if user is not None:
        demote = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    subprocess.run(
        [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        **demote,  # type: ignore[call-overload]
    )
    command = [
        find_program("postgres", "postgresql", *_postgres_folders()),
        *("-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)),
        *("-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", f"fsync={'on' if durable else 'off'}"),
    ]
    client = find_program("pg_isready", "postgresql-client", *_postgres_folders())
    asks = [client, "-q", "-h", "127.0.0.1", "-p", str(port)]
    server = Server(port, folder, command, user, ready=lambda: subprocess.run(asks).returncode == 0)
    server.start()
    return server


def start_redis(folder: Path) -> Server:
    """A Redis server that keeps nothing on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    program = find_program("redis-server", "redis-server")
    server = Server(port, folder, [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
    server.start()
    return server


def start_rabbit(folder: Path) -> Server:
    """A RabbitMQ broker with the guest account, which it lets in on loopback only."""
    program = find_program("rabbitmq-server", "rabbitmq-server")
    user = "rabbitmq" if os.getuid() == 0 else None
    folder = _own(folder, user)
    port, dist = free_port(), free_port()
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"gateway-test-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(dist),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    # The package's wrapper changes to its own account with `su`; the script behind it runs as whoever starts it.
    behind = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    server = Server(port, folder, [str(behind) if behind.exists() else program], user, environment)
    server.start()
    return server
