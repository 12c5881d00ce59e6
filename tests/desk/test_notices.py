"""Notices of new cases: by mail and webhook, once each, without personal data, tried again also after a restart."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from conversations.database import Database, migrate, open_database
from conversations.notices import queue_notices
from conversations.store import Store
from conversations.tables import notices
from conversations.types import Author, Draft, Incoming, Outcome, TurnState
from desk.notices import Notifier
from gateway.records import Records
from settings import load_settings
from tests.gateway.conftest import free_port


class Hook:
    """A Slack-style receiver that says what it is told to."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(hook.answers.pop(0) if hook.answers else 200)
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@pytest.fixture
def hook() -> Iterator[Hook]:
    """The receiver."""
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A record with one new case."""
    database = Database(open_database(f"sqlite:///{tmp_path / 'r.db'}"))
    migrate(database.engine)
    store = Store(database, owner="one")
    work = store.accept(Incoming("rest", "secret-sender", "m", "secret words")).work
    assert work is not None
    contact = {"name": "Secret Name", "email": "secret@example.org"}
    effect = {"type": "handoff", "reason": "asked", "priority": "urgent", "contact": contact, "questions": ["secret question"]}
    store.finish(work, Outcome(TurnState.ANSWERED, [Draft(Author.ASSISTANT, "r", "handoff")], "handoff", None, [effect]))
    yield database
    database.close()


def send(database: Database, **settings: str) -> None:
    """Queue and send what is due now, as a fresh process would."""

    async def once() -> None:
        records = Records(database)
        notifier = Notifier(records, load_settings(settings))
        queue_notices(database, notifier.ways)
        with database.write() as connection:
            connection.execute(sa.update(notices).values(next_at=0.0))
        await notifier.send_due()

    asyncio.run(once())


def test_a_new_case_is_told_once_and_names_nobody(database: Database, hook: Hook) -> None:
    for _ in range(3):
        send(database, NOTICE_WEBHOOK=hook.url, PUBLIC_URL="https://desk.example.org")

    (notice,) = hook.got
    assert notice["text"].startswith("URGENT: New case") and "https://desk.example.org/desk/conversations/" in notice["text"]
    assert "ecret" not in json.dumps(notice)


@pytest.mark.parametrize("answer", [500, 429, 302, 404])
def test_what_is_not_taken_is_sent_again_after_a_restart(database: Database, hook: Hook, answer: int) -> None:
    hook.answers = [answer, answer]
    for _ in range(4):
        send(database, NOTICE_WEBHOOK=hook.url)

    with database.read() as connection:
        state, tries = connection.execute(sa.select(notices.c.state, notices.c.tries)).one()
    assert len(hook.got) == 3 and (state, tries) == ("sent", 3)


def test_a_receiver_that_is_never_there_is_given_up(database: Database) -> None:
    for _ in range(9):
        send(database, NOTICE_WEBHOOK=f"http://127.0.0.1:{free_port()}/hook")

    with database.read() as connection:
        assert connection.execute(sa.select(notices.c.state, notices.c.tries)).one() == ("failed", 8)


def test_mail_goes_through_a_real_server(database: Database) -> None:
    class Box:
        def __init__(self) -> None:
            self.mails: list[Any] = []

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            self.mails.append(envelope)
            return "250 OK"

    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        send(database, SMTP_URL=f"smtp://127.0.0.1:{port}", NOTICE_TO="team@example.org", NOTICE_FROM="desk@example.org")
    finally:
        controller.stop()

    (mail,) = box.mails
    text = mail.content.decode()
    assert mail.rcpt_tos == ["team@example.org"] and "Subject: URGENT: New case" in text and "ecret" not in text
