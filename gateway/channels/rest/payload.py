"""Read what REST callers send, and write the reply in Rasa's REST form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from conversations.types import Incoming, Said
from gateway.channels.base import clean_text
from gateway.errors import BadRequestError

CHANNEL = "rest"
MAX_SENDER_CHARS = 200
MAX_ID_CHARS = 200
_FORM = 'Send {"sender": "...", "message": "..."} as JSON; "message_id" is optional.'


def _string(body: dict[str, Any], name: str, longest: int | None) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise BadRequestError(f"{name} must be a string. {_FORM}")
    if longest is not None and not (len(value.strip()) > 0 and len(value) <= longest):
        raise BadRequestError(f"{name} must have 1 to {longest} characters. {_FORM}")
    return value


def _name(body: dict[str, Any], name: str, longest: int) -> str:
    cleaned = clean_text(_string(body, name, longest))
    if not cleaned:
        raise BadRequestError(f"{name} must have a visible character. {_FORM}")
    return cleaned


def read_message(body: Any, *, channel: str = CHANNEL) -> Incoming:
    """Check the body of a request.

    Raises:
        BadRequestError: Saying which field is wrong and what it must be.
    """
    if not isinstance(body, dict):
        raise BadRequestError(f"The body must be a JSON object. {_FORM}")
    sender = _name(body, "sender", MAX_SENDER_CHARS)
    text = clean_text(_string(body, "message", None))
    given = body.get("message_id")
    return Incoming(channel, sender, uuid.uuid4().hex if given is None else _name(body, "message_id", MAX_ID_CHARS), text)


def write_replies(sender: str, replies: Sequence[Said]) -> list[dict[str, Any]]:
    """The reply as Rasa's REST channel would give it."""
    return [{"recipient_id": sender, **({"text": said.text} if said.text else {}), **said.body} for said in replies]
