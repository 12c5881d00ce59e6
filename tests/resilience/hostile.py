"""Requests that no honest caller sends: malformed, oversized, wrongly typed, wrongly encoded; none may be answered 5xx."""

from __future__ import annotations

import json
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.resilience.scenarios import Figure, Setting
from tests.resilience.visitors import PATH, run_together

PATHS = (
    PATH,
    "/healthz",
    "/livez",
    "/metrics",
    "/",
    "/style.css",
    "/webhooks/callback/webhook",
    "/nowhere",
    "/webhooks/rest",
    "/%00",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
CORPUS: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"7",
    b"NaN",
    b'{"sender": NaN, "message": Infinity}',
    b"\xff\xfe\x00\x00",
    b"\xef\xbb\xbf{}",
    '{"sender": "a", "message": "b"}'.encode("utf-16"),
    b'{"sender": "a", "message": "\xc3\x28"}',
    b'{"sender": "\\ud800", "message": "\\udfff"}',
    b'{"sender": "a\\u0000b", "message": "c\\u0000d"}',
    b'{"sender": "\\u0000", "message": "x"}',
    b'{"sender": "a", "sender": 1, "message": "b", "message": {}}',
    b'{"sender": ["a"], "message": "b"}',
    b'{"sender": {"$ne": null}, "message": "b"}',
    b'{"sender": "a", "message": true}',
    b'{"sender": 1e999, "message": -0}',
    b"[" * 60000,
    b'{"a":' * 12000,
    b'{"sender": "a", "message": ' + b"9" * 60000 + b"}",
    b'{"sender": "' + b"a" * 60000 + b'", "message": "x"}',
    b'{"sender": "a", "message": "x", "message_id": "' + b"i" * 60000 + b'"}',
    b'{"sender": "a", "message": "' + b"x" * 60000 + b'"}',
    b"x" * 1_000_000,
    b'{"sender": "\'; drop table messages; --", "message": "1 or 1=1"}',
    b'{"sender": "../../etc/passwd", "message": "%n%n%n%s"}',
    b'{"sender": "a", "message": "<script>alert(1)</script>"}',
    b'{"sender": "a", "message": "{{7*7}} ${jndi:ldap://x} \\r\\nSet-Cookie: a=b"}',
    b'{"sender": "a", "message": "/restart"}',
    b'{"sender": "a", "message": "/inform{\\"x\\": 1}"}',
    b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--",
    b"sender=a&message=b",
    b"<xml/>",
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"content-type": "text/plain"},
    {"content-type": "application/xml"},
    {"content-encoding": "gzip"},
    {"x-forwarded-for": "198.51.100.7"},
    {"x-forwarded-for": "', 1, \x7f"},
    {"x-api-key": "wrong"},
    {"accept": "x/y;q=nonsense"},
    {"cookie": "a" * 4000},
    {"expect": "200-nothing"},
    {"host": "evil.example"},
    {"range": "bytes=0-1,5-"},
)
# Written to the socket as they are: no client library would send them.
RAW: tuple[bytes, ...] = (
    b"\x00\x01\x02\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}",
    b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n{}",
    b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"b" * 40000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : x\r\nX\x00Y: 1\r\n\r\n",
)


@dataclass
class _Seen:
    statuses: Counter[int] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)

    def note(self, status: int, what: str) -> None:
        self.statuses[status] += 1
        if status >= 500:
            self.bad.append(f"{status}: {what[:80]}")


