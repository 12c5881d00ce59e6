"""The REST channel: the reply is the answer to the request. A caller that did not get it asks again with the same id."""

from __future__ import annotations

import time
from typing import Any

from sanic import Request
from sanic.response import HTTPResponse

from conversations.live import find_new
from gateway.channels.base import check_caller, check_rate, read_json
from gateway.channels.rest.payload import CHANNEL, read_message, read_question, write_news, write_replies
from gateway.parts import App, Parts
from packing import pack
from settings import Settings

PATH = "/webhooks/rest/webhook"
NEWS_PATH = "/webhooks/rest/messages"


def add_rest(app: App, settings: Settings) -> None:
    """Add the route of the channel."""

    @app.post(PATH)
    async def rest(request: Request) -> HTTPResponse | None:
        check_caller(request, settings)
        parts: Parts = request.app.ctx.parts
        incoming = read_message(read_json(request.body))
        await check_rate(request, parts.limiter, settings, channel=CHANNEL, sender=incoming.sender)
        began = time.monotonic()
        answer = await parts.inbox.receive(incoming, wait_s=settings.reply_wait_s)
        parts.metrics.reply_seconds.labels(CHANNEL).observe(time.monotonic() - began)
        headers = {
            "Message-Stored": _yes_or_no(answer.stored),
            "Message-Ended": _yes_or_no(answer.ended),
            "Message-Repeated": _yes_or_no(answer.repeated),
        }
        await _send(request, write_replies(incoming.sender, answer.replies), headers)
        # Only now is it known that the caller has it: whoever hung up gets it with the next try.
        parts.delivered.note([said.id for said in answer.replies])
        return None

    @app.get(NEWS_PATH)
    async def news(request: Request) -> HTTPResponse | None:
        """What was said to a sender since: how a coordinator's words reach a caller who cannot be called."""
        check_caller(request, settings)
        parts: Parts = request.app.ctx.parts
        sender, after = read_question({name: request.args.get(name, "") for name in request.args})
        await check_rate(request, parts.limiter, settings, channel=CHANNEL, sender=sender)
        said = await parts.records.read(find_new, parts.records.database, CHANNEL, sender, after=after)
        await _send(request, {"messages": write_news(sender, said)}, {})
        parts.delivered.note([one.id for one in said])
        return None


async def _send(request: Request, data: Any, headers: dict[str, str]) -> None:
    """Answer with JSON, and return when it has been sent."""
    body = pack(data)
    # Without its length it would go out in chunks, in more than one packet.
    response = await request.respond(content_type="application/json", headers={**headers, "Content-Length": str(len(body))})
    await response.send(body, True)


def _yes_or_no(claim: bool) -> str:
    return "yes" if claim else "no"
