"""The widget's channel: sessions and their proof, messages once and in order, the live line, own data, other sites, floods."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import httpx
import pytest
from itsdangerous import TimestampSigner

from gateway.channels.widget.session import LIFE_S, Sessions
from gateway.errors import SessionError
from tests.gateway.conftest import PlayedAssistant

ANSWER = {
    "text": "Hospital stays last weeks.",
    "custom": {
        "kind": "answer",
        "citations": [{"id": "sle-guide#recovery/hospital-stay", "document": "D", "heading": "H", "lines": [63, 64]}],
        "suggestions": ["And then?"],
    },
}


class Visitor:
    """A browser of one visitor."""

    def __init__(self, door: httpx.Client, token: str | None = None) -> None:
        self.door = door
        self.token = token or door.post("/widget/session", json={}).json()["token"]

    @property
    def proof(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def say(self, text: str, message_id: str | None = None) -> httpx.Response:
        return self.door.post("/widget/messages", json={"id": message_id or uuid.uuid4().hex, "text": text}, headers=self.proof)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.door.post(f"/widget/{path}", json=body, headers=self.proof)

    def read(self, after: int = 0) -> dict[str, Any]:
        return dict(self.door.get("/widget/messages", params={"after": after}, headers=self.proof).json())

    def wait_for(self, n_messages: int) -> list[dict[str, Any]]:
        """Read until there are so many messages."""
        for _ in range(100):
            if len(found := self.read()["messages"]) >= n_messages:
                return list(found)
            time.sleep(0.05)
        raise AssertionError(f"{len(found)} messages, not {n_messages}")


@pytest.fixture
def visitor(door: httpx.Client) -> Visitor:
    """A visitor with a session."""
    return Visitor(door)


def events_of(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, comments left out."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


@contextmanager
def line_of(visitor: Visitor, after: int = 0) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
    """A live line."""
    with visitor.door.stream("GET", "/widget/stream", params={"after": after}, headers=visitor.proof, timeout=10) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield events_of(response)


# ---------------------------------------------------------------- talking


def test_a_message_is_stored_and_its_reply_carries_sources(visitor: Visitor, assistant: PlayedAssistant) -> None:
    assistant.messages = [ANSWER]

    taken = visitor.say("How long in hospital?", "m1")
    mine, reply = visitor.wait_for(2)

    assert (taken.status_code, taken.json()) == (202, {"stored": True, "repeated": False})
    assert (mine["author"], mine["client_id"], mine["text"]) == ("visitor", "m1", "How long in hospital?")
    assert (reply["author"], reply["kind"], reply["answers"]) == ("assistant", "answer", "m1")
    assert reply["citations"][0]["id"] == "sle-guide#recovery/hospital-stay" and reply["suggestions"] == ["And then?"]


def test_a_message_sent_twice_is_handled_once(visitor: Visitor, assistant: PlayedAssistant) -> None:
    first, second = visitor.say("hello", "m1"), visitor.say("hello", "m1")
    visitor.wait_for(2)

    assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
    assert len(assistant.calls) == 1
    assert len(visitor.read()["messages"]) == 2


def test_messages_of_one_visitor_stay_in_order(visitor: Visitor, assistant: PlayedAssistant) -> None:
    for number in range(5):
        visitor.say(f"question {number}")
    visitor.wait_for(10)

    assert [call["text"] for call in assistant.calls] == [f"question {number}" for number in range(5)]


def test_the_line_replays_what_was_missed_and_goes_on_live(visitor: Visitor, assistant: PlayedAssistant) -> None:
    visitor.say("first")
    first = visitor.wait_for(2)

    with line_of(visitor, after=first[0]["id"]) as events:
        replayed = next(events)
        state = next(events)
        visitor.say("second", "m2")
        # Beside the two messages there may be states: that one waits, if the reply is not there by then.
        live = [data for _, data in islice((event for event in events if event[0] == "message"), 2)]

    assert replayed == ("message", first[1])
    assert state == ("state", {"holder": "assistant", "name": None, "waiting": 0, "attended": False})
    assert [line.get("client_id") for line in live] == ["m2", None]


def test_two_lines_of_one_visitor_hear_the_same(visitor: Visitor, assistant: PlayedAssistant) -> None:
    heard: list[list[int]] = [[], []]

    def listen(place: int) -> None:
        with line_of(visitor) as events:
            for name, data in events:
                if name == "message":
                    heard[place].append(data["id"])
                if len(heard[place]) == 2:
                    return

    threads = [threading.Thread(target=listen, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    visitor.say("hello")
    for thread in threads:
        thread.join(10)

    assert heard[0] == heard[1] and len(heard[0]) == 2


def test_acknowledged_messages_count_as_delivered(visitor: Visitor, door: httpx.Client) -> None:
    def waiting() -> float:
        lines = door.get("/metrics").text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith("gateway_waiting_deliveries "))

    visitor.say("hello")
    last = visitor.wait_for(2)[-1]["id"]
    before = waiting()

    assert visitor.post("ack", {"id": last}).status_code == 204
    assert waiting() == before - 1


def test_an_emergency_gets_help_while_the_assistant_is_down(visitor: Visitor, assistant: PlayedAssistant) -> None:
    assistant.status = 500

    visitor.say("help I can't breathe")

    assert visitor.wait_for(2)[1]["kind"] == "emergency"


def test_scripts_stay_text(visitor: Visitor, assistant: PlayedAssistant) -> None:
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    assistant.messages = [{"text": script, "custom": {"kind": "answer", "citations": [{"id": script}], "suggestions": [script]}}]

    visitor.say(script)
    poll = visitor.door.get("/widget/messages", headers=visitor.proof)
    visitor.wait_for(2)

    assert poll.headers["content-type"] == "application/json" and poll.headers["x-content-type-options"] == "nosniff"
    assert visitor.read()["messages"][1]["text"] == script


# ---------------------------------------------------------------- proof


def forged(token: str) -> list[str]:
    sender, made, proof = token.split(".")
    other = TimestampSigner("another key", salt="widget-session").sign(sender).decode()
    return [
        "-",
        "x",
        sender,
        f"{sender}.{made}",
        f"{'0' * 32}.{made}.{proof}",
        f"{sender}.AAAAAA.{proof}",
        token[:-1],
        token + "A",
        other,
        "é",
        "a" * 5000,
    ]


def test_forged_tokens_are_refused_on_every_route(visitor: Visitor, door: httpx.Client) -> None:
    visitor.say("secret words")
    for token in forged(visitor.token):
        for method, path in (
            ("GET", "messages"),
            ("GET", "stream"),
            ("GET", "transcript"),
            ("POST", "messages"),
            ("POST", "ack"),
            ("POST", "feedback"),
            ("POST", "typing"),
            ("POST", "erase"),
        ):
            headers = {b"authorization": b"Bearer " + token.encode()}
            answer = door.request(method, f"/widget/{path}", headers=headers, json={} if method == "POST" else None)  # type: ignore[arg-type]

            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session"), (path, token)
            assert "secret" not in answer.text


def test_expired_tokens_are_refused_and_say_so() -> None:
    sessions = Sessions(["key"])
    old = TimestampSigner("key", salt="widget-session", digest_method=sessions._signer.digest_method)
    old.get_timestamp = lambda: int(time.time()) - LIFE_S - 1  # type: ignore[method-assign]

    with pytest.raises(SessionError) as caught:
        sessions.check(old.sign("0" * 32).decode())

    assert caught.value.code == "expired"


def test_tokens_of_the_key_before_are_still_good() -> None:
    token = Sessions(["old"]).begin().token

    assert Sessions(["new", "old"]).check(token).token == token
    assert Sessions(["new"]).begin().token != token
    with pytest.raises(SessionError):
        Sessions(["new"]).check(token)


def test_a_token_shows_its_own_conversation_only(door: httpx.Client, assistant: PlayedAssistant) -> None:
    ann, ben = Visitor(door), Visitor(door)
    ann.say("words of Ann")
    spoken = ann.wait_for(2)

    assert ben.read()["messages"] == []
    assert "Ann" not in door.get("/widget/transcript", headers=ben.proof).text
    assert ben.post("feedback", {"message": spoken[1]["id"], "thumb": "up"}).status_code == 404
    assert ben.post("ack", {"id": spoken[1]["id"]}).status_code == 204
    assert ben.post("erase", {}).json() == {"erased": 0}
    assert len(ann.read()["messages"]) == 2


def test_the_id_of_a_conversation_is_no_proof_over_rest(visitor: Visitor, door: httpx.Client) -> None:
    sender = visitor.token.split(".")[0]
    visitor.say("mine")
    visitor.wait_for(2)

    door.post("/webhooks/rest/webhook", json={"sender": sender, "message": "not mine"})

    assert [line["text"] for line in visitor.read()["messages"] if line["author"] == "visitor"] == ["mine"]


def test_an_erased_session_cannot_be_replayed(visitor: Visitor, assistant: PlayedAssistant) -> None:
    visitor.say("to be forgotten", "m1")
    visitor.wait_for(2)

    assert visitor.post("erase", {}).json() == {"erased": 2}
    again = visitor.say("to be forgotten", "m1")
    assert (again.status_code, again.json()["error"]["code"]) == (401, "ended")
    assert visitor.read()["messages"] == []
    assert len(assistant.calls) == 1


# ---------------------------------------------------------------- own data


def test_thumbs_are_kept_changed_and_taken_back(visitor: Visitor, assistant: PlayedAssistant) -> None:
    assistant.messages = [ANSWER]
    visitor.say("hello")
    reply = visitor.wait_for(2)[1]["id"]

    def thumb() -> str | None:
        return visitor.read()["messages"][1].get("thumb")  # type: ignore[no-any-return]

    assert visitor.post("feedback", {"message": reply, "thumb": "up"}).status_code == 204 and thumb() == "up"
    assert visitor.post("feedback", {"message": reply, "thumb": "down", "comment": "no"}).status_code == 204 and thumb() == "down"
    assert visitor.post("feedback", {"message": reply, "thumb": None}).status_code == 204 and thumb() is None


def test_ones_own_message_cannot_be_judged(visitor: Visitor) -> None:
    visitor.say("hello")

    assert visitor.post("feedback", {"message": visitor.wait_for(2)[0]["id"], "thumb": "up"}).status_code == 404


def test_the_copy_has_all_words_and_sources(visitor: Visitor, assistant: PlayedAssistant) -> None:
    assistant.messages = [ANSWER]
    visitor.say("How long in hospital?")
    visitor.wait_for(2)

    copy = visitor.door.get("/widget/transcript", headers=visitor.proof)

    assert "attachment" in copy.headers["content-disposition"]
    assert "How long in hospital?" in copy.text and ANSWER["text"] in copy.text and "[1] D, H, lines 63-64" in copy.text


def test_a_cited_passage_is_served_by_its_id(door: httpx.Client) -> None:
    passage = door.get("/widget/passages/sle-guide%23recovery/hospital-stay").json()

    assert passage["id"] == "sle-guide#recovery/hospital-stay"
    assert passage["text"] and passage["heading"].endswith("?") and len(passage["lines"]) == 2
    assert door.get("/widget/passages/sle-guide%23recovery/nowhere").status_code == 404
    assert door.get("/widget/passages/..%2f..%2fsettings.py").status_code == 404


def test_marks_stand_where_the_words_of_a_passage_end(visitor: Visitor, assistant: PlayedAssistant, door: httpx.Client) -> None:
    said = door.get("/widget/passages/sle-guide%23recovery/hospital-stay").json()["text"]
    assistant.messages = [{**ANSWER, "text": f"😀 {said}\n\nSource: D."}]
    visitor.say("hello")

    assert visitor.wait_for(2)[1]["marks"] == [[len(said) + 3, 1]]  # the face counts twice in browsers


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"id": "a"}',
        b'{"text": "a"}',
        b'{"id": 1, "text": "a"}',
        b'{"id": "", "text": "a"}',
        b'{"id": "a", "text": 1}',
        b'{"id": "a", "text": " "}',
        b'{"id": "\\u00e9", "text": "a"}',
        b'{"id": " a", "text": "a"}',
        b'{"id": "' + b"a" * 65 + b'", "text": "a"}',
        b"\xff",
        b"[" * 60000,
    ],
)
def test_a_bad_message_gets_the_error_shape(visitor: Visitor, body: bytes) -> None:
    answer = visitor.door.post("/widget/messages", content=body, headers=visitor.proof)

    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ack", {"id": -1}),
        ("ack", {"id": "x"}),
        ("ack", {"id": True}),
        ("ack", {"id": 2**70}),
        ("feedback", {"message": 1, "thumb": "sideways"}),
        ("feedback", {"message": None, "thumb": "up"}),
        ("feedback", {"message": 1, "thumb": "down", "comment": "x" * 1001}),
        ("feedback", []),
    ],
)
def test_bad_bodies_elsewhere_get_it_too(visitor: Visitor, path: str, body: Any) -> None:
    assert visitor.post(path, body).status_code == 400


def test_overlong_messages_are_refused_with_a_clear_notice(visitor: Visitor) -> None:
    longer = visitor.say("x" * 2001)

    assert (longer.status_code, longer.json()["error"]["code"]) == (400, "too_long")
    assert "2000" in longer.json()["error"]["message"]
    assert visitor.say("x" * 70_000).status_code == 413
    assert visitor.read()["messages"] == []


def test_a_flood_is_held_back_and_told_when_to_go_on(visitor: Visitor, assistant: PlayedAssistant) -> None:
    answers = [visitor.say(f"flood {number}") for number in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert len(refused) >= 8 and all(answer.status_code == 202 for answer in answers[:8])
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].json()["error"]["code"] == "too_many"


def test_new_sessions_from_one_address_are_held_back(door: httpx.Client) -> None:
    answers = [door.post("/widget/session", headers={"x-forwarded-for": "198.51.100.9"}) for _ in range(12)]

    assert 429 in {answer.status_code for answer in answers}


def test_too_many_lines_of_one_visitor_are_refused(visitor: Visitor) -> None:
    opened = []
    with httpx.Client(base_url=visitor.door.base_url, trust_env=False) as client:
        for _ in range(9):
            request = client.build_request("GET", "/widget/stream", headers=visitor.proof)
            opened.append(client.send(request, stream=True))
        codes = [answer.status_code for answer in opened]
        for answer in opened:
            answer.close()

    assert codes == [200] * 8 + [429]


# ---------------------------------------------------------------- other sites


def test_pages_of_other_sites_are_refused(visitor: Visitor, door: httpx.Client) -> None:
    foreign = {"origin": "https://evil.example"}
    for method, path in (
        ("POST", "session"),
        ("GET", "messages"),
        ("GET", "stream"),
        ("POST", "messages"),
        ("OPTIONS", "messages"),
    ):
        answer = door.request(method, f"/widget/{path}", headers={**visitor.proof, **foreign})

        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin"), path
        assert "access-control-allow-origin" not in answer.headers


def test_pages_of_allowed_sites_may_read_without_cookies(visitor: Visitor, door: httpx.Client) -> None:
    allowed = {"origin": "https://care.example"}
    asked = door.options("/widget/messages", headers={**allowed, "access-control-request-method": "POST"})
    answer = door.get("/widget/messages", headers={**visitor.proof, **allowed})

    assert asked.status_code == 204 and asked.headers["access-control-allow-headers"] == "authorization, content-type"
    assert answer.headers["access-control-allow-origin"] == "https://care.example"
    assert "access-control-allow-credentials" not in answer.headers and "set-cookie" not in answer.headers
    assert "Origin" in answer.headers["vary"]


def test_the_doors_own_pages_may_always(door: httpx.Client) -> None:
    assert door.post("/widget/session", headers={"origin": str(door.base_url).rstrip("/")}).status_code == 201


# ---------------------------------------------------------------- files


def test_files_carry_their_hash_and_never_change(door: httpx.Client) -> None:
    manifest = door.get("/widget/embed").json()
    for part in manifest.values():
        answer = door.get(f"/widget/assets/{part['file']}")

        assert "immutable" in answer.headers["cache-control"]
        assert (
            answer.headers["access-control-allow-origin"] == "*"
            and answer.headers["cross-origin-resource-policy"] == "cross-origin"
        )
        assert len(answer.content) == part["bytes"]
    assert door.get("/widget/assets/..%2fmanifest.json").status_code == 404
    assert door.get("/widget/assets/manifest.json").status_code == 404


def test_the_one_address_is_checked_again(door: httpx.Client) -> None:
    first = door.get("/widget.js")
    second = door.get("/widget.js", headers={"if-none-match": first.headers["etag"]})

    assert first.status_code == 200 and "immutable" not in first.headers["cache-control"]
    assert second.status_code == 304


@pytest.mark.parametrize("page", ["/", "/demo/hostile", "/demo/strict", "/demo/inline", "/demo/privacy"])
def test_the_demo_pages_are_there(door: httpx.Client, page: str) -> None:
    answer = door.get(page)

    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "{pinned}" not in answer.text and "{port}" not in answer.text
