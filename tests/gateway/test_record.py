"""What the gateway keeps: turns once, context and effects with the reply, emergencies, restarts, logs, metrics."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from tests.gateway.conftest import ROOT, PlayedAssistant, Stage

PATH = "/webhooks/rest/webhook"


def new_sender() -> str:
    """A conversation of its own."""
    return f"s-{uuid.uuid4().hex}"


def wait_for_call(assistant: PlayedAssistant) -> None:
    """Wait until a turn is with the assistant."""
    while not assistant.calls:
        time.sleep(0.005)


def wait_for_commit(stage: Stage, sender: str) -> None:
    """Wait until the record holds a message of a conversation; the assistant may have been asked before."""
    query = "select count(*) from messages m join conversations c on c.id = m.conversation_id where c.sender = ?"
    while stage.record(query, sender) == [(0,)]:
        time.sleep(0.005)


def post(door: httpx.Client, sender: str, message: str = "How long in hospital?", **more: object) -> httpx.Response:
    """Send a message."""
    return door.post(PATH, json={"sender": sender, "message": message, **more})


def test_a_repeat_gets_the_same_reply_and_the_assistant_is_not_asked_again(
    door: httpx.Client, assistant: PlayedAssistant
) -> None:
    sender = new_sender()
    first = post(door, sender, message_id="m-1")
    assistant.messages = [{"text": "another", "custom": {"kind": "chitchat", "citations": []}}]

    second = post(door, sender, message_id="m-1")

    assert second.json() == first.json()
    assert len(assistant.calls) == 1
    assert (first.headers["message-repeated"], second.headers["message-repeated"]) == ("no", "yes")


def test_a_repeat_gets_the_same_reply_after_a_kill(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    sender = new_sender()
    first = post(door, sender, message_id="m-1")
    stage.process.send_signal(signal.SIGKILL)
    stage.process.wait()
    stage.start()

    assert httpx.post(stage.url + PATH, json={"sender": sender, "message": "x", "message_id": "m-1"}, trust_env=False).json() == (
        first.json()
    )
    assert len(assistant.calls) == 1


def test_a_turn_under_way_at_a_kill_is_taken_up_by_itself(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    sender = new_sender()
    assistant.delay_s = 1.0
    with ThreadPoolExecutor(1) as threads:
        cut_off = threads.submit(post, door, sender, message_id="m-1")
        wait_for_call(assistant)
        wait_for_commit(stage, sender)  # killed before, it would rightly know nothing of the message
        stage.process.send_signal(signal.SIGKILL)
        stage.process.wait()
        assert isinstance(cut_off.exception(), httpx.HTTPError)
    assistant.delay_s = 0.0
    stage.start()

    answer = httpx.post(
        stage.url + PATH, json={"sender": sender, "message": "x", "message_id": "m-1"}, trust_env=False, timeout=20
    )

    assert answer.json()[0]["custom"]["kind"] == "answer" and answer.headers["message-repeated"] == "yes"


def test_copies_at_the_same_instant_get_one_reply(door: httpx.Client, assistant: PlayedAssistant) -> None:
    sender = new_sender()
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: post(door, sender, message_id="m-1"), range(10)))

    assert len({answer.text for answer in answers}) == 1
    assert len(assistant.calls) == 1


def test_messages_of_a_conversation_are_handed_over_one_at_a_time(door: httpx.Client, assistant: PlayedAssistant) -> None:
    sender = new_sender()
    assistant.delay_s = 0.02
    assistant.more = {"context": {"seen": 1}}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: post(door, sender, message_id=f"m-{n}"), range(8)))

    # Only the first has no context: each of the others was handed over after the reply before it was committed.
    assert [call["context"] for call in assistant.calls] == [None] + [{"seen": 1}] * 7


def test_context_and_kind_of_a_turn_are_handed_in_with_the_next(door: httpx.Client, assistant: PlayedAssistant) -> None:
    sender = new_sender()
    assistant.more = {"context": {"topic": "recovery"}}
    post(door, sender)
    post(door, sender)

    assert [(call["context"], call["previous_kind"]) for call in assistant.calls] == [
        (None, None),
        ({"topic": "recovery"}, "answer"),
    ]


def test_a_context_that_is_too_large_is_no_reply(door: httpx.Client, assistant: PlayedAssistant) -> None:
    assistant.more = {"context": {"x": "y" * 17_000}}

    assert post(door, new_sender()).json()[0]["custom"]["kind"] == "unavailable"


def test_a_handoff_is_committed_with_its_reply(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    assistant.messages = [{"text": "Your reference is {reference}.", "custom": {"kind": "handoff", "citations": []}}]
    assistant.more = {"effects": [{"type": "handoff", "reason": "asked", "contact": {"name": "Olga", "email": "o@example.org"}}]}

    text = post(door, new_sender()).json()[0]["text"]

    reference = text.removeprefix("Your reference is ").removesuffix(".")
    ((name, email),) = stage.record("select contact_name, contact_email from cases where reference = ?", reference)
    assert name.startswith("sealed:") and email.startswith("sealed:")  # encrypted where they lie


def test_understanding_is_kept_for_review(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    sender = new_sender()
    assistant.more = {"understanding": {"intent": "ask_recovery", "confidence": 0.9, "labels": []}}
    post(door, sender)

    rows = stage.record(
        "select t.intent, t.confidence, t.model from turns t join conversations c on c.id = t.conversation_id where c.sender = ?",
        sender,
    )
    assert rows == [("ask_recovery", 0.9, "m1")]


def test_an_emergency_is_recorded_with_an_urgent_case(door: httpx.Client, stage: Stage) -> None:
    sender = new_sender()
    first = post(door, sender, "help I can't breathe", message_id="m-1")
    again = post(door, sender, "help I can't breathe", message_id="m-1")

    assert first.json() == again.json() and first.headers["message-stored"] == "yes"
    rows = stage.record(
        "select k.reason, k.priority, c.urgent, t.kind from cases k join conversations c on c.id = k.conversation_id"
        " join turns t on t.conversation_id = c.id where c.sender = ?",
        sender,
    )
    assert rows == [("emergency", "urgent", 1, "emergency")]


def test_a_failed_turn_is_raised_to_the_coordinators(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    sender = new_sender()
    assistant.status = 500
    post(door, sender, "what about my kidneys")

    rows = stage.record(
        "select k.reason, k.questions, t.state, t.error from cases k join conversations c on c.id = k.conversation_id"
        " join turns t on t.conversation_id = c.id where c.sender = ?",
        sender,
    )
    assert rows == [("assistant_failed", '["what about my kidneys"]', "set_aside", "Rasa server answered 500")]
    assert len(assistant.calls) == 2  # tried twice


def test_a_reply_that_was_read_is_noted_as_sent(door: httpx.Client, stage: Stage) -> None:
    sender = new_sender()
    post(door, sender)
    query = "select o.state from outbox o join conversations c on c.id = o.conversation_id where c.sender = ?"
    deadline = time.monotonic() + 10
    while stage.record(query, sender) != [("sent",)] and time.monotonic() < deadline:
        time.sleep(0.05)

    assert stage.record(query, sender) == [("sent",)]


@pytest.mark.parametrize("holder", ["waiting", "coordinator"])
def test_the_assistant_is_not_asked_while_a_person_holds_the_conversation(
    door: httpx.Client, assistant: PlayedAssistant, stage: Stage, holder: str
) -> None:
    sender = new_sender()
    post(door, sender)
    change = f"update conversations set holder = '{holder}' where sender = '{sender}'"
    subprocess.run([sys.executable, "-c", f"import sqlite3; c = sqlite3.connect({str(stage.data_dir / 'conversations.db')!r});"
                    f" c.execute({change!r}); c.commit(); c.close()"], check=True)  # fmt: skip

    answer = post(door, sender, "and another thing")

    assert answer.json()[0]["custom"]["kind"] == "handoff"
    assert len(assistant.calls) == 1


def test_a_sender_who_floods_is_held_back_and_told_when_to_go_on(door: httpx.Client) -> None:
    headers = {"X-Forwarded-For": "198.51.100.8", "X-API-Key": "key"}
    sender = new_sender()
    answers = [door.post(PATH, json={"sender": sender, "message": ""}, headers=headers) for _ in range(14)]

    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert answers[-1].status_code == 429 and answers[-1].json()["error"]["code"] == "too_many"
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_an_address_that_is_made_up_before_the_trusted_one_changes_nothing(door: httpx.Client) -> None:
    """With one proxy only the last address of X-Forwarded-For is the proxy's word."""
    statuses = set()
    for number in range(14):
        headers = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.9", "X-API-Key": "key"}
        statuses.add(door.post(PATH, json={"sender": "the-same", "message": ""}, headers=headers).status_code)

    assert statuses == {200, 429}


