"""The kept connection to the action server, against a real HTTP server."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from assistant.action_check import is_plainly_valid
from assistant.endpoint import KeptEndpoint, keep_open
from calls import Answering, RefusedError


class ActionServer:
    """Counts connections and answers with what it was told."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.peers = status, set()

    async def start(self, port: int) -> None:
        async def answer(request: web.Request) -> web.Response:
            self.peers.add(request.transport.get_extra_info("peername"))
            return web.json_response({"events": [], "responses": []}, status=self.status)

        app = web.Application()
        app.router.add_post("/webhook", answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()

    async def stop(self) -> None:
        await self.runner.cleanup()


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def endpoint_at(port: int) -> KeptEndpoint:
    return keep_open(EndpointConfig(url=f"http://127.0.0.1:{port}/webhook", enable_selective_domain=True))


async def close(endpoint: KeptEndpoint) -> None:
    if endpoint._kept is not None:
        await endpoint._kept.close()


def test_several_turns_go_over_one_connection(port: int) -> None:
    async def talk() -> int:
        server = ActionServer()
        await server.start(port)
        endpoint = endpoint_at(port)
        for _ in range(3):
            await endpoint.request(json={"next_action": "x"})
        await close(endpoint)
        await server.stop()
        return len(server.peers)

    assert asyncio.run(talk()) == 1


def test_a_restarted_action_server_is_reached_again(port: int) -> None:
    async def talk() -> Any:
        first, second = ActionServer(), ActionServer()
        endpoint = endpoint_at(port)
        await first.start(port)
        await endpoint.request(json={})
        await first.stop()
        await second.start(port)
        reply = await endpoint.request(json={})
        await close(endpoint)
        await second.stop()
        return reply

    assert asyncio.run(talk()) == {"events": [], "responses": []}


def test_an_error_of_the_action_server_is_raised(port: int) -> None:
    async def talk() -> None:
        server = ActionServer(status=500)
        await server.start(port)
        endpoint = endpoint_at(port)
        try:
            await endpoint.request(json={})
        finally:
            await close(endpoint)
            await server.stop()

    with pytest.raises(ClientResponseError):
        asyncio.run(talk())


@pytest.mark.parametrize("listening", [True, False])
def test_the_line_is_tried_before_http(port: int, tmp_path: Path, listening: bool) -> None:
    calls: list[dict[str, Any]] = []

    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        calls.append(body)
        return {"events": [], "responses": [{"text": "by the line"}]}

    async def talk() -> tuple[Any, int]:
        server, line = ActionServer(), Answering(answer)
        await server.start(port)
        if listening:
            await line.open(tmp_path / "line")
        endpoint = keep_open(EndpointConfig(url=f"http://127.0.0.1:{port}/webhook", line=str(tmp_path / "line")))
        reply = await endpoint.request(json={"next_action": "x", "tracker": {"slots": {}}}, timeout=1)
        endpoint._line.close()
        await line.close()
        await close(endpoint)
        await server.stop()
        return reply, len(server.peers)

    reply, peers = asyncio.run(talk())

    assert (len(reply["responses"]), peers) == ((1, 0) if listening else (0, 1))
    assert calls == ([{"next_action": "x", "tracker": {"slots": {}}}] if listening else [])


def test_an_action_that_refuses_over_the_line_is_raised_as_over_http(port: int, tmp_path: Path) -> None:
    async def answer(body: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError(400, '{"error": "no", "action_name": "x"}')

    async def talk() -> None:
        line = Answering(answer)
        await line.open(tmp_path / "line")
        endpoint = keep_open(EndpointConfig(url=f"http://127.0.0.1:{port}/webhook", line=str(tmp_path / "line")))
        try:
            await endpoint.request(json={})
        finally:
            endpoint._line.close()
            await line.close()

    with pytest.raises(ClientResponseError) as refused:
        asyncio.run(talk())
    assert refused.value.status == 400 and "action_name" in refused.value.text


def test_the_options_of_the_endpoint_are_kept(port: int) -> None:
    assert endpoint_at(port).kwargs["enable_selective_domain"] is True


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
