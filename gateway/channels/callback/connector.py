"""The callback channel: takes messages like the REST channel, answers 202, and sends replies to CALLBACK_URL."""

from __future__ import annotations

from sanic import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from gateway.channels.base import check_caller, check_rate, read_json
from gateway.channels.callback.payload import CHANNEL
from gateway.channels.rest.payload import read_message, write_replies
from gateway.parts import App, Parts
from settings import Settings

PATH = "/webhooks/callback/webhook"


def add_callback(app: App, settings: Settings) -> None:
    """Add the route of the channel; without an address the channel is off and its route does not exist."""
    if not settings.callback_url:
        return

    @app.post(PATH)
    async def callback(request: Request) -> HTTPResponse:
        check_caller(request, settings)
        parts: Parts = request.app.ctx.parts
        incoming = read_message(read_json(request.body), channel=CHANNEL)
        await check_rate(request, parts.limiter, settings, channel=CHANNEL, sender=incoming.sender)
        answer = await parts.inbox.receive(incoming, wait_s=0)
        if answer.stored:
            parts.wake_senders()
            return json_response({"stored": True, "repeated": answer.repeated}, 202)
        # Nothing of it is in the record, so nothing would be pushed: what the visitor must read goes back with the answer.
        messages = write_replies(incoming.sender, answer.replies)
        return json_response({"stored": False, "messages": messages}, 503, headers={"Retry-After": "5"})
