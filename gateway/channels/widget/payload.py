"""Read what widgets send, and write what they show. docs/widget-protocol.md describes both."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from conversations.types import Author, Incoming, Said
from conversations.visitors import Line, Visit
from gateway.channels.base import clean_text
from gateway.channels.widget.marks import find_marks
from gateway.errors import BadRequestError
from knowledge.passage import Knowledge

CHANNEL = "widget"
MAX_ID_CHARS = 64
MAX_COMMENT_CHARS = 1000
MAX_NUMBER = 2**53
THUMBS = ("up", "down")


def read_object(body: Any) -> Mapping[str, Any]:
    """The body as a JSON object.

    Raises:
        BadRequestError: If it is none.
    """
    if not isinstance(body, dict):
        raise BadRequestError("The body must be a JSON object.")
    return body


def read_message(body: Any, sender: str, *, max_chars: int) -> Incoming:
    """A visitor's message.

    Raises:
        BadRequestError: Saying which field is wrong and what it must be.
    """
    given = read_object(body)
    message_id, text = given.get("id"), given.get("text")
    if not isinstance(message_id, str) or not 1 <= len(message_id) <= MAX_ID_CHARS or not message_id.isascii():
        raise BadRequestError(f"id must be a string of 1 to {MAX_ID_CHARS} ASCII characters, new for each message.")
    if clean_text(message_id) != message_id:
        raise BadRequestError("id must not have spaces at its ends, nor control characters.")
    if not isinstance(text, str):
        raise BadRequestError("text must be a string.")
    cleaned = clean_text(text)
    if not cleaned:
        raise BadRequestError("text must have a visible character.")
    if len(cleaned) > max_chars:
        raise BadRequestError(f"text may have up to {max_chars} characters. Please shorten it.", code="too_long")
    return Incoming(CHANNEL, sender, message_id, cleaned)


def read_number(value: Any, name: str) -> int:
    """The id of a message, as a number or its digits.

    Raises:
        BadRequestError: If it is none.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_NUMBER:
        raise BadRequestError(f"{name} must be the id of a message, or 0.")
    return value


def read_feedback(body: Any) -> tuple[int, str | None, str | None]:
    """Message, thumb, comment.

    Raises:
        BadRequestError: Saying which field is wrong and what it must be.
    """
    given = read_object(body)
    thumb, comment = given.get("thumb"), given.get("comment")
    if thumb is not None and thumb not in THUMBS:
        raise BadRequestError('thumb must be "up", "down" or null.')
    if comment is not None and not (isinstance(comment, str) and len(comment) <= MAX_COMMENT_CHARS):
        raise BadRequestError(f"comment must be a string of up to {MAX_COMMENT_CHARS} characters, or null.")
    return read_number(given.get("message"), "message"), thumb, (clean_text(comment) or None) if comment else None


def write_line(line: Line, knowledge: Knowledge) -> dict[str, Any]:
    """A message of the record, as the widget shows it; what is empty is left out."""
    custom = line.body.get("custom")
    custom = custom if isinstance(custom, Mapping) else {}
    citations = custom.get("citations") or []
    data = {
        "id": line.id,
        "author": line.author.value,
        "at": line.said_at.isoformat(timespec="milliseconds"),
        "text": line.text,
        "name": line.name,
        "kind": line.kind,
        "client_id": line.client_id,
        "answers": line.answers,
        "thumb": line.thumb,
        "buttons": _titles(line.body.get("buttons")),
        "citations": citations,
        "marks": find_marks(line.text, citations, knowledge),
        "suggestions": custom.get("suggestions"),
    }
    return {name: value for name, value in data.items() if value not in (None, [], {})}


def write_unstored(said: Said) -> dict[str, Any]:
    """A reply that is in no record: help in an emergency, or that something of ours is away."""
    return {"id": said.id, "author": Author.GATEWAY.value, "text": said.text, "kind": said.kind}


def write_state(visit: Visit | None, *, attended: bool) -> dict[str, Any]:
    """Who holds the conversation, how many messages wait for an answer, whether a coordinator could join now."""
    if visit is None:
        return {"holder": "assistant", "name": None, "waiting": 0, "attended": attended}
    return {"holder": visit.holder, "name": visit.name, "waiting": visit.waiting, "attended": attended}


def write_event(name: str, data: Mapping[str, Any], *, message_id: int | None = None) -> str:
    """One server-sent event."""
    head = f"id: {message_id}\n" if message_id is not None else ""
    return f"{head}event: {name}\ndata: {dump(data)}\n\n"


def dump(data: Any) -> str:
    """JSON on one line."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def write_transcript(lines: Sequence[Line]) -> str:
    """A conversation as plain text, for its visitor to keep."""
    parts = ["Conversation with the assistant on CAR-T for lupus. Not medical advice.", ""]
    for line in lines:
        who = {"visitor": "You", "coordinator": line.name or "Coordinator"}.get(line.author.value, "Assistant")
        parts += [f"[{line.said_at.strftime('%Y-%m-%d %H:%M')} UTC] {who}:", line.text]
        custom = line.body.get("custom")
        for number, cited in enumerate((custom.get("citations") if isinstance(custom, Mapping) else None) or (), 1):
            parts.append(f"  [{number}] {cited['document']}, {cited['heading']}, lines {cited['lines'][0]}-{cited['lines'][1]}")
        parts.append("")
    return "\n".join(parts)


def _titles(buttons: Any) -> list[str]:
    if not isinstance(buttons, Sequence):
        return []
    return [str(button["title"]) for button in buttons if isinstance(button, Mapping) and button.get("title")]
