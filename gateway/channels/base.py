"""What every channel shares: reading JSON safely, who calls, cleaning text, and the contract of channels that push.

A channel reads its own payload into `Incoming` and hands it to the inbox. A channel that pushes replies also gives a `Sender`;
the outbox calls it, and retries and time-outs live there, not in the channel.
"""

from __future__ import annotations

import hmac
import json
import re
from typing import Any, NoReturn, Protocol

from sanic import Request

from conversations.types import Delivery
from gateway.errors import BadRequestError, ForbiddenError, TooManyError
from gateway.limits import RateLimiter
from settings import Settings

MAX_NESTING = 32
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?')
_NOT_SAID = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class Sender(Protocol):
    """Sends the messages of one channel.

    Attributes:
        channel: Its name.
        per_second: How many messages its provider takes.
    """

    channel: str
    per_second: float

    async def send(self, delivery: Delivery) -> str | None:
        """Send one message and return the provider's id of it, if there is one.

        Raises:
            DeliveryError: If it was not taken, saying whether for good.
        """
        ...


def is_local(request: Request) -> bool:
    """True for callers on loopback that came through no proxy."""
    headers = request.headers
    return request.ip in ("127.0.0.1", "::1") and "x-forwarded-for" not in headers and "forwarded" not in headers


def check_caller(request: Request, settings: Settings) -> None:
    """Loopback callers need no key; all others need the one of the settings.

    Raises:
        ForbiddenError: If the key is missing or wrong, or none is set.
    """
    if is_local(request):
        return
    given = request.headers.get("x-api-key", "")
    if not settings.api_key or not hmac.compare_digest(given.encode("utf-8", "replace"), settings.api_key.encode()):
        raise ForbiddenError("Send the API key in the header X-API-Key; API_KEY of the server's settings names it.")


async def check_rate(request: Request, limiter: RateLimiter, settings: Settings, *, channel: str, sender: str) -> None:
    """Hold back floods from one conversation or one address; callers on loopback are exempt.

    Raises:
        TooManyError: Saying when to try again.
    """
    if is_local(request):
        return
    address = request.remote_addr or request.ip
    for key, per_minute in (
        (f"address:{address}", settings.address_rate),
        (f"sender:{channel}:{sender}", settings.sender_rate),
    ):
        wait_s = await limiter.take(key, per_minute)
        if wait_s > 0:
            raise TooManyError("Too many messages in a short time. Please wait a little.", retry_after_s=wait_s)


def read_json(raw: bytes) -> Any:
    """The body as JSON: strict, UTF-8, not nested too deeply.

    Raises:
        BadRequestError: If it is not.
    """
    if _nesting(raw) > MAX_NESTING:
        raise BadRequestError(f"The body is nested more than {MAX_NESTING} deep.")
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadRequestError("The body is not JSON in UTF-8.") from None


def _nesting(raw: bytes) -> int:
    """How deep brackets go at most, those in strings left out."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_NESTING:
        return 0
    depth = deepest = 0
    for byte in _STRINGS.sub(b"", raw):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def clean_text(text: str) -> str:
    """Remove control characters and broken surrogates; keep line breaks and tabs."""
    sound = text.encode("utf-8", "ignore").decode("utf-8")
    return _NOT_SAID.sub("", sound).strip()
