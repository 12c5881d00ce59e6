"""Push replies to the receiver's address, signed."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from conversations.types import Delivery
from gateway.channels.callback.payload import CHANNEL, sign, write_delivery
from gateway.errors import DeliveryError

ANSWER_WITHIN_S = 10.0
MOST_ID_CHARS = 255


class CallbackSender:
    """Pushes messages to the address of the settings."""

    channel = CHANNEL
    per_second = 50.0

    def __init__(self, client: aiohttp.ClientSession, *, url: str, secret: str) -> None:
        self._client, self._url, self._secret = client, url, secret

    async def send(self, delivery: Delivery) -> str | None:
        """Send one message and return the receiver's id of it, if it gives one.

        Raises:
            DeliveryError: If it was not taken; for good if the receiver says that the request is wrong.
        """
        body = write_delivery(delivery)
        headers = {"Content-Type": "application/json", "X-Signature": sign(body, self._secret)}
        limit = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        try:
            async with self._client.post(self._url, data=body, headers=headers, timeout=limit, allow_redirects=False) as answer:
                content = await answer.content.read(4096)
                if not 200 <= answer.status < 300:
                    passing = answer.status >= 500 or answer.status in (408, 425, 429)
                    wait = answer.headers.get("retry-after", "")
                    raise DeliveryError(
                        f"receiver answered {answer.status}",
                        permanent=not passing,
                        retry_after_s=min(float(wait), 3600) if wait.isdigit() else None,
                    )
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise DeliveryError(f"receiver not reached: {type(error).__name__}", permanent=False) from error
        return _read_id(content)


def _read_id(content: bytes) -> str | None:
    try:
        given = json.loads(content)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return str(given)[:MOST_ID_CHARS] if isinstance(given, (str, int)) else None
