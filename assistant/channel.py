"""Rasa's one door: the input channel that the gateway calls. docs/assistant-call.md describes the call.

POST /webhooks/gateway/turn takes a message id, a conversation id, a channel, a text and the conversation's context, and returns
the whole reply with the context for the next turn; the same call may come over a line (`calls.py`). It keeps nothing: a repeat
of a message id within a while gets the first reply again; later, the same message with the same context leads to the same reply.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.action_check import compile_action_check
from assistant.endpoint import serve_actions
from assistant.turns import Outcome, Turn, Turns, plain_text
from calls import Answering, Body, RefusedError
from dialogue.language import load_detector
from knowledge.passage import load_knowledge
from packing import pack

logger = logging.getLogger(__name__)

MAX_TEXT_CHARS = 4000  # the gateway cuts before; this is the second bolt
MAX_CONTEXT_BYTES = 16_384
MAX_HEARD = 20
REMEMBERED_REPLIES = 5000
_FIELDS = ("message_id", "conversation_id", "channel", "text")


class BadTurnError(Exception):
    """A call that does not have the documented form; says which field and what it must be."""


def read_turn(body: Any) -> Turn:
    """Check the body of a call.

    Raises:
        BadTurnError: If a field is missing, of the wrong type, empty or too long.
    """
    if not isinstance(body, dict):
        raise BadTurnError("The body must be a JSON object with the strings " + ", ".join(_FIELDS) + ".")
    for name in _FIELDS:
        value = body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise BadTurnError(f"{name} must be a string with at least one visible character.")
    if len(body["text"]) > MAX_TEXT_CHARS:
        raise BadTurnError(f"text has {len(body['text'])} characters; at most {MAX_TEXT_CHARS}.")
    context = body.get("context")
    if context is not None and not isinstance(context, dict):
        raise BadTurnError("context must be null or the object that the turn before gave back.")
    if context is not None and len(pack(context)) > MAX_CONTEXT_BYTES:
        raise BadTurnError(f"context is larger than {MAX_CONTEXT_BYTES} bytes.")
    previous = body.get("previous_kind")
    if previous is not None and not isinstance(previous, str):
        raise BadTurnError("previous_kind must be null or the kind of the reply before.")
    live = body.get("live", False)
    if not isinstance(live, bool):
        raise BadTurnError("live must be true or false.")
    return Turn(
        body["message_id"],
        body["conversation_id"],
        body["channel"],
        plain_text(body["text"]),
        context,
        previous,
        live,
        _read_heard(body.get("heard")),
    )


def _read_heard(given: Any) -> tuple[tuple[str, str], ...]:
    """What was said while a person held the conversation.

    Raises:
        BadTurnError: If it does not have the documented form.
    """
    rows = [] if given is None else given
    if not isinstance(rows, list) or len(rows) > MAX_HEARD:
        raise BadTurnError(f"heard must be null or a list of at most {MAX_HEARD} objects.")
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in ("author", "text")):
            raise BadTurnError("heard must hold objects with the strings author and text.")
    return tuple((row["author"], plain_text(row["text"])[:MAX_TEXT_CHARS]) for row in rows)


class GatewayChannel(InputChannel):
    """The input channel `gateway`, protected by a token."""

    @classmethod
    def name(cls) -> str:
        """Name in the tracker, and part of the path."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayChannel:
        """Read the token from credentials.yml.

        Raises:
            InvalidConfigException: If there is none.
        """
        token = (credentials or {}).get("token")
        if not token:
            cls.raise_missing_credentials_exception()
        compile_action_check()
        load_detector()
        line = (credentials or {}).get("line")
        return cls(str(token), Turns(load_knowledge()), Path(line) if line else None)

    def __init__(self, token: str, turns: Turns, line: Path | None = None) -> None:
        self._token, self._turns, self._line = token, turns, line
        # message id -> outcome or the turn under way; the oldest is dropped first
        self._taken: OrderedDict[str, asyncio.Future[Outcome]] = OrderedDict()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes of the channel."""
        routes = Blueprint("gateway_channel")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent: Agent | None = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return response.json({"ready": ready, "model": agent.model_id if agent else None}, 200 if ready else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            if scheme != "Bearer" or not self._is_ours(given):
                return _error(401, "unauthorized", "Send the header Authorization: Bearer TOKEN.")
            try:
                wanted = read_turn(request.json)
            except BadTurnError as error:
                return _error(400, "bad_turn", str(error))
            try:
                return response.json(await self._answer(wanted, request.app.ctx.agent))
            except Exception as error:  # whatever a component raises: the gateway must hear of it, not the visitor
                logger.error("turn failed: message %s, %s", wanted.message_id, type(error).__name__)
                return _error(500, "turn_failed", f"The turn failed with {type(error).__name__}; see the log.")

        @routes.listener("after_server_start")
        async def open_doors(app: Any, loop: Any) -> None:
            app.ctx.actions = await serve_actions(getattr(app.ctx.agent, "action_endpoint", None))
            if self._line is not None:
                app.ctx.line = self._answering(app)
                await app.ctx.line.open(self._line)

        @routes.listener("before_server_stop")
        async def close_doors(app: Any, loop: Any) -> None:
            if self._line is not None:
                await app.ctx.line.close()
            if app.ctx.actions is not None:
                await app.ctx.actions.cleanup()

        return routes

    def _is_ours(self, token: Any) -> bool:
        return hmac.compare_digest(str(token).encode(), self._token.encode())

    def _answering(self, app: Any) -> Answering:
        """The line: turns, and what is about to come as one."""

        async def answer(body: Body) -> Body:
            if not self._is_ours(body.get("token")):
                raise RefusedError(401, "The call needs the token.")
            try:
                wanted = read_turn(body.get("turn"))
            except BadTurnError as error:
                raise RefusedError(400, str(error)) from error
            return await self._answer(wanted, app.ctx.agent)

        def hear(body: Body) -> None:
            text = body.get("expect")
            if self._is_ours(body.get("token")) and isinstance(text, str) and text.strip() and len(text) <= MAX_TEXT_CHARS:
                self._turns.expect(app.ctx.agent, plain_text(text))

        return Answering(answer, hear)

    async def _answer(self, turn: Turn, agent: Agent) -> dict[str, Any]:
        """The answer to a call; whatever a component raises is passed on."""
        outcome = await self._take_once(turn, agent)
        return {
            "messages": outcome.messages,
            "context": outcome.context,
            "effects": outcome.effects,
            "understanding": outcome.understanding,
            "model": agent.model_id,
        }

    async def _take_once(self, turn: Turn, agent: Agent) -> Outcome:
        """The outcome of a message; a repeat waits for, or gets, the same one."""
        key = f"{turn.conversation_id}\0{turn.message_id}"
        known = self._taken.get(key)
        if known is not None:
            return await asyncio.shield(known)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._taken[key] = future
        try:
            outcome = await self._turns.take(agent, turn)
            future.set_result(outcome)
        except BaseException:
            self._taken.pop(key, None)  # a failed turn may be tried again
            future.cancel()
            raise
        if not outcome.messages:
            self._taken.pop(key, None)  # the action failed: the next try may find it well
        while len(self._taken) > REMEMBERED_REPLIES:
            self._taken.popitem(last=False)
        return outcome


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return response.json({"error": {"code": code, "message": message}}, status)


__all__ = ["BadTurnError", "GatewayChannel", "read_turn"]
