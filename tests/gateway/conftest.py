"""The real gateway process, in front of a small HTTP server that plays the assistant."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
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
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture(scope="session")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PlayedAssistant, str]]:
    played = PlayedAssistant()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(played))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    behind, port = server.server_address[1], free_port()
    # Both health checks go to the played server: Rasa's by its own port, the action server's by a second listener.
    actions = ThreadingHTTPServer(("127.0.0.1", 0), _handler(played))
    threading.Thread(target=actions.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "PORT": str(port),
        "RASA_PORT": str(behind),
        "ACTIONS_PORT": str(actions.server_address[1]),
        "ASSISTANT_TOKEN": "secret",
        "TURN_TIMEOUT_S": "0.5",
        "API_KEY": "key",
        "WIDGET_ORIGINS": "https://care.example",
        "DATA_DIR": str(tmp_path_factory.mktemp("gateway")),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            httpx.get(f"{url}/livez", trust_env=False)
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield played, url
    process.terminate()
    assert process.wait(timeout=15) == 0
    assert process.stdout is not None
    process.stdout.close()
    for one in (server, actions):
        one.shutdown()
        one.server_close()


@pytest.fixture
def assistant(_stage: tuple[PlayedAssistant, str]) -> PlayedAssistant:
    """The played assistant, answering rightly."""
    _stage[0].reset()
    return _stage[0]


@pytest.fixture
def door(_stage: tuple[PlayedAssistant, str], assistant: PlayedAssistant) -> Iterator[httpx.Client]:
    """A client of the gateway."""
    with httpx.Client(base_url=_stage[1], trust_env=False) as client:
        yield client
