"""What is ready is asked of a real server, also when it has been restarted between two polls."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deploy.announce import ask_missing, make_client
from settings import load_settings

ALL = {"gateway", "record", "rasa", "actions", "model"}


@contextmanager
def gateway(port: int, body: str) -> Iterator[None]:
    """A server that says what is missing, as the gateway does, and keeps connections open."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            raw = body.encode()
            self.send_response(200 if self.path == "/healthz" else 404)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_each_poll_hears_what_is_missing_now() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    client = make_client(load_settings({"PORT": str(port)}))

    heard = [ask_missing(client)]
    for body in (json.dumps({"missing": ["rasa"]}), json.dumps({"missing": []}), "no JSON"):
        with gateway(port, body):
            heard.append(ask_missing(client))
    heard.append(ask_missing(client))

    assert heard == [ALL, {"rasa"}, set(), ALL, ALL]
