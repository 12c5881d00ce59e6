"""Read what REST callers send, and write the reply in Rasa's REST form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from gateway.errors import BadRequestError

MAX_SENDER_CHARS = 200
MAX_ID_CHARS = 200
_FORM = 'Send {"sender": "...", "message": "..."} as JSON; "message_id" is optional.'


@dataclass(frozen=True)
class Incoming:
    """One message of a visitor.

    Attributes:
        sender: Who writes; names the conversation.
        text: What they wrote, control characters removed; may be empty.
        message_id: The caller's id, or one of ours.
        may_repeat: True if the caller gave the id, so that the message may have come before.
    """

    sender: str
    text: str
    message_id: str
    may_repeat: bool


def _string(body: dict[str, Any], name: str, longest: int | None) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise BadRequestError(f"{name} must be a string. {_FORM}")
    if longest is not None and not (len(value.strip()) > 0 and len(value) <= longest):
        raise BadRequestError(f"{name} must have 1 to {longest} characters. {_FORM}")
    return value


def clean_text(text: str) -> str:
    """Remove control characters and broken surrogates; keep line breaks and tabs."""
    sound = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(c for c in sound if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127)).strip()


def read_message(body: Any) -> Incoming:
    """Check the body of a request.

    Raises:
        BadRequestError: Saying which field is wrong and what it must be.
    """
    if not isinstance(body, dict):
        raise BadRequestError(f"The body must be a JSON object. {_FORM}")
    sender = clean_text(_string(body, "sender", MAX_SENDER_CHARS))
    if not sender:
        raise BadRequestError(f"sender must have a visible character. {_FORM}")
    text = clean_text(_string(body, "message", None))
    if body.get("message_id") is None:
        return Incoming(sender, text, uuid.uuid4().hex, False)
    return Incoming(sender, text, _string(body, "message_id", MAX_ID_CHARS), True)
