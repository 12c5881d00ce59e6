"""What the callback channel pushes, and its signature."""

from __future__ import annotations

import hashlib
import hmac
import json

from conversations.types import Delivery
from gateway.channels.rest.payload import write_replies

CHANNEL = "callback"


def write_delivery(delivery: Delivery) -> bytes:
    """One message as the receiving side gets it; `id` is the same in every try."""
    (message,) = write_replies(delivery.sender, [delivery.said])
    return json.dumps({"id": str(delivery.message_id), "answers": delivery.answers, **message}, separators=(",", ":")).encode()


def sign(body: bytes, secret: str) -> str:
    """The value of the header X-Signature."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
