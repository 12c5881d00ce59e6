"""The working memory of one conversation, as it travels with each call between gateway and assistant.

The assistant keeps nothing between turns: what it must know of earlier ones stands here, goes out with the reply, is stored by the
gateway with the turn, and comes back with the next message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

VERSION = 1
FORGET_AFTER_S = 60 * 60  # what was talked about an hour ago is no context any more
MAX_SHOWN = 40
MAX_QUESTION_CHARS = 300


@dataclass(frozen=True)
class Contact:
    """Contact details under collection.

    Attributes:
        step: What was asked last: "name", "reach" (e-mail or phone), "consent"; empty when no collection is under way.
        name, email, phone: What the visitor has given; empty if not yet. The phone number is international (E.164).
        partial_phone: Digits without a country code, kept while the country is asked.
        nameless: True if the visitor does not want to give a name.
        reason: Why a person is wanted, one of `contact.REASONS`.
        tries: How often the step under way was asked for in vain.
    """

    step: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    partial_phone: str = ""
    nameless: bool = False
    reason: str = "asked"
    tries: int = 0

    @property
    def active(self) -> bool:
        """True while details are collected."""
        return bool(self.step)


@dataclass(frozen=True)
class Context:
    """What the next turn needs to know of the ones before.

    Attributes:
        at: When the last turn was, in seconds since 1970 (UTC).
        question: The last question on the documents, as it was understood ("is CRS common?").
        section: Section id of the last answer.
        passages: Passage ids of the last answer, the leading one first.
        listed: Passage ids of the last answer that had several, in the order in which they were named; "the second one" is of them.
        shown: Passage ids shown so far, oldest first, at most `MAX_SHOWN`.
        countries: Term ids of the countries the last answer is about.
        referent: Term id that "it" or "that" means: the drug, complication ... that the last question named.
        labels: Labels and confidences of the last message, likeliest first; other readings come from here.
        options: Questions that were offered, in their order.
        offer: "handoff" if the last reply offered a coordinator.
        act: Intent that the last message was taken for.
        failures: Replies in a row that did not answer.
        topics: Section ids answered from so far, for the coordinator.
        all_countries: Term ids of the countries asked about so far, for the coordinator.
        contact: Contact details under collection.
        said_name: A name that the visitor has mentioned; never asked for again.
        waited: True if a coordinator was asked to join at once and has not spoken since.
    """

    at: float = 0.0
    question: str = ""
    section: str = ""
    passages: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    referent: str = ""
    labels: tuple[tuple[str, float], ...] = ()
    options: tuple[str, ...] = ()
    offer: str = ""
    act: str = ""
    failures: int = 0
    topics: tuple[str, ...] = ()
    all_countries: tuple[str, ...] = ()
    contact: Contact = Contact()
    said_name: str = ""
    waited: bool = False

    def as_data(self) -> dict[str, Any]:
        """The JSON form."""
        return {"version": VERSION, **vars(self), "contact": dict(vars(self.contact))}

    def with_shown(self, passages: tuple[str, ...]) -> tuple[str, ...]:
        """What has been shown once these passages are, too."""
        return tuple(dict.fromkeys((*self.shown, *passages)))[-MAX_SHOWN:]


def context_from(data: Any, *, now: float) -> Context:
    """Read the JSON form; what is too old, of another version or damaged counts as no context.

    A damaged context costs a follow-up its reference, never the visitor a reply.

    Args:
        data: As the gateway hands it over, or None.
        now: The time, in seconds since 1970.
    """
    if not isinstance(data, Mapping) or data.get("version") != VERSION:
        return Context(at=now)
    try:
        values = {key: _tuples(value) for key, value in data.items() if key in _EMPTY}
        values["contact"] = Contact(**(data.get("contact") or {}))
        context = Context(**values)
    except TypeError:
        return Context(at=now)
    if not (_fits(context, _EMPTY) and _fits(context.contact, _EMPTY_CONTACT)):
        return Context(at=now)
    old = now - context.at > FORGET_AFTER_S
    return Context(at=now) if old else replace(context, at=now)


_EMPTY, _EMPTY_CONTACT = vars(Context()), vars(Contact())


def _fits(given: Context | Contact, empty: Mapping[str, Any]) -> bool:
    """True if every field has the type it has in an empty one."""
    for name, default in empty.items():
        value = getattr(given, name)
        if isinstance(default, float) and type(value) is int:
            continue
        if type(value) is not type(default):
            return False
        if isinstance(value, tuple) and not all(_is_label(item) if name == "labels" else isinstance(item, str) for item in value):
            return False
    return True


def _is_label(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], (int, float))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, (list, tuple)) else value
