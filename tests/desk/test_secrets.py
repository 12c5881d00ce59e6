"""Secrets planted in the settings and in what people type come back in no answer and stand in no log."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.desk.conftest import PASSWORD, SECRET, Door, make_door, sign_in

PLANTED = {
    "ASSISTANT_TOKEN": "canary-of-the-assistant-4711",
    "API_KEY": "canary-of-the-api-4712-0123456789",
    "SMTP_URL": "smtp://desk:canary-of-the-mail-4713@127.0.0.1:9",
    "NOTICE_FROM": "desk@example.org",
    "NOTICE_TO": "team@example.org",
    "NOTICE_WEBHOOK": "https://hooks.invalid/canary-of-the-hook-4714",
    "CALLBACK_SECRET": "canary-of-the-callback-4715-0123456789",
    "WIDGET_KEY": "canary-of-the-widget-4717-0123456789abcdef",
}
TYPED = "canary-typed-by-a-visitor-4716"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door whose settings hold secrets, as loud in its log as it can be."""
    door, servers = make_door(tmp_path_factory.mktemp("secrets"), LOG_LEVEL="DEBUG", **PLANTED)
    door.start()
    yield door
    door.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


def test_no_secret_is_answered_or_logged(planted: Door) -> None:
    door = planted
    answers: list[httpx.Response] = []
    with httpx.Client(base_url=door.url, trust_env=False, timeout=30) as visitor:
        for body in ({"sender": "s", "message": f"{TYPED} How long in hospital?"}, {"sender": TYPED}, {}, [TYPED]):
            answers.append(visitor.post("/webhooks/rest/webhook", json=body))
        answers.append(visitor.post("/webhooks/rest/webhook", content=b"\xff" + TYPED.encode()))
        for path in ("/", "/healthz", "/livez", "/metrics", "/nowhere", "/widget.js", "/desk", "/desk/sign-in", "/docs"):
            answers.append(visitor.get(path, headers={"x-api-key": "wrong"}))
        wrong = {"csrf": "x", "account": "ana", "password": f"{PASSWORD}-{TYPED}"}
        answers.append(visitor.post("/desk/sign-in", data=wrong))
    conversation = door.ask_for_person("waits", contact={"name": "Olga", "email": "olga@example.org"})
    ana = sign_in(door, "ana")
    for path in ("", "/account", "/transcripts", "/review", "/analytics", "/administration", "/audit", "/privacy"):
        answers.append(ana.get(f"/desk{path}"))
    answers.append(ana.get(f"/desk/conversations/{conversation}"))
    answers.append(ana.get("/desk/transcripts/export?form=json"))
    ana.close()
    log = door.log.read_text(encoding="utf-8")

    key = (door.data_dir / "contact.key").read_text(encoding="utf-8").strip()
    secrets = {*PLANTED.values(), PASSWORD, SECRET, key, "canary-of-the-mail-4713", "canary-of-the-hook-4714"}
    secrets -= {PLANTED["NOTICE_FROM"], PLANTED["NOTICE_TO"]}
    for answer in answers:
        whole = f"{answer.headers} {answer.text}"
        assert not [secret for secret in secrets if secret in whole], answer.request.url
    assert not [secret for secret in {*secrets, TYPED, "olga@example.org"} if secret in log]
    assert len([answer for answer in answers if answer.status_code == 200]) >= 12
