"""What the last message means, as the input channel has read it, in the terms of the knowledge base."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from rasa_sdk import Tracker

from dialogue.context import Context, context_from
from dialogue.reading import Asked, asked_from
from knowledge.passage import Knowledge, load_knowledge
from knowledge.retrieval import Question


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge base, read once, at the first question."""
    return load_knowledge()


@lru_cache(maxsize=1)
def _spellings() -> dict[tuple[str, str], str]:
    return knowledge().spellings()


def text_of(tracker: Tracker) -> str:
    """The last message as typed."""
    return str(tracker.latest_message.get("text") or "")


def context_of(tracker: Tracker) -> Context:
    """The conversation before the last message."""
    metadata = tracker.latest_message.get("metadata") or {}
    return context_from(metadata.get("context"), now=float(metadata.get("now") or time.time()))


def is_live(tracker: Tracker) -> bool:
    """True if a coordinator could join the conversation at once."""
    return bool((tracker.latest_message.get("metadata") or {}).get("live"))


def how_of(tracker: Tracker) -> str:
    """How the last message was read: "plain", "option", "follow_up", "correction" ..."""
    return str((tracker.latest_message.get("reading") or {}).get("how") or "plain")


def language_of(tracker: Tracker) -> str:
    """ISO 639-1 code of the last message's language if it is not English, else empty."""
    return str((tracker.latest_message.get("reading") or {}).get("language") or "")


def parts_of(tracker: Tracker) -> list[Asked]:
    """The questions on the documents in the last message; one, made of the NLU's words, if nobody has read it."""
    reading = tracker.latest_message.get("reading")
    if reading is not None:
        return [asked_from(part) for part in reading["parts"]]
    message: dict[str, Any] = tracker.latest_message
    found = [(e.get("entity", ""), str(e.get("value", "")).lower()) for e in message.get("entities") or ()]
    terms = [(kind, _spellings()[kind, value]) for kind, value in found if (kind, value) in _spellings()]
    return [Asked(text_of(tracker), labels_of(tracker), tuple(terms), intent_of(tracker))]


def question_of(part: Asked) -> Question:
    """A part as a question to the knowledge base."""
    return Question(part.text, part.labels, part.terms)


def labels_of(tracker: Tracker) -> tuple[tuple[str, float], ...]:
    """The labels of the last message, likeliest first."""
    return tuple((str(row["label"]), float(row["confidence"])) for row in tracker.latest_message.get("labels") or ())


def intent_of(tracker: Tracker) -> str:
    """Name of the intent of the last message."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def kind_of(tracker: Tracker) -> str:
    """The kind within the intent ("insurance" of out_of_scope), or an empty string."""
    return kind_in(labels_of(tracker), intent_of(tracker))


def kind_in(labels: tuple[tuple[str, float], ...], intent: str) -> str:
    """The likeliest kind of an intent among labels, or an empty string."""
    for label, _ in labels:
        name, _, kind = label.partition(":")
        if name == intent and kind:
            return kind
    return ""
