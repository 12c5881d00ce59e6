"""The real gateway process, in front of a small HTTP server that plays the assistant."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """A port of loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PlayedAssistant:
    """Answers like the Rasa server; a test sets what it does."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    delay_s: float = 0.0
    status: int = 200
    messages: Any = None
    more: dict[str, Any] = field(default_factory=dict)

    def reset(self) -> None:
        """Back to right answers."""
        self.calls, self.delay_s, self.status, self.messages, self.more = [], 0.0, 200, None, {}

    def reply_to(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The reply of the test, or one that the readiness probes take as right."""
        if self.messages is not None:
            return list(self.messages)
        text = body["text"]
        section = "sle-guide#recovery" if "hospital" in text else "china-guide#cost" if "China" in text else None
        citations = [{"id": f"{section}/x", "document": "D", "heading": "H", "lines": [1, 1]}] if section else []
        custom = {"kind": "answer" if section else "chitchat", "citations": citations, "suggestions": []}
        return [{"recipient_id": body["conversation_id"], "text": "reply", "custom": custom}]


@dataclass
class Receiver:
    """Where the callback channel pushes to; a test sets which statuses it answers with, one after the other, then 200."""

    got: list[tuple[dict[str, Any], dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    retry_after: str = ""

    def wait_for(self, number: int, *, within_s: float = 10) -> list[dict[str, Any]]:
        """The messages that were taken, once there are so many."""
        deadline = time.monotonic() + within_s
        while len(self.got) < number and time.monotonic() < deadline:
            time.sleep(0.02)
        return [body for body, _, _ in self.got]


def _receiving(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.statuses.pop(0) if receiver.statuses else 200
            if status == 200:
                receiver.got.append((json.loads(raw), dict(self.headers), raw))
            self.send_response(status)
            if receiver.retry_after:
                self.send_header("retry-after", receiver.retry_after)
            self.end_headers()
            self.wfile.write(b'{"id": "at-the-receiver"}')

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


@dataclass
class Stage:
    """A gateway process between a played assistant and a receiver."""

    played: PlayedAssistant
    receiver: Receiver
    url: str
    data_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start the gateway, again if it was stopped."""
        with (self.data_dir / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway"], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        for _ in range(100):
            try:
                httpx.get(f"{self.url}/livez", trust_env=False)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError((self.data_dir / "gateway.log").read_text())

    def record(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the record, as it lies on the disk."""
        with closing(sqlite3.connect(self.data_dir / "conversations.db")) as database:
            return database.execute(query, values).fetchall()


def _handler(played: PlayedAssistant) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send({})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if not body["conversation_id"].startswith("probe-"):
                played.calls.append({**body, "authorization": self.headers.get("authorization")})
                time.sleep(played.delay_s)
            self._send({"messages": played.reply_to(body), "model": "m1", **played.more})

        def _send(self, data: dict[str, Any]) -> None:
            raw = json.dumps(data).encode()
            self.send_response(played.status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # the gateway may have been killed or have given up
                self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The gateway process of these tests."""
    played, receiver = PlayedAssistant(), Receiver()
    # Both health checks go to the played server: Rasa's by its own port, the action server's by a second listener.
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (_handler(played), _handler(played), _receiving(receiver))
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    behind, actions, receiving = (server.server_address[1] for server in servers)
    port, data_dir = free_port(), tmp_path_factory.mktemp("gateway")
    environment = {
        **os.environ,
        "PORT": str(port),
        "RASA_PORT": str(behind),
        "ACTIONS_PORT": str(actions),
        "ASSISTANT_TOKEN": "secret",
        "TURN_TIMEOUT_S": "3",
        "API_KEY": "key",
        "DATA_DIR": str(data_dir),
        "CALLBACK_URL": f"http://127.0.0.1:{receiving}/replies",
        "CALLBACK_SECRET": "shared",
        "SEND_WAIT_S": "0.05",
        "SEND_TRIES": "4",
        "SENDER_RATE": "30",
        "PROXIES_COUNT": "1",
        "WIDGET_ORIGINS": "https://care.example",
        "PYTHONPATH": str(ROOT),
    }
    started = Stage(played, receiver, f"http://127.0.0.1:{port}", data_dir, environment, None)  # type: ignore[arg-type]
    started.start()
    yield started
    started.process.terminate()
    assert started.process.wait(timeout=15) == 0
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def assistant(stage: Stage) -> PlayedAssistant:
    """The played assistant, answering rightly."""
    stage.played.reset()
    return stage.played


@pytest.fixture
def receiver(stage: Stage) -> Receiver:
    """The receiver of the callback channel, taking everything."""
    stage.receiver.got.clear()
    stage.receiver.statuses.clear()
    stage.receiver.retry_after = ""
    return stage.receiver


@pytest.fixture
def door(stage: Stage, assistant: PlayedAssistant) -> Iterator[httpx.Client]:
    """A client of the gateway."""
    with httpx.Client(base_url=stage.url, trust_env=False, timeout=30) as client:
        yield client
