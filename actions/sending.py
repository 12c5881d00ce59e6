"""Send one reply: text, buttons and the custom object of the contract in one message, and what the next turn must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from dialogue.context import Context
from knowledge.answer import Answer
from knowledge.citation import Citation

Effect = dict[str, Any]
_DOMAIN = Path(__file__).resolve().parent.parent / "domain.yml"


@lru_cache(maxsize=1)
def _responses() -> Mapping[str, str]:
    """The texts of the responses of domain.yml, read once; Rasa would otherwise send the whole domain with each turn."""
    data = yaml.load(_DOMAIN.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {name: " ".join(str(variants[0]["text"]).split()) for name, variants in data["responses"].items()}


def has_response(name: str) -> bool:
    """True if domain.yml has a response of this name."""
    return name in _responses()


def response_text(name: str, **values: str) -> str:
    """The text of a response of domain.yml, its braces filled.

    Raises:
        KeyError: If domain.yml has no such response, or a brace is not filled.
    """
    return _responses()[name].format(**values)


def in_english_only(name: str, language: str) -> str:
    """The response NAME_LANGUAGE, which says in the visitor's language that what follows is in English; empty if there is none."""
    specific = f"{name}_{language}"
    return response_text(specific) if language and has_response(specific) else ""


def custom_of(kind: str, citations: Sequence[Citation] = (), suggestions: Sequence[str] = ()) -> dict[str, Any]:
    """The custom object of a reply: kind, citations by weight, suggestions."""
    return {"kind": kind, "citations": [c.as_data() for c in citations], "suggestions": list(suggestions)}


def send_text(dispatcher: CollectingDispatcher, text: str, *, kind: str, suggestions: Sequence[str] = ()) -> None:
    """Send a text that states nothing of the documents; the suggestions become buttons that send their own title."""
    dispatcher.utter_message(
        text=text,
        buttons=[{"title": title, "payload": title} for title in suggestions],
        json_message=custom_of(kind, (), suggestions),
    )


def send_answer(
    dispatcher: CollectingDispatcher, answer: Answer, *, kind: str = "answer", intro: str = "", outro: str = ""
) -> None:
    """Send an assembled answer between sentences of domain.yml, if there are any."""
    dispatcher.utter_message(
        text="\n\n".join(piece for piece in (intro, answer.text, outro) if piece),
        buttons=[{"title": title, "payload": title} for title in answer.suggestions],
        json_message=custom_of(kind, answer.citations, answer.suggestions),
    )


def finish(context: Context, effects: Sequence[Effect] = ()) -> list[dict[str, Any]]:
    """The events that end a turn: what the next one must know, what the gateway is asked to do, and nothing more to say."""
    return [SlotSet("context", context.as_data()), SlotSet("effects", list(effects)), FollowupAction("action_listen")]
