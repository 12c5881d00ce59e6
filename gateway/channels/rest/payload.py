"""Read what REST callers send, and write the reply in Rasa's REST form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from conversations.types import Incoming, Said
from gateway.channels.base import clean_text
from gateway.errors import BadRequestError

CHANNEL = "rest"
MAX_SENDER_CHARS = 200
MAX_ID_CHARS = 200
MAX_NUMBER_CHARS = 18
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


def read_question(given: Mapping[str, str]) -> tuple[str, int]:
    """Sender and last known message of a request for what is new.

    Raises:
        BadRequestError: Saying which field is wrong and what it must be.
    """
    sender, after = given.get("sender", ""), given.get("after", "0")
    cleaned = clean_text(sender)
    if not cleaned or len(sender) > MAX_SENDER_CHARS:
        raise BadRequestError(f"sender must have 1 to {MAX_SENDER_CHARS} visible characters.")
    if not (after.isascii() and after.isdigit() and len(after) <= MAX_NUMBER_CHARS):
        raise BadRequestError("after must be the id of a message, or 0.")
    return cleaned, int(after)


def write_news(sender: str, said: Sequence[Said]) -> list[dict[str, Any]]:
    """What was said, each with its id and who said it."""
    return [{"id": one.id, "author": one.author.value, **message} for one, message in zip(said, write_replies(sender, said))]


def write_replies(sender: str, replies: Sequence[Said]) -> list[dict[str, Any]]:
    """The reply as Rasa's REST channel would give it."""
    return [{"recipient_id": sender, **({"text": said.text} if said.text else {}), **said.body} for said in replies]
