"""Rasa's one door: the input channel that the gateway calls. docs/assistant-call.md describes the call.

POST /webhooks/gateway/turn takes a message id, a conversation id, a channel and a text, and returns the
whole reply. It is idempotent by message id: a repeat gets the first reply again, from memory or, after a
restart, from the tracker.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.action_check import compile_action_check

logger = logging.getLogger(__name__)

MAX_TEXT_CHARS = 4000  # the gateway cuts before; this is the second bolt
REMEMBERED_REPLIES = 5000
_FIELDS = ("message_id", "conversation_id", "channel", "text")


class BadTurnError(Exception):
    """A call that does not have the documented form; says which field and what it must be."""


@dataclass(frozen=True)
class Turn:
    """One message of a visitor, as the gateway hands it over.

    Attributes:
        message_id: Unique within the conversation.
        conversation_id: Rasa's sender id.
        channel: Name of the visitor's channel.
        text: What the visitor wrote.
        repeat: True if the message may have been handed over before, so that the tracker is searched for its reply.
    """

    message_id: str
    conversation_id: str
    channel: str
    text: str
    repeat: bool = False


def read_turn(body: Any) -> Turn:
    """Check the body of a call.

    Raises:
        BadTurnError: If a field is missing, not a string, empty or too long.
    """
    if not isinstance(body, dict):
        raise BadTurnError("The body must be a JSON object with the strings " + ", ".join(_FIELDS) + ".")
    for name in _FIELDS:
        value = body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise BadTurnError(f"{name} must be a string with at least one visible character.")
    if len(body["text"]) > MAX_TEXT_CHARS:
        raise BadTurnError(f"text has {len(body['text'])} characters; at most {MAX_TEXT_CHARS}.")
    repeat = body.get("repeat", False)
    if not isinstance(repeat, bool):
        raise BadTurnError("repeat must be true or false: whether this message may have been handed over before.")
    return Turn(*(body[name] for name in _FIELDS), repeat=repeat)


class ReplyCollector(OutputChannel):
    """Collects a turn's messages whole: text, buttons and custom object stay one message."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Name in the tracker."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message of the assistant, as the REST channel would show it."""
        kept = {key: message[key] for key in ("text", "buttons", "image", "custom") if message.get(key)}
        if kept:
            self.messages.append({"recipient_id": recipient_id, **kept})


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
        return cls(str(token))

    def __init__(self, token: str) -> None:
        self._token = token
        # message id -> reply or the turn under way; the oldest is dropped first
        self._turns: OrderedDict[str, asyncio.Future[list[dict[str, Any]]]] = OrderedDict()

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
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                return _error(401, "unauthorized", "Send the header Authorization: Bearer TOKEN.")
            try:
                wanted = read_turn(request.json)
            except BadTurnError as error:
                return _error(400, "bad_turn", str(error))
            agent: Agent = request.app.ctx.agent
            try:
                messages = await self._reply_once(wanted, agent, on_new_message)
            except Exception as error:  # whatever a component raises: the gateway must hear of it, not the visitor
                logger.error("turn failed: message %s, %s", wanted.message_id, type(error).__name__)
                return _error(500, "turn_failed", f"The turn failed with {type(error).__name__}; see the log.")
            return response.json({"messages": messages, "model": agent.model_id})

        return routes

    async def _reply_once(
        self, turn: Turn, agent: Agent, handle: Callable[[UserMessage], Awaitable[Any]]
    ) -> list[dict[str, Any]]:
        """The reply to a message; a repeat waits for, or gets, the same one."""
        key = f"{turn.conversation_id}\0{turn.message_id}"
        known = self._turns.get(key)
        if known is not None:
            return await asyncio.shield(known)
        future: asyncio.Future[list[dict[str, Any]]] = asyncio.get_running_loop().create_future()
        self._turns[key] = future
        try:
            reply = await self._said_before(turn, agent) if turn.repeat else None
            if reply is None:
                collector = ReplyCollector()
                await handle(
                    UserMessage(
                        _as_text(turn.text),
                        collector,
                        turn.conversation_id,
                        input_channel=turn.channel,
                        message_id=turn.message_id,
                    )
                )
                reply = collector.messages
            future.set_result(reply)
        except BaseException:
            self._turns.pop(key, None)  # a failed turn may be tried again
            future.cancel()
            raise
        while len(self._turns) > REMEMBERED_REPLIES:
            self._turns.popitem(last=False)
        return reply

    async def _said_before(self, turn: Turn, agent: Agent) -> list[dict[str, Any]] | None:
        """The reply to a message that the tracker already has, or None."""
        tracker = await agent.tracker_store.retrieve(turn.conversation_id)
        if tracker is None:
            return None
        events = list(tracker.events)
        for position, event in enumerate(events):
            if isinstance(event, UserUttered) and event.message_id == turn.message_id:
                return _messages_after(events[position + 1 :], turn.conversation_id)
        return None


def _messages_after(events: list[Any], conversation_id: str) -> list[dict[str, Any]]:
    """The assistant's messages up to the visitor's next one."""
    messages = []
    for event in events:
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            data = {key: value for key, value in (event.data or {}).items() if value and key in ("buttons", "custom")}
            messages.append({"recipient_id": conversation_id, **({"text": event.text} if event.text else {}), **data})
    return messages


def _as_text(text: str) -> str:
    """What people write is text: Rasa would take a leading slash as an intent, and obey."""
    stripped = text.strip().lstrip("/").strip()
    return stripped or "?"


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return response.json({"error": {"code": code, "message": message}}, status)


__all__ = ["BadTurnError", "GatewayChannel", "ReplyCollector", "Turn", "read_turn"]