def attack(setting: Setting, *, requests: int, seed: int) -> Figure:
    """Send hostile requests to every open route: by Hypothesis, from a corpus, and raw; then see that the gateway is well."""
    gateway = setting.gateways[0]
    assert gateway.process is not None
    process, starts = psutil.Process(gateway.process.pid), gateway.starts
    seen = _Seen()
    _send_corpus(setting, requests // 10, seed, seen)  # also warms up, so that memory is compared when caches are full
    before = process.memory_info().rss
    drawn = requests // 3
    run_together(
        [
            lambda: _send_drawn(setting, drawn, seed, seen),
            lambda: _send_corpus(setting, requests - requests // 10 - drawn - len(RAW) * 10, seed + 1, seen),
        ]
    )
    for number in range(len(RAW) * 10):
        seen.note(_send_raw(gateway.port, RAW[number % len(RAW)]), "raw")
    grown_mb = (process.memory_info().rss - before) / 1e6 if process.is_running() else 0.0
    crashed = gateway.starts - starts
    tried = sum(seen.statuses.values())
    wrong = len(seen.bad) + crashed + int(grown_mb > 40) + int(not gateway.is_well())
    statuses = ", ".join(f"{status} {number}" for status, number in sorted(seen.statuses.items()))
    note = f"answers: {statuses} (0 is a closed connection); memory grew by {grown_mb:.0f} MB{'; ' if seen.bad else ''}"
    return Figure("Hostile requests", tried, tried - len(seen.bad), wrong, seed, note + "; ".join(sorted(set(seen.bad))[:5]))


def _send(client: httpx.Client, method: str, url: str, headers: dict[str, str], body: bytes) -> int:
    try:
        return client.request(method, url, content=body, headers=headers).status_code
    except (httpx.HTTPError, UnicodeEncodeError):
        return 0


def _send_corpus(setting: Setting, number: int, seed: int, seen: _Seen) -> None:
    dice = random.Random(seed)
    with httpx.Client(trust_env=False, timeout=60) as client:
        for _ in range(number):
            method = "POST" if dice.random() < 0.7 else dice.choice(METHODS)
            path = PATH if dice.random() < 0.7 else dice.choice(PATHS)
            body = dice.choice(CORPUS)
            if dice.random() < 0.3:
                body = _garble(body, dice)
            seen.note(_send(client, method, setting.urls[0] + path, dice.choice(HEADERS), body), f"{method} {path} {body[:40]!r}")


def _garble(body: bytes, dice: random.Random) -> bytes:
    garbled = bytearray(body[:2000])
    for _ in range(dice.randint(1, 8)):
        garbled.insert(dice.randint(0, len(garbled)), dice.randrange(256))
    return bytes(garbled)


def _send_drawn(setting: Setting, number: int, seed: int, seen: _Seen) -> None:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
        max_leaves=12,
    )
    bodies = st.fixed_dictionaries(
        {}, optional={"sender": values, "message": values, "message_id": values, "metadata": values, "input_channel": values}
    )
    with httpx.Client(trust_env=False, timeout=60) as client:

        @settings(
            max_examples=number,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(bodies | values)
        def send(body: Any) -> None:
            raw = json.dumps(body).encode()
            seen.note(_send(client, "POST", setting.urls[0] + PATH, {}, raw), f"drawn {raw[:60]!r}")

        send()


def _send_raw(port: int, data: bytes) -> int:
    """Status of the answer to raw bytes; 0 if the connection is closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            head = connection.recv(200)
        except OSError:
            return 0
    parts = head.split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def hold_slowly(setting: Setting, *, connections: int, seed: int, for_s: float = 25) -> Figure:
    """Clients that send a byte a second: they are cut off, and others are answered meanwhile."""
    sockets = []
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", setting.gateways[0].port))
        connection.sendall(b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
        connection.setblocking(False)
        sockets.append(connection)
    open_ones, slowest = list(sockets), 0.0
    deadline = time.monotonic() + for_s
    while open_ones and time.monotonic() < deadline:
        open_ones = [one for one in open_ones if _drip(one)]
        began = time.monotonic()
        httpx.get(setting.urls[0] + "/livez", trust_env=False, timeout=20)
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(1)
    for one in sockets:
        one.close()
    wrong = len(open_ones) + int(slowest > 2)
    note = f"all cut off within {for_s:g} s; the slowest answer to others took {slowest * 1e3:.0f} ms"
    return Figure("Slow clients", connections, connections - len(open_ones), wrong, seed, note)


def _drip(connection: socket.socket) -> bool:
    """Send one more byte; False once the connection is closed."""
    try:
        if connection.recv(1000) == b"":
            return False
    except BlockingIOError:
        pass
    except OSError:
        return False
    try:
        connection.send(b"x")
    except OSError:
        return False
    return True


def texts_with_slash() -> Iterator[str]:
    """Texts that Rasa would obey if they reached it as they are."""
    commands = ("restart", "session_start", "back", 'inform{"topic": "x"}', "greet", "ask_cost", "nlu_fallback")
    for prefix in ("/", "//", " /", "\u200b/", "\u2060/", "\u202e/", "\t/", "/ ", "\uff0f", "\u2044", "\u29f8"):
        for command in commands:
            yield prefix + command
