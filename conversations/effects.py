"""What a reply asks for besides its words, read into what the record keeps. docs/assistant-call.md describes the form.

The assistant's effects are committed with its reply, so reading them never fails: what is odd in one is dropped or replaced,
since a handoff that is kept with a doubtful field is better than a handoff that is lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Why a coordinator must see to a conversation.
REASONS = frozenset(
    {
        "asked",  # the visitor asked for a person
        "call",  # ... to be rung up
        "quote",  # ... for a price of their own
        "clinic",  # ... to be brought together with a hospital
        "complaint",  # ... because the assistant did not help
        "unanswered",  # two questions without an answer
        "personal_advice",
        "emergency",
        "assistant_failed",
        "delivery_failed",
        "erasure",
        "copy",
        "privacy",  # another wish about one's data
        "stepped_in",  # a coordinator, unasked
        "other",
    }
)
_CONTACT_CHARS = {"name": 200, "email": 320, "phone": 64}
_LIST_ITEMS = 50
_ITEM_CHARS = 2000
# Crockford's letters and digits: none is taken for another when read aloud.
_REFERENCE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_CHARS = 6


@dataclass(frozen=True)
class OpenCase:
    """A case to be opened.

    Attributes:
        kind: "handoff", "privacy", "emergency" or "failure".
        reason: One of `REASONS`.
        priority: "normal" or "urgent".
        once: True if an open case of the same conversation and reason takes this one up, instead of a second.
        contact: Name, email, phone as far as given.
        consent: Whether given, and the wording shown; None if not asked.
        topics: Asked about.
        countries: Asked about.
        questions: The visitor's own.
        language: ISO 639-1, or None.
        time_zone: IANA name, or None.
        live: True if the visitor waits for a person to join now.
    """

    kind: str
    reason: str
    priority: str = "normal"
    once: bool = False
    contact: Mapping[str, str] = field(default_factory=dict)
    consent: Mapping[str, Any] | None = None
    topics: Sequence[str] = ()
    countries: Sequence[str] = ()
    questions: Sequence[str] = ()
    language: str | None = None
    time_zone: str | None = None
    live: bool = False


@dataclass(frozen=True)
class Resume:
    """The visitor no longer waits for a person: the assistant answers again."""


@dataclass(frozen=True)
class SetLabel:
    """A label to be put on a conversation; "urgent" puts it at the top."""

    label: str


def read_effects(effects: Sequence[Any]) -> list[OpenCase | SetLabel | Resume]:
    """Read the effects of a reply; what is none is left out."""
    read = (_READERS.get(str(effect.get("type")), _read_nothing)(effect) for effect in effects if isinstance(effect, Mapping))
    return [effect for effect in read if effect is not None]


def make_reference() -> str:
    """A short reference that can be read aloud, as K7F-3QM: one of a billion, no letter that looks like another."""
    letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(_REFERENCE_CHARS))
    return f"{letters[:3]}-{letters[3:]}"


def _read_handoff(effect: Mapping[str, Any]) -> OpenCase:
    reason = effect.get("reason")
    contact = effect.get("contact") if isinstance(effect.get("contact"), Mapping) else {}
    consent = effect.get("consent")
    language = effect.get("language")
    return OpenCase(
        kind="handoff",
        reason=reason if isinstance(reason, str) and reason in REASONS else "other",
        priority="urgent" if effect.get("priority") == "urgent" else "normal",
        contact={name: _cut(contact[name], most) for name, most in _CONTACT_CHARS.items() if contact.get(name)},  # type: ignore[index, union-attr]
        consent=dict(consent) if isinstance(consent, Mapping) else None,
        topics=_texts(effect.get("topics")),
        countries=_texts(effect.get("countries")),
        questions=_texts(effect.get("questions")),
        language=_cut(language, 16) if isinstance(language, str) else None,
        time_zone=_cut(zone, 64) if isinstance(zone := effect.get("time_zone"), str) else None,
        live=effect.get("live") is True,
        # Who asks to be joined twice has one case; who leaves new contact details has said something new.
        once=effect.get("live") is True,
    )


def _read_privacy(effect: Mapping[str, Any]) -> OpenCase:
    what = effect.get("what")
    return OpenCase("privacy", what if isinstance(what, str) and what in ("erasure", "copy") else "privacy")


def _read_flag(effect: Mapping[str, Any]) -> SetLabel | None:
    what = effect.get("what")
    return SetLabel(_cut(what, 64)) if isinstance(what, str) and what.strip() else None


def _read_case(effect: Mapping[str, Any]) -> OpenCase:
    """The gateway's own effect: an emergency, a failure."""
    return OpenCase(
        str(effect["kind"]), str(effect["reason"]), str(effect["priority"]), once=True, questions=_texts(effect.get("questions"))
    )


def _read_resume(effect: Mapping[str, Any]) -> Resume:
    return Resume()


def _read_nothing(effect: Mapping[str, Any]) -> None:
    return None


_READERS = {
    "handoff": _read_handoff,
    "privacy_request": _read_privacy,
    "flag": _read_flag,
    "case": _read_case,
    "resume": _read_resume,
}


def _cut(value: Any, most: int) -> str:
    return str(value).replace("\0", "")[:most]


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(_cut(item, _ITEM_CHARS) for item in value[:_LIST_ITEMS] if isinstance(item, str))
