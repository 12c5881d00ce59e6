"""The call to the assistant: one turn, the whole reply. docs/assistant-call.md describes it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import httpx

from gateway.errors import AssistantUnavailableError

logger = logging.getLogger("gateway.assistant")


@dataclass(frozen=True)
class Reply:
    """The assistant's messages of one turn, in Rasa's REST form, and the id of the model that spoke."""

    messages: list[dict[str, Any]]
    model: str | None
    context: dict[str, Any] | None = None
    effects: tuple[dict[str, Any], ...] = ()


class AssistantClient:
    """Calls the Rasa server's gateway channel."""

    def __init__(self, client: httpx.AsyncClient, *, rasa_url: str, actions_url: str, token: str, timeout_s: float) -> None:
        self._client, self._rasa_url, self._actions_url = client, rasa_url, actions_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout_s = timeout_s

    async def take_turn(
        self, *, message_id: str, conversation_id: str, channel: str, text: str, context: dict[str, Any] | None = None
    ) -> Reply:
        """Hand over one message and return the reply.

        Raises:
            AssistantUnavailableError: If there is no reply, saying why; the message may be handed over again.
        """
        body = {
            "message_id": message_id,
            "conversation_id": conversation_id,
            "channel": channel,
            "text": text,
            "context": context,
        }
        try:
            answer = await self._client.post(
                f"{self._rasa_url}/webhooks/gateway/turn", json=body, headers=self._headers, timeout=self._timeout_s
            )
        except httpx.TimeoutException as error:
            raise AssistantUnavailableError(f"no reply within {self._timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise AssistantUnavailableError(f"Rasa server not reached: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise AssistantUnavailableError(f"Rasa server answered {answer.status_code}")
        data = answer.json()
        if not data["messages"]:
            # Rasa says nothing when the action server is away or an action raises.
            raise AssistantUnavailableError("the action server gave no reply")
        return Reply(data["messages"], data.get("model"), data.get("context"), tuple(data.get("effects") or ()))

    async def find_missing(self) -> list[str]:
        """Names of the processes that do not answer their health check."""
        missing = []
        for name, url in (
            ("rasa", f"{self._rasa_url}/webhooks/gateway/health"),
            ("actions", f"{self._actions_url}/health"),
        ):
            try:
                answer = await self._client.get(url, timeout=2)
            except httpx.HTTPError:
                missing.append(name)
            else:
                if answer.status_code != 200:
                    missing.append(name)
        return missing
