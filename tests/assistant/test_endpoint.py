"""The actions inside the Rasa server: run without a call, refused as over HTTP, served at their port as well."""

from __future__ import annotations

import asyncio
import copy
import json
import socket
from typing import Any

import aiohttp
import pytest
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection

from assistant.action_check import is_plainly_valid
from assistant.endpoint import ActionsInside, run_inside, serve_actions

MESSAGE = {"text": "hello", "intent": {"name": "greet", "confidence": 1.0}, "metadata": {"now": 1.8e9}, "reading": {}}
TRACKER = {"sender_id": "ann", "slots": {}, "latest_message": MESSAGE, "events": [], "latest_input_channel": "rest"}
CALL = {"next_action": "action_respond", "sender_id": "ann", "tracker": TRACKER}


class ActionThatRejects(Action):
    """An action that does not want to run."""

    def name(self) -> str:
        """Its name."""
        return "action_that_rejects"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Reject."""
        raise ActionExecutionRejection(self.name(), "not now")


@pytest.fixture(scope="module")
def inside() -> ActionsInside:
    """The endpoint that endpoints.yml makes."""
    endpoint = run_inside(EndpointConfig(url="http://127.0.0.1:1/webhook", inside=True, enable_selective_domain=True))
    assert isinstance(endpoint, ActionsInside)
    return endpoint


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_action_runs_and_what_it_was_given_stays_as_it_was(inside: ActionsInside) -> None:
    given = copy.deepcopy(CALL)

    answer = asyncio.run(inside.request(json=given, timeout=1))

    assert answer["responses"][0]["custom"]["kind"] == "chitchat"
    assert [event["event"] for event in answer["events"]] == ["slot", "slot", "followup"]
    assert given == CALL


@pytest.mark.parametrize(("name", "status"), [("action_none", 404), ("action_that_rejects", 400)])
def test_a_refusal_is_raised_as_over_http(inside: ActionsInside, name: str, status: int) -> None:
    with pytest.raises(ClientResponseError) as refused:
        asyncio.run(inside.request(json={**CALL, "next_action": name}))

    assert refused.value.status == status and json.loads(refused.value.text)["action_name"] == name


def test_the_options_stay_and_the_endpoint_is_made_once(inside: ActionsInside) -> None:
    assert inside.url == "http://127.0.0.1:1/webhook" and inside.kwargs["enable_selective_domain"] is True
    assert run_inside(inside) is inside


@pytest.mark.parametrize("options", [{}, {"inside": False}])
def test_without_the_option_an_action_server_is_called_as_rasa_does(options: dict[str, Any]) -> None:
    endpoint = EndpointConfig(url="http://127.0.0.1:1/webhook", **options)

    assert run_inside(endpoint) is endpoint
    assert asyncio.run(serve_actions(endpoint)) is None and asyncio.run(serve_actions(None)) is None


def test_the_actions_are_served_at_the_address_of_the_endpoint(port: int) -> None:
    async def ask() -> tuple[Any, Any]:
        server = await serve_actions(EndpointConfig(url=f"http://127.0.0.1:{port}/webhook", inside=True))
        assert server is not None
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            async with client.get("/health") as health, client.post("/webhook", json={**CALL, "version": "3.6.21"}) as ran:
                answers = await health.json(), await ran.json()
            for body, status in (
                ({**CALL, "next_action": "action_none"}, 404),
                ("{", 400),
                ("[]", 400),
                ({"next_action": "x"}, 400),
            ):
                raw = body if isinstance(body, str) else json.dumps(body)
                async with client.post("/webhook", data=raw, headers={"Content-Type": "application/json"}) as refused:
                    assert refused.status == status and "error" in await refused.json()
        await server.cleanup()
        return answers

    health, ran = asyncio.run(ask())

    assert health == {"status": "ok"}
    assert ran["responses"][0]["custom"]["kind"] == "chitchat"


def test_a_taken_port_is_an_error(port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            asyncio.run(serve_actions(EndpointConfig(url=f"http://127.0.0.1:{port}/webhook", inside=True)))


@pytest.mark.parametrize(
    ("result", "valid"),
    [
        ({"events": [{"event": "slot", "name": "context", "value": {}, "timestamp": None}], "responses": [{"text": "x"}]}, True),
        ({"events": [{"event": "followup", "name": "action_listen", "timestamp": None}], "responses": []}, True),
        ({"events": [{"event": "slot", "name": 1, "value": 2, "timestamp": None}]}, False),
        ({"events": [{"event": "unheard"}]}, False),
        ({"events": "none"}, False),
        ({"responses": ["text"]}, False),
        ([], False),
    ],
)
def test_only_our_own_events_are_read_directly(result: Any, valid: bool) -> None:
    assert is_plainly_valid(result) is valid
