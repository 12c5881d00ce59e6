"""Send one reply: text, buttons and the custom object of the contract, in one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from knowledge.answer import Answer
from knowledge.citation import Citation


def custom_of(kind: str, citations: Sequence[Citation] = (), suggestions: Sequence[str] = ()) -> dict[str, Any]:
    """The custom object of a reply: kind, citations by weight, suggestions."""
    return {"kind": kind, "citations": [c.as_data() for c in citations], "suggestions": list(suggestions)}


def buttons_of(titles: Sequence[str]) -> list[dict[str, str]]:
    """Buttons that send their own title as text."""
    return [{"title": title, "payload": title} for title in titles]


def send_answer(dispatcher: CollectingDispatcher, answer: Answer, *, kind: str = "answer", intro: str = "") -> None:
    """Send an assembled answer, behind an opening sentence of domain.yml if there is one."""
    text = f"{intro}\n\n{answer.text}" if intro else answer.text
    dispatcher.utter_message(
        text=text,
        buttons=buttons_of(answer.suggestions),
        json_message=custom_of(kind, answer.citations, answer.suggestions),
    )


def send_response(
    dispatcher: CollectingDispatcher, response: str, *, kind: str, suggestions: Sequence[str] = (), **values: str
) -> None:
    """Send a response of domain.yml under a kind, its braces filled with `values`."""
    dispatcher.utter_message(
        response=response, buttons=buttons_of(suggestions), json_message=custom_of(kind, (), suggestions), **values
    )


def response_text(domain: dict[str, Any], name: str) -> str:
    """The text of a response of domain.yml.

    Raises:
        KeyError: If domain.yml has no such response.
    """
    return str(domain["responses"][name][0]["text"]).strip()
