"""The call to the assistant: one turn, the whole reply. docs/assistant-call.md describes it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from calls import Line, LineError, RefusedError
from gateway.errors import AssistantUnavailableError
from packing import pack, unpack

logger = logging.getLogger("gateway.assistant")
MAX_CONTEXT_BYTES = 16 * 1024


@dataclass(frozen=True)
class Reply:
    """What the assistant made of a turn.

    Attributes:
        messages: In Rasa's REST form, at least one.
        context: Its working memory after the turn; None if it keeps its own.
        effects: What else it asks for: docs/assistant-call.md.
        understanding: Intent, confidence, labels; None if it does not say.
        model: Id of the model that spoke.
    """

    messages: Sequence[Mapping[str, Any]]
    context: Mapping[str, Any] | None = None
    effects: Sequence[Mapping[str, Any]] = ()
    understanding: Mapping[str, Any] | None = None
    model: str | None = None


@dataclass(frozen=True)
class Asked:
    """One turn as it is handed over."""

    message_id: str
    conversation_id: str
    channel: str
    text: str
    context: Mapping[str, Any] | None = None
    previous_kind: str | None = None
    live: bool = False
    heard: Sequence[tuple[str, str]] = ()


class AssistantClient:
    """Calls the gateway channel of the Rasa servers in turn; one that does not answer is passed over."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        *,
        rasa_urls: Sequence[str],
        actions_url: str,
        token: str,
        line: Path | None = None,
    ) -> None:
        """Take over where the assistant is.

        Args:
            client: For the calls by HTTP.
            rasa_urls: Base addresses of the Rasa servers, at least one.
            actions_url: Base address at which the Rasa server serves the actions.
            token: Secret between gateway and Rasa.
            line: Unix socket of the one Rasa server, which is tried before HTTP; None if there is none.
        """
        self._client, self._actions_url, self._token = client, actions_url, token
        self._line = Line(line)
        self._rasa_urls = rasa_urls
        self._next = itertools.count()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def take_turn(self, asked: Asked, *, timeout_s: float) -> Reply:
        """Hand over one message and return the reply. The call has no effect but its answer: it may be made again.

        Raises:
            AssistantUnavailableError: If there is no reply, saying why.
        """
        body = {
            "message_id": asked.message_id,
            "conversation_id": asked.conversation_id,
            "channel": asked.channel,
            "text": asked.text,
            "context": asked.context,
            "previous_kind": asked.previous_kind,
            "live": asked.live,
            **({"heard": [{"author": author, "text": text} for author, text in asked.heard]} if asked.heard else {}),
        }
        try:
            return _read(await self._line.call({"token": self._token, "turn": body}, within_s=timeout_s))
        except RefusedError as error:
            raise AssistantUnavailableError(f"Rasa server answered {error.status}") from error
        except asyncio.TimeoutError as error:
            raise AssistantUnavailableError(f"no reply within {timeout_s:g} s") from error
        except LineError:
            pass
        raw = pack(body)
        start = next(self._next)
        for offset in range(len(self._rasa_urls)):
            url = self._rasa_urls[(start + offset) % len(self._rasa_urls)]
            try:
                return await self._call(f"{url}/webhooks/gateway/turn", raw, timeout_s)
            except asyncio.TimeoutError as error:
                raise AssistantUnavailableError(f"no reply within {timeout_s:g} s") from error
            except aiohttp.ClientError as error:
                reason: Exception = error
        raise AssistantUnavailableError(f"Rasa server not reached: {type(reason).__name__}") from reason

    def announce(self, text: str) -> None:
        """Say that a message may come to be handed over, so that the assistant begins to understand it; nothing depends on it."""
        self._line.tell({"token": self._token, "expect": text})

    def close(self) -> None:
        """End the line."""
        self._line.close()

    async def _call(self, url: str, raw: bytes, timeout_s: float) -> Reply:
        limit = aiohttp.ClientTimeout(total=timeout_s)
        async with self._client.post(url, data=raw, headers=self._headers, timeout=limit) as answer:
            if answer.status != 200:
                raise AssistantUnavailableError(f"Rasa server answered {answer.status}")
            content = await answer.read()
        try:
            data = unpack(content)
        except ValueError as error:
            raise AssistantUnavailableError(f"Rasa server's answer cannot be read: {type(error).__name__}") from error
        return _read(data)

    async def find_missing(self) -> list[str]:
        """Names of the processes that do not answer their health check; of several Rasa servers one is enough."""
        rasa = [await self._is_well(f"{url}/webhooks/gateway/health") for url in self._rasa_urls]
        # Several Rasa servers serve the actions at ports of their own, each as long as it is well.
        actions = any(rasa) if len(rasa) > 1 else await self._is_well(f"{self._actions_url}/health")
        return [*([] if any(rasa) else ["rasa"]), *([] if actions else ["actions"])]

    async def _is_well(self, url: str) -> bool:
        try:
            async with self._client.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False


def _read(data: Mapping[str, Any]) -> Reply:
    """As `read_reply`.

    Raises:
        AssistantUnavailableError: Also if it does not have the documented form.
    """
    try:
        return read_reply(data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AssistantUnavailableError(f"Rasa server's answer cannot be read: {type(error).__name__}") from error


def read_reply(data: Mapping[str, Any]) -> Reply:
    """Read the answer of a Rasa server.

    Raises:
        AssistantUnavailableError: If it holds no message, or too large a context.
        ValueError, TypeError, KeyError, AttributeError: If it does not have the documented form.
    """
    messages = [dict(message) for message in data["messages"]]
    if not messages:
        # Rasa says nothing when an action raises.
        raise AssistantUnavailableError("the action gave no reply")
    context = data.get("context")
    if context is not None and len(pack(dict(context))) > MAX_CONTEXT_BYTES:
        raise AssistantUnavailableError(f"the context has more than {MAX_CONTEXT_BYTES} bytes")
    understanding = data.get("understanding")
    return Reply(
        messages,
        None if context is None else dict(context),
        [dict(effect) for effect in data.get("effects") or ()],
        None if understanding is None else dict(understanding),
        data.get("model"),
    )
