"""The channel that pushes: acknowledged at once, delivered once and in order, with retries and an end that is seen."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid

import httpx
import pytest

from tests.gateway.conftest import Receiver, Stage

PATH = "/webhooks/callback/webhook"


def new_sender() -> str:
    """A conversation of its own."""
    return f"cb-{uuid.uuid4().hex}"


def test_a_message_is_acknowledged_and_the_reply_pushed(door: httpx.Client, receiver: Receiver) -> None:
    sender = new_sender()
    answer = door.post(PATH, json={"sender": sender, "message": "How long in hospital?", "message_id": "m-1"})

    assert answer.status_code == 202 and answer.json() == {"stored": True, "repeated": False}
    (got,) = receiver.wait_for(1)
    assert got["recipient_id"] == sender and got["answers"] == "m-1" and got["custom"]["kind"] == "answer"


def test_what_is_pushed_is_signed(door: httpx.Client, receiver: Receiver) -> None:
    door.post(PATH, json={"sender": new_sender(), "message": "hello"})
    receiver.wait_for(1)

    _, headers, raw = receiver.got[0]
    assert headers["X-Signature"] == "sha256=" + hmac.new(b"shared", raw, hashlib.sha256).hexdigest()


def test_a_repeat_is_not_answered_twice(door: httpx.Client, receiver: Receiver) -> None:
    body = {"sender": new_sender(), "message": "hello", "message_id": "m-1"}
    door.post(PATH, json=body)
    receiver.wait_for(1)

    assert door.post(PATH, json=body).json() == {"stored": True, "repeated": True}
    time.sleep(0.5)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("statuses", [[500], [429, 503, 500], [408, 502]])
def test_passing_failures_are_tried_again_and_delivered_once(
    door: httpx.Client, receiver: Receiver, stage: Stage, statuses: list[int]
) -> None:
    receiver.statuses = list(statuses)
    sender = new_sender()
    door.post(PATH, json={"sender": sender, "message": "hello"})

    (got,) = receiver.wait_for(1)
    time.sleep(0.3)
    query = (
        "select o.state, o.tries, o.provider_id from outbox o join conversations c on c.id = o.conversation_id where c.sender = ?"
    )
    assert stage.record(query, sender) == [("sent", len(statuses) + 1, "at-the-receiver")]
    assert len(receiver.got) == 1 and got["recipient_id"] == sender


@pytest.mark.parametrize("statuses", [[400], [410], [500] * 4])
def test_a_failure_for_good_is_seen_by_a_coordinator(
    door: httpx.Client, receiver: Receiver, stage: Stage, statuses: list[int]
) -> None:
    receiver.statuses = list(statuses)
    sender = new_sender()
    door.post(PATH, json={"sender": sender, "message": "hello"})
    query = (
        "select o.state, k.reason from outbox o join conversations c on c.id = o.conversation_id"
        " join cases k on k.conversation_id = c.id where c.sender = ?"
    )
    deadline = time.monotonic() + 15
    while not stage.record(query, sender) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert stage.record(query, sender) == [("failed", "delivery_failed")]
    assert receiver.got == []


def test_replies_of_a_conversation_arrive_in_order_though_the_first_fails_at_first(
    door: httpx.Client, receiver: Receiver
) -> None:
    receiver.statuses = [500, 500]
    sender = new_sender()
    for number in range(5):
        door.post(PATH, json={"sender": sender, "message": "hello", "message_id": f"m-{number}"})

    assert [got["answers"] for got in receiver.wait_for(5)] == [f"m-{number}" for number in range(5)]


def test_the_receiver_may_say_when_to_try_again(door: httpx.Client, receiver: Receiver) -> None:
    receiver.statuses, receiver.retry_after = [429], "1"
    began = time.monotonic()
    door.post(PATH, json={"sender": new_sender(), "message": "hello"})
    receiver.wait_for(1)

    assert time.monotonic() - began >= 1


def test_an_emergency_is_pushed_too(door: httpx.Client, receiver: Receiver) -> None:
    door.post(PATH, json={"sender": new_sender(), "message": "help I can't breathe"})

    (got,) = receiver.wait_for(1)
    assert got["custom"]["kind"] == "emergency"


def test_what_was_not_sent_before_a_kill_is_sent_after_it(door: httpx.Client, receiver: Receiver, stage: Stage) -> None:
    receiver.statuses = [503]
    door.post(PATH, json={"sender": new_sender(), "message": "hello", "message_id": "m-1"})
    while receiver.statuses:
        time.sleep(0.01)
    stage.process.kill()
    stage.process.wait()
    stage.start()

    assert [got["answers"] for got in receiver.wait_for(1, within_s=40)] == ["m-1"]
