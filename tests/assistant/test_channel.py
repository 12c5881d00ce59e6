"""The input channel: form of a call, messages that are only text, repeats, the check of action results."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, Restarted, SlotSet, deserialise_events
from sanic import Sanic

from assistant.action_check import compile_action_check
from assistant.channel import MAX_CONTEXT_BYTES, REMEMBERED_REPLIES, BadTurnError, GatewayChannel, read_turn
from assistant.turns import Outcome, Turn, plain_text
from calls import Line, RefusedError

GOOD = {"message_id": "m", "conversation_id": "c", "channel": "rest", "text": "hello"}
OUTCOME = Outcome([{"text": "hi"}], {"version": 1}, [], {"intent": "greet"})


# -- the form of a call ----------------------------------------------------------------------------------------------------


def test_a_right_call_is_read() -> None:
    turn = read_turn({**GOOD, "context": {"version": 1}, "previous_kind": "answer"})

    assert turn == Turn("m", "c", "rest", "hello", {"version": 1}, "answer")


@pytest.mark.parametrize("body", [GOOD, {**GOOD, "context": None, "previous_kind": None}])
def test_a_first_message_has_no_context(body: dict[str, Any]) -> None:
    turn = read_turn(body)

    assert (turn.context, turn.previous_kind) == (None, None)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (None, "JSON object"),
        ([], "JSON object"),
        ("x", "JSON object"),
        ({}, "message_id"),
        ({**GOOD, "text": ""}, "text"),
        ({**GOOD, "text": " \n"}, "text"),
        ({**GOOD, "text": 5}, "text"),
        ({**GOOD, "text": "x" * 4001}, "4001 characters"),
        ({**GOOD, "message_id": " "}, "message_id"),
        ({**GOOD, "context": "yes"}, "context"),
        ({**GOOD, "context": []}, "context"),
        ({**GOOD, "context": {"question": "x" * MAX_CONTEXT_BYTES}}, "context is larger"),
        ({**GOOD, "previous_kind": 1}, "previous_kind"),
        ({key: value for key, value in GOOD.items() if key != "channel"}, "channel"),
    ],
)
def test_a_wrong_call_is_refused_naming_the_field(body: Any, complaint: str) -> None:
    with pytest.raises(BadTurnError, match=complaint):
        read_turn(body)


def test_what_a_person_took_part_in_is_read() -> None:
    turn = read_turn({**GOOD, "live": True, "heard": [{"author": "visitor", "text": "/hello"}]})

    assert (turn.live, turn.heard) == (True, (("visitor", "hello"),))


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("live", "yes", "live must"),
        ("heard", "hello", "heard must be null"),
        ("heard", [{"author": "visitor", "text": "x"}] * 21, "at most 20"),
        ("heard", ["hello"], "strings author and text"),
        ("heard", [{"author": "visitor", "text": None}], "strings author and text"),
    ],
)
def test_a_wrong_field_on_a_persons_part_is_named(field: str, value: Any, complaint: str) -> None:
    with pytest.raises(BadTurnError, match=complaint):
        read_turn({**GOOD, field: value})


def test_a_refusal_does_not_repeat_what_the_visitor_wrote() -> None:
    with pytest.raises(BadTurnError) as refused:
        read_turn({**GOOD, "text": "secret " * 1000})

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/restart", "restart"),
        ("//x", "x"),
        ("/", "?"),
        ("and/or", "and/or"),
        (" / /x", "x"),
    ],
)
def test_a_leading_slash_is_taken_away(typed: str, text: str) -> None:
    assert plain_text(typed) == text


def test_a_channel_without_token_does_not_start() -> None:
    with pytest.raises(Exception, match="credentials"):
        GatewayChannel.from_credentials({})


# -- the routes ------------------------------------------------------------------------------------------------------------


class FakeTurns:
    """Takes turns without a model; `fails` is how many go wrong first."""

    def __init__(self, outcome: Outcome = OUTCOME, fails: int = 0) -> None:
        self.outcome, self.fails = outcome, fails
        self.taken: list[Turn] = []
        self.expected: list[str] = []

    def expect(self, agent: Any, text: str) -> None:
        """Remember what is about to come."""
        self.expected.append(text)

    async def take(self, agent: Any, turn: Turn) -> Outcome:
        """Remember the turn and give the outcome."""
        self.taken.append(turn)
        await asyncio.sleep(0)
        if len(self.taken) <= self.fails:
            raise ValueError("the secret of the visitor")
        return self.outcome


def post(turns: FakeTurns, body: Any, *, token: str = "t") -> Any:
    """Call POST /turn as the server does; returns status and JSON."""
    handler = _handlers(turns)["turn"]
    agent = SimpleNamespace(model_id="model", is_ready=lambda: True)
    app = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
    request = SimpleNamespace(headers={"authorization": f"Bearer {token}"}, json=body, app=app)
    return asyncio.run(handler(request))


def _handlers(turns: FakeTurns) -> dict[str, Any]:
    """The route handlers of the channel by name."""
    blueprint = GatewayChannel("t", turns).blueprint(lambda message: asyncio.sleep(0))  # type: ignore[arg-type]
    return {route.handler.__name__: route.handler for route in blueprint._future_routes}


def test_a_turn_gives_messages_context_effects_understanding_and_model() -> None:
    reply = post(FakeTurns(), GOOD)

    assert reply.status == 200
    assert reply.body.decode() == (
        '{"messages":[{"text":"hi"}],"context":{"version":1},"effects":[],"understanding":{"intent":"greet"},"model":"model"}'
    )


@pytest.mark.parametrize("token", ["", "wrong", "tt", "é"])
def test_without_the_token_nothing_is_taken(token: str) -> None:
    turns = FakeTurns()

    assert post(turns, GOOD, token=token).status == 401
    assert turns.taken == []


def test_a_wrong_body_is_answered_400_and_names_the_field() -> None:
    reply = post(FakeTurns(), {**GOOD, "text": ""})

    assert reply.status == 400
    assert b'"code":"bad_turn"' in reply.body


def test_a_failed_turn_is_answered_500_without_its_words() -> None:
    reply = post(FakeTurns(fails=1), GOOD)

    assert reply.status == 500
    assert b"ValueError" in reply.body and b"secret" not in reply.body


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
def test_health_says_whether_a_model_is_loaded(ready: bool, status: int) -> None:
    agent = SimpleNamespace(model_id="model", is_ready=lambda: ready)
    request = SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(agent=agent)))

    assert asyncio.run(_handlers(FakeTurns())["health"](request)).status == status


def test_health_without_an_agent_is_not_ready() -> None:
    request = SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace()))

    assert asyncio.run(_handlers(FakeTurns())["health"](request)).status == 503


def test_the_blueprint_fits_into_a_sanic_app() -> None:
    app = Sanic("channel_test")

    app.blueprint(GatewayChannel("t", FakeTurns()).blueprint(lambda message: asyncio.sleep(0)))  # type: ignore[arg-type]

    assert {route.path for route in app.router.routes} == {"turn", "health"}


# -- the line --------------------------------------------------------------------------------------------------------------


def over_the_line(turns: FakeTurns, folder: Path, talk: Callable[[Line], Awaitable[Any]]) -> Any:
    """Talk to the channel over its line, opened and closed as the server does it."""

    async def go() -> Any:
        blueprint = GatewayChannel("t", turns, folder / "line").blueprint(lambda message: asyncio.sleep(0))  # type: ignore[arg-type]
        listeners = {one.event: one.listener for one in blueprint._future_listeners}
        app = SimpleNamespace(ctx=SimpleNamespace(agent=SimpleNamespace(model_id="model")))
        await listeners["after_server_start"](app, None)
        line = Line(folder / "line")
        try:
            return await talk(line)
        finally:
            line.close()
            await listeners["before_server_stop"](app, None)

    return asyncio.run(go())


def test_a_turn_over_the_line_is_answered_as_over_http(tmp_path: Path) -> None:
    turns = FakeTurns()

    answer = over_the_line(turns, tmp_path, lambda line: line.call({"token": "t", "turn": GOOD}, within_s=5))

    assert answer == json.loads(post(FakeTurns(), GOOD).body)
    assert turns.taken == [read_turn(GOOD)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"turn": GOOD}, 401),
        ({"token": "wrong", "turn": GOOD}, 401),
        ({"token": None, "turn": GOOD}, 401),
        ({"token": "t"}, 400),
        ({"token": "t", "turn": {**GOOD, "text": ""}}, 400),
    ],
)
def test_a_wrong_call_over_the_line_is_refused(tmp_path: Path, body: dict[str, Any], status: int) -> None:
    turns = FakeTurns()

    with pytest.raises(RefusedError) as refused:
        over_the_line(turns, tmp_path, lambda line: line.call(body, within_s=5))
    assert refused.value.status == status and turns.taken == []


def test_a_failed_turn_over_the_line_is_told_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="ValueError"):
        over_the_line(FakeTurns(fails=1), tmp_path, lambda line: line.call({"token": "t", "turn": GOOD}, within_s=5))


def test_what_is_about_to_come_is_expected_if_the_token_is_right(tmp_path: Path) -> None:
    turns = FakeTurns()

    async def talk(line: Line) -> None:
        for number in range(2):  # the first call opens the line
            await line.call({"token": "t", "turn": {**GOOD, "message_id": str(number)}}, within_s=5)
            for body in (
                {"expect": "a"},
                {"token": "x", "expect": "b"},
                {"token": "t", "expect": "/c"},
                {"token": "t", "expect": 1},
            ):
                line.tell(body)
            line.tell({"token": "t", "expect": "x" * 4001})

    over_the_line(turns, tmp_path, talk)

    assert turns.expected == ["c"]


# -- repeats ---------------------------------------------------------------------------------------------------------------


def take_all(turns: FakeTurns, calls: list[Turn], *, at_once: bool = False) -> list[Any]:
    """Take turns through the memory of one channel; errors come back as values."""
    channel = GatewayChannel("t", turns)  # type: ignore[arg-type]

    async def go() -> list[Any]:
        if at_once:
            return await asyncio.gather(*(channel._take_once(turn, None) for turn in calls), return_exceptions=True)
        return [(await asyncio.gather(channel._take_once(turn, None), return_exceptions=True))[0] for turn in calls]

    return asyncio.run(go())


@pytest.mark.parametrize("at_once", [False, True])
def test_a_repeat_gets_the_first_reply_and_is_not_taken_again(at_once: bool) -> None:
    turns, turn = FakeTurns(), read_turn(GOOD)

    outcomes = take_all(turns, [turn, turn], at_once=at_once)

    assert outcomes == [OUTCOME, OUTCOME]
    assert len(turns.taken) == 1


@pytest.mark.parametrize("other", [{"message_id": "m2"}, {"conversation_id": "c2"}])
def test_another_message_or_conversation_is_no_repeat(other: dict[str, str]) -> None:
    turns = FakeTurns()

    take_all(turns, [read_turn(GOOD), read_turn({**GOOD, **other})])

    assert len(turns.taken) == 2


def test_a_failed_turn_may_be_tried_again() -> None:
    turns, turn = FakeTurns(fails=1), read_turn(GOOD)

    outcomes = take_all(turns, [turn, turn])

    assert isinstance(outcomes[0], ValueError) and outcomes[1] == OUTCOME


def test_a_turn_without_a_reply_may_be_tried_again() -> None:
    turns, turn = FakeTurns(Outcome([], None, [], {})), read_turn(GOOD)

    take_all(turns, [turn, turn])

    assert len(turns.taken) == 2


def test_only_the_last_replies_are_remembered() -> None:
    turns = FakeTurns()
    channel = GatewayChannel("t", turns)  # type: ignore[arg-type]

    async def go() -> None:
        for number in range(REMEMBERED_REPLIES + 10):
            await channel._take_once(Turn(str(number), "c", "rest", "x"), None)  # type: ignore[arg-type]

    asyncio.run(go())
    assert len(channel._taken) == REMEMBERED_REPLIES


# -- the check of action results -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "right"),
    [
        ({"events": [], "responses": [{"text": "x"}]}, True),
        ({"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []}, True),
        ({"events": [{"event": "followup", "name": "action_listen"}], "responses": []}, True),
        ({"events": "none", "responses": []}, False),
        ({"events": [{"event": "nonsense"}], "responses": []}, False),
        ({"events": [], "responses": ["text"]}, False),
    ],
)
def test_the_compiled_check_judges_as_rasas_own(result: dict[str, Any], right: bool) -> None:
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


def test_an_events_class_is_the_one_that_rasa_finds() -> None:
    compile_action_check()

    found = [deserialise_events([event])[0] for event in ({"event": "slot", "name": "a", "value": 1}, {"event": "restart"})]

    assert found == [SlotSet("a", 1), Restarted()]
    with pytest.raises(ValueError, match="nonsense"):
        Event.resolve_by_type("nonsense")
