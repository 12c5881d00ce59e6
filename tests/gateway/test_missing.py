"""Which processes of the assistant are said to be missing, asked of real servers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import aiohttp
import pytest
from aiohttp import web

from gateway.assistant import AssistantClient


async def start_server(port: int) -> web.AppRunner:
    """What answers both health checks."""
    app = web.Application()
    for path in ("/health", "/webhooks/gateway/health"):
        app.router.add_get(path, lambda request: web.json_response({}))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.mark.parametrize(
    ("rasas", "up", "missing"),
    [
        ([0], [0, 2], []),
        ([0], [0], ["actions"]),
        ([0], [2], ["rasa"]),
        ([0], [], ["rasa", "actions"]),
        # Of several servers each serves the actions, at a port of its own: one that is well is enough.
        ([0, 1], [1], []),
        ([0, 1], [], ["rasa", "actions"]),
    ],
)
def test_what_does_not_answer_is_missing(rasas: Sequence[int], up: Sequence[int], missing: list[str]) -> None:
    ports = free_ports(3)
    urls = [f"http://127.0.0.1:{port}" for port in ports]

    async def ask() -> list[str]:
        servers = [await start_server(ports[number]) for number in up]
        async with aiohttp.ClientSession() as client:
            assistant = AssistantClient(client, rasa_urls=[urls[number] for number in rasas], actions_url=urls[2], token="t")
            found = await assistant.find_missing()
        for server in servers:
            await server.cleanup()
        return found

    assert asyncio.run(ask()) == missing
