"""The public door: form of requests, replies when the assistant is away, readiness, headers."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from tests.gateway.conftest import PlayedAssistant

PATH = "/webhooks/rest/webhook"


def test_a_message_is_handed_over_and_the_reply_returned(door: httpx.Client, assistant: PlayedAssistant) -> None:
    answer = door.post(PATH, json={"sender": "ann", "message": " How long in hospital? ", "message_id": "m-1"})

    assert answer.status_code == 200
    assert answer.json()[0]["custom"]["kind"] == "answer"
    (call,) = assistant.calls
    assert re.fullmatch("[0-9a-f]{32}", call.pop("conversation_id"))  # ours, not the sender's name
    assert call == {
        "message_id": "m-1",
        "channel": "rest",
        "text": "How long in hospital?",
        "context": None,
        "previous_kind": None,
        "authorization": "Bearer secret",
    }


def test_a_message_without_id_gets_one(door: httpx.Client, assistant: PlayedAssistant) -> None:
    door.post(PATH, json={"sender": "ann", "message": "hi"})
    door.post(PATH, json={"sender": "ann", "message": "hi"})

    assert assistant.calls[0]["message_id"] != assistant.calls[1]["message_id"]
    assert len(assistant.calls) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"7",
        b'{"sender": "a"}',
        b'{"message": "a"}',
        b'{"sender": 1, "message": "a"}',
        b'{"sender": "a", "message": 5}',
        b'{"sender": "", "message": "a"}',
        b'{"sender": "a", "message": null}',
        b'{"sender": "a", "message": "b", "message_id": 7}',
        b'{"sender": "a", "message": "b", "message_id": ""}',
        b"\xff\xfe",
        b"[" * 60000,
        b'{"sender": "' + b"a" * 300 + b'", "message": "x"}',
    ],
)
def test_a_bad_body_gets_one_error_shape(door: httpx.Client, assistant: PlayedAssistant, body: bytes) -> None:
    answer = door.post(PATH, content=body)

    assert answer.status_code == 400
    assert set(answer.json()) == {"error"} and set(answer.json()["error"]) == {"code", "message"}
    assert assistant.calls == []


def test_a_body_over_the_limit_is_refused(door: httpx.Client) -> None:
    answer = door.post(PATH, content=b"x" * 70000)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize(("message", "kind"), [("", "clarify"), (" \n\x00 ", "clarify"), ("x" * 10000, "clarify")])
def test_empty_and_overlong_messages_get_a_reply(door: httpx.Client, assistant: PlayedAssistant, message: str, kind: str) -> None:
    answer = door.post(PATH, json={"sender": "a", "message": message})

    assert answer.json()[0]["custom"]["kind"] == kind
    assert answer.json()[0]["text"]
    assert assistant.calls == []


@pytest.mark.parametrize("trouble", [{"status": 500}, {"messages": []}, {"delay_s": 1.8}])
def test_the_visitor_is_told_when_the_assistant_fails(
    door: httpx.Client, assistant: PlayedAssistant, trouble: dict[str, object]
) -> None:
    for name, value in trouble.items():
        setattr(assistant, name, value)

    answer = door.post(PATH, json={"sender": "a", "message": "hello"})

    assert answer.status_code == 200
    assert answer.json()[0]["custom"]["kind"] == "unavailable"
    assert "112" in answer.json()[0]["text"]


def wait_for_check(door: httpx.Client, status: int) -> httpx.Response:
    """Ask /healthz until the status comes: the gateway remembers its last check for two seconds."""
    for _ in range(40):
        answer = door.get("/healthz")
        if answer.status_code == status:
            return answer
        time.sleep(0.1)
    return answer


@pytest.mark.parametrize("message", ["help I can't breathe", "quiero morirme", "我喘不过气"])
def test_an_emergency_gets_help_also_while_the_assistant_is_down(
    door: httpx.Client, assistant: PlayedAssistant, message: str
) -> None:
    assistant.status = 500

    answer = door.post(PATH, json={"sender": "a", "message": message})

    assert answer.json()[0]["custom"]["kind"] == "emergency"
    assert "112" in answer.json()[0]["text"] or "988" in answer.json()[0]["text"]


def test_ready_once_the_model_has_answered_rightly(door: httpx.Client) -> None:
    answer = wait_for_check(door, 200)

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "missing": []}


def test_not_ready_while_the_model_answers_wrongly(door: httpx.Client, assistant: PlayedAssistant) -> None:
    assistant.status = 503
    wait_for_check(door, 503)
    assistant.reset()
    assistant.messages = [{"text": "hm", "custom": {"kind": "out_of_scope", "citations": []}}]
    time.sleep(2.1)

    answer = door.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["model"]


def test_not_ready_names_what_is_missing(door: httpx.Client, assistant: PlayedAssistant) -> None:
    assistant.status = 503
    time.sleep(2.1)

    answer = door.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["rasa", "actions", "model"]


def test_a_call_through_a_proxy_needs_the_key(door: httpx.Client) -> None:
    body = {"sender": "a", "message": "hello"}
    forwarded = {"X-Forwarded-For": "198.51.100.7"}

    assert (door.post(PATH, json=body, headers=forwarded)).status_code == 401
    assert (door.post(PATH, json=body, headers={**forwarded, "X-API-Key": "wrong"})).status_code == 401
    assert (door.post(PATH, json=body, headers={**forwarded, "X-API-Key": "key"})).status_code == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", PATH, 405)])
def test_unknown_paths_and_methods_get_the_error_shape(door: httpx.Client, method: str, path: str, status: int) -> None:
    answer = door.request(method, path)

    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message"}


def test_the_page_says_what_this_is_under_a_strict_policy(door: httpx.Client) -> None:
    page = door.get("/")

    assert "not medical advice" in page.text and "arranges treatment abroad" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (door.get("/style.css")).status_code == 200
