"""The input channel: form of a call, commands that are only text, the check of action results."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from assistant.action_check import compile_action_check
from assistant.channel import BadTurnError, GatewayChannel, ReplyCollector, _as_text, read_turn

GOOD = {"message_id": "m", "conversation_id": "c", "channel": "rest", "text": "hello"}


def test_a_right_call_is_read() -> None:
    assert read_turn({**GOOD, "repeat": True}).repeat is True


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {**GOOD, "text": ""},
        {**GOOD, "text": 5},
        {**GOOD, "text": "x" * 4001},
        {**GOOD, "message_id": " "},
        {**GOOD, "repeat": "yes"},
        {key: value for key, value in GOOD.items() if key != "channel"},
    ],
)
def test_a_wrong_call_is_refused(body: Any) -> None:
    with pytest.raises(BadTurnError):
        read_turn(body)


@pytest.mark.parametrize(("typed", "text"), [("/restart", "restart"), ("//x", "x"), ("/", "?"), ("and/or", "and/or")])
def test_a_leading_slash_is_taken_away(typed: str, text: str) -> None:
    assert _as_text(typed) == text


def test_a_channel_without_token_does_not_start() -> None:
    with pytest.raises(Exception, match="credentials"):
        GatewayChannel.from_credentials({})


async def _send(message: dict[str, Any]) -> list[dict[str, Any]]:
    collector = ReplyCollector()
    await collector.send_response("ann", message)
    return collector.messages


def test_text_buttons_and_custom_stay_one_message() -> None:
    import asyncio

    message = {"text": "one\n\ntwo", "buttons": [{"title": "t"}], "custom": {"kind": "answer"}, "attachment": None}

    assert asyncio.run(_send(message)) == [
        {"recipient_id": "ann", "text": "one\n\ntwo", "buttons": [{"title": "t"}], "custom": {"kind": "answer"}}
    ]


@pytest.mark.parametrize(
    ("result", "right"),
    [
        ({"events": [], "responses": [{"text": "x"}]}, True),
        ({"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []}, True),
        ({"events": "none", "responses": []}, False),
        ({"events": [{"event": "nonsense"}], "responses": []}, False),
        ({"events": [], "responses": ["text"]}, False),
    ],
)
def test_the_compiled_check_judges_as_rasas_own(result: dict[str, Any], right: bool) -> None:
    import jsonschema

    def judge(check: Any) -> bool:
        try:
            check()
        except ValidationError:
            return False
        return True

    schema = RemoteAction.action_response_format_spec()
    assert judge(lambda: jsonschema.validate(result, schema)) is right
    compile_action_check()
    assert judge(lambda: RemoteAction("a", None)._validate_action_result(result)) is right