def test_callers_on_loopback_are_not_held_back(door: httpx.Client) -> None:
    sender = new_sender()

    assert {post(door, sender, "").status_code for _ in range(40)} == {200}


def test_log_lines_are_json_without_what_was_written_or_by_whom(
    door: httpx.Client, assistant: PlayedAssistant, stage: Stage
) -> None:
    assistant.status = 500
    post(door, "olga@example.org", "my zebrafinch", message_id="passport-4711")

    text = (stage.data_dir / "gateway.log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert any(line["message"] == "turn set aside" for line in lines)
    assert not any(word in text for word in ("zebrafinch", "olga@example.org", "passport-4711"))


def test_the_metrics_count_by_channel(door: httpx.Client) -> None:
    sender = new_sender()
    post(door, sender, message_id="m-1")
    post(door, sender, message_id="m-1")

    text = door.get("/metrics").text
    for name in (
        'gateway_accepted_total{channel="rest"}',
        'gateway_repeated_total{channel="rest"}',
        'gateway_turns_ended_total{channel="rest",state="answered"}',
        'gateway_reply_seconds_count{channel="rest"}',
        "gateway_waiting_turns 0.0",
        "gateway_oldest_turn_seconds 0.0",
        "gateway_store_up 1.0",
    ):
        assert name in text


def test_the_metrics_are_not_for_everyone(door: httpx.Client) -> None:
    assert door.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 401


def test_every_answer_has_the_security_headers(door: httpx.Client) -> None:
    for answer in (post(door, new_sender()), door.get("/nowhere"), door.get("/"), door.post(PATH, content=b"{")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"


def test_a_second_gateway_on_the_embedded_record_is_refused_with_the_remedy(stage: Stage) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "gateway"],
        cwd=ROOT,
        env={**stage.environment, "PORT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode == 2 and "DATABASE_URL" in result.stderr


def test_the_open_cases_are_listed_by_a_command(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    assistant.more = {
        "effects": [{"type": "handoff", "reason": "asked", "contact": {"name": "Ol\x1bga", "phone": "+12025550187"}}]
    }
    post(door, new_sender())

    result = subprocess.run(
        [sys.executable, "-m", "gateway.commands", "cases"], cwd=ROOT, env=stage.environment, capture_output=True, text=True
    )

    assert result.returncode == 0, result.stderr
    assert "handoff" in result.stdout and "Ol?ga, +12025550187" in result.stdout


def test_stopping_finishes_the_turn_under_way(door: httpx.Client, assistant: PlayedAssistant, stage: Stage) -> None:
    assistant.delay_s = 0.2
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(post, door, new_sender())
        wait_for_call(assistant)
        stage.process.terminate()
        answer = under_way.result()
    assert stage.process.wait(timeout=15) == 0
    stage.start()

    assert answer.json()[0]["custom"]["kind"] == "answer"


def test_a_reply_that_was_being_made_while_the_commit_failed_is_thrown_away(
    door: httpx.Client, assistant: PlayedAssistant, stage: Stage
) -> None:
    sender = new_sender()
    assistant.delay_s = 0.3
    with closing(sqlite3.connect(stage.data_dir / "conversations.db")) as database:
        database.execute("create trigger full before insert on turns begin select raise(abort, 'full'); end")
        failed = post(door, sender, message_id="m-1")
        database.execute("drop trigger full")
    assistant.messages = [{"text": "made after the commit", "custom": {"kind": "answer", "citations": []}}]

    answer = post(door, sender, message_id="m-1")

    assert failed.status_code == 500
    assert answer.json()[0]["text"] == "made after the commit"
    assert stage.record(
        "select count(*) from messages m join conversations c on c.id = m.conversation_id where sender = ?", sender
    ) == [(2,)]
