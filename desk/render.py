"""Templates: what visitors wrote is text in them, never markup."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sanic.response import HTTPResponse, html

from desk.hours import HoursError

if TYPE_CHECKING:
    from desk.access import Visit

_FOLDER = Path(__file__).resolve().parent
_TITLES = {403: "Not allowed", 404: "Not found", 409: "Not possible", 503: "Not working right now", 400: "Not understood"}
_WEB_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_MARKS = re.compile(r"\*\*(.+?)\*\*")
REASONS = {
    "asked": "Asked for a person",
    "call": "Asked for a call",
    "quote": "Asked for a price of their own",
    "clinic": "Asked for contact with a hospital",
    "complaint": "Not helped by the assistant",
    "unanswered": "Two questions without an answer",
    "personal_advice": "Personal medical question",
    "emergency": "Emergency",
    "assistant_failed": "The assistant failed",
    "delivery_failed": "A message could not be sent",
    "erasure": "Wants data erased",
    "copy": "Wants a copy of the data",
    "privacy": "Another wish about data",
    "stepped_in": "A coordinator stepped in",
    "other": "Other",
}
KINDS = {
    "answer": "Answer",
    "clarify": "Clarify",
    "out_of_scope": "Out of scope",
    "emergency": "Emergency",
    "personal_advice": "Personal advice",
    "handoff": "Handoff",
    "privacy": "Privacy",
    "chitchat": "Chitchat",
    "unavailable": "Unavailable",
}


def ago(value: datetime | None) -> str:
    """How long ago, in one unit."""
    if value is None:
        return "never"
    seconds = max(0.0, (datetime.now(timezone.utc) - value).total_seconds())
    return span(seconds)


def span(seconds: float | None) -> str:
    """A length of time in one unit."""
    if seconds is None:
        return "–"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def rich(text: str) -> Markup:
    """The assistant's own bold marks as markup; everything else escaped."""
    return Markup(_MARKS.sub(r"<strong>\1</strong>", str(escape(text))))


def topic(name: str | None) -> str:
    """An intent, or a section of a document, as people read it."""
    name = (name or "").rpartition("#")[2]
    return (name or "").removeprefix("ask_").removeprefix("request_").replace("_", " ").capitalize() or "–"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(ago=ago, span=span, rich=rich, topic=topic)
    environment.globals.update(REASONS=REASONS, KINDS=KINDS, asset=asset, new_id=lambda: uuid.uuid4().hex)
    return environment


@cache
def asset(name: str) -> str:
    """Address of a file of static/, with a mark that changes with its content."""
    digest = hashlib.sha256((_FOLDER / "static" / name).read_bytes()).hexdigest()
    return f"/desk/static/{name}?v={digest[:12]}"


def render(visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTTPResponse:
    """A page made of a template and what it shows."""
    zone = _zone(visit)

    def local(value: datetime | None, form: str = "%d %b %Y, %H:%M") -> str:
        return "–" if value is None else value.astimezone(zone).strftime(form)

    shared = {
        "visit": visit,
        "who": visit.session.coordinator if visit.session else None,
        "full": visit.session is not None and visit.session.stage.value == "full",
        "csrf": visit.csrf or visit.more.get("form_token", ""),
        "local": local,
        "zone": zone.key,
        "path": visit.request.path,
        "person": lambda account: visit.desk.people.get(account, account),
        "now": datetime.now(timezone.utc),
    }
    text = _environment().get_template(template).render(**{**shared, **context})
    return html(text, status=status)


def _zone(visit: Visit) -> ZoneInfo:
    try:
        return visit.desk.opening.zone
    except HoursError:
        return ZoneInfo("UTC")


def render_error(visit: Visit, status: int, sentence: str) -> HTTPResponse:
    """A page, or for a part of a page a line, that says what is wrong and what to do."""
    part = bool(visit.request.headers.get("hx-request"))
    sentence = sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith((".", "!", "?")) else ".")
    context: Mapping[str, Any] = {"heading": _TITLES.get(status, "Not possible"), "sentence": sentence}
    response = render(visit, "_error.html" if part else "error.html", status=status, **context)
    if part:
        # Shown at the top of the page, whatever the part was.
        response.headers.update({"HX-Retarget": "#said", "HX-Reswap": "innerHTML"})
    return response
