"""What the NLU said of the last message, in the terms of the knowledge base."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa_sdk import Tracker

from knowledge.passage import Knowledge, load_knowledge
from knowledge.retrieval import Question


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge base, read once, at the first question."""
    return load_knowledge()


@lru_cache(maxsize=1)
def _spellings() -> dict[tuple[str, str], str]:
    """(kind, lower-cased spelling) -> term id."""
    return {
        (term.kind, spelling.lower()): term.id
        for term in knowledge().terms.values()
        for spelling in (term.name, *term.synonyms, *term.misspellings)
    }


def question_of(tracker: Tracker) -> Question:
    """The last message as a question: text, ranked labels, terms."""
    message: dict[str, Any] = tracker.latest_message
    labels = [(row["label"], float(row["confidence"])) for row in message.get("labels") or ()]
    found = [(e.get("entity", ""), str(e.get("value", "")).lower()) for e in message.get("entities") or ()]
    terms = [(kind, _spellings()[kind, value]) for kind, value in found if (kind, value) in _spellings()]
    return Question(message.get("text") or "", labels, terms)


def intent_of(tracker: Tracker) -> str:
    """Name of the intent of the last message."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def kind_of(tracker: Tracker) -> str:
    """The kind within the intent ("insurance" of out_of_scope), or an empty string."""
    intent = intent_of(tracker)
    for row in tracker.latest_message.get("labels") or ():
        name, _, kind = str(row["label"]).partition(":")
        if name == intent and kind:
            return kind
    return ""
