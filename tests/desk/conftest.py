"""The real public door with the desk in it, in front of a played assistant; coordinators who can sign in; a browser.

Ana is a supervisor, Ben a coordinator who holds conversations, Cem a coordinator to whom nothing belongs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pyotp
import pytest

from conversations.accounts import Role, add_coordinator, change_coordinator
from conversations.database import Database, migrate, open_database
from conversations.sealing import Cipher, read_or_make_key
from desk.passwords import hash_password
from tests.conversations.conftest import new_postgres_url, postgres  # noqa: F401
from tests.gateway.conftest import PlayedAssistant, _handler, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "ferry-lantern-copper-violin"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_HASH = hash_password(PASSWORD)
PEOPLE = {"ana": ("Ana Ruiz", Role.SUPERVISOR), "ben": ("Ben Okafor", Role.COORDINATOR), "cem": ("Cem Aydin", Role.COORDINATOR)}
LIVE = {"type": "handoff", "reason": "asked", "live": True, "questions": ["Can somebody help me?"], "language": "en"}


@dataclass
class Door:
    """A running public door."""

    port: int
    data_dir: Path
    record_url: str
    played: PlayedAssistant
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(default_factory=Path)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it serves."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway"], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/desk/sign-in", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """End it without warning."""
        assert self.process is not None
        for child in [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]:
            child.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(timeout=30) == 0

    def open(self) -> Database:
        """The record, from beside."""
        cipher = Cipher([read_or_make_key(self.data_dir / "contact.key")])
        return Database(open_database(self.record_url, cipher=cipher))

    def say(self, text: str, *, sender: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """A visitor's message and its reply."""
        body = {"sender": sender, "message": text} | ({"message_id": message_id} if message_id else {})
        answer = httpx.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=30, trust_env=False)
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()
        return replies

    def news(self, sender: str, after: int = 0) -> list[dict[str, Any]]:
        """What was said to a visitor."""
        answer = httpx.get(f"{self.url}/webhooks/rest/messages", params={"sender": sender, "after": after}, trust_env=False)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def ask_for_person(self, sender: str, **more: Any) -> str:
        """A visitor asks for a person and waits; the id of the conversation."""
        self.played.more = {"effects": [{**LIVE, **more}], "understanding": {"intent": "request_handoff", "confidence": 0.98}}
        self.played.messages = [{"text": "I ask a coordinator, {reference}.", "custom": {"kind": "handoff", "citations": []}}]
        self.say("I want to talk to a person", sender=sender)
        self.played.reset()
        return self.conversation(sender)

    def conversation(self, sender: str) -> str:
        """Id of a visitor's conversation."""
        from conversations.tables import conversations as table

        database = self.open()
        with database.read() as connection:
            found = connection.execute(table.select().where(table.c.sender == sender)).one()
        database.close()
        return str(found.id)


def make_door(folder: Path, url: str | None = None, **settings: str) -> tuple[Door, list[ThreadingHTTPServer]]:
    """A public door with accounts in its record, not yet started."""
    played = PlayedAssistant()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(played)) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    record = url or f"sqlite:///{folder / 'conversations.db'}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "PORT": str(free_port()),
        "RASA_PORT": str(servers[0].server_address[1]),
        "ACTIONS_PORT": str(servers[1].server_address[1]),
        "ASSISTANT_TOKEN": "secret",
        "DATA_DIR": str(folder),
        "DATABASE_URL": url or "",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    door = Door(int(environment["PORT"]), folder, record, played, environment, log=folder / "log.txt")
    database = door.open()
    migrate(database.engine)
    for account, (name, role) in PEOPLE.items():
        add_coordinator(database, account, name, role, _HASH)
        change_coordinator(database, account, must_change=False, totp_secret=SECRET)
    database.close()
    return door, servers


@pytest.fixture(scope="session")
def _door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    door, servers = make_door(tmp_path_factory.mktemp("desk"))
    door.start()
    yield door
    door.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def door(_door: Door) -> Door:
    """The running door, its assistant answering rightly."""
    _door.played.reset()
    return _door


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Address of an empty record of each kind; None for the embedded one."""
    return None if request.param == "sqlite" else new_postgres_url(request.getfixturevalue("postgres"))


class Client(httpx.Client):
    """A signed-in coordinator, as a browser without scripts."""

    def token(self, page: str = "/desk/account") -> str:
        """The token of the session's forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        assert found is not None
        return found[1]

    def send_form(self, path: str, *, hx: bool = False, **fields: str) -> httpx.Response:
        """Send a form."""
        headers = {"HX-Request": "true"} if hx else {}
        return self.post(path, data={"csrf": self.token(), **fields}, headers=headers)


def sign_in(door: Door, account: str, *, password: str = PASSWORD) -> Client:
    """Sign in with password and one-time code."""
    client = Client(base_url=door.url, trust_env=False, timeout=30)
    page = client.get("/desk/sign-in").text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    answer = client.post("/desk/sign-in", data={"csrf": found[1], "account": account, "password": password})
    assert answer.status_code == 303, answer.text
    page = client.get("/desk/second-factor").text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    forget_code(door, account)
    answer = client.post("/desk/second-factor", data={"csrf": found[1], "code": pyotp.TOTP(SECRET).now()})
    assert answer.status_code == 303, answer.text
    return client


def forget_code(door: Door, account: str) -> None:
    """Let the present code be good again: tests sign in more than once in half a minute."""
    database = door.open()
    change_coordinator(database, account, totp_step=0)
    database.close()


@pytest.fixture(scope="session")
def _clients(_door: Door) -> Iterator[dict[str, Client]]:
    clients = {account: sign_in(_door, account) for account in PEOPLE}
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture
def ana(_clients: dict[str, Client], door: Door) -> Client:
    """The supervisor."""
    return _clients["ana"]


@pytest.fixture
def ben(_clients: dict[str, Client], door: Door) -> Client:
    """A coordinator."""
    return _clients["ben"]


@pytest.fixture
def cem(_clients: dict[str, Client], door: Door) -> Client:
    """Another coordinator."""
    return _clients["cem"]


@pytest.fixture
def nobody(door: Door) -> Iterator[httpx.Client]:
    """Somebody who is not signed in."""
    with httpx.Client(base_url=door.url, trust_env=False, timeout=30) as client:
        yield client
