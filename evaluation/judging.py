"""Judge a reply against what a held-out case expects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ACCEPTED = {"out_of_scope": {"out_of_scope", "clarify"}, "personal_advice": {"personal_advice", "handoff"}}


@dataclass(frozen=True)
class Reply:
    """A reply, folded: kind, cited sections in order, visible text."""

    kind: str
    sections: tuple[str, ...]
    text: str


def fold(messages: list[dict[str, Any]]) -> Reply:
    """Fold the messages of one reply."""
    customs = [m["custom"] for m in messages if isinstance(m.get("custom"), dict)]
    sections = tuple(c["id"].split("/")[0] for custom in customs for c in custom.get("citations", ()))
    return Reply(customs[-1]["kind"] if customs else "", sections, "\n".join(m.get("text") or "" for m in messages))


def find_fault(case: dict[str, Any], reply: Reply) -> str:
    """Why the reply is wrong; empty when it is right."""
    wanted = case.get("kind")
    if wanted and wanted != "not_emergency":
        if reply.kind not in ACCEPTED.get(wanted, {wanted}):
            return f"kind {reply.kind}, wanted {wanted}"
    elif "all" in case:
        missing = [group for group in case["all"] if not set(group) & set(reply.sections)]
        if reply.kind != "answer" or missing:
            return f"kind {reply.kind}, cites {list(reply.sections)}, misses {missing}"
    elif "expect" in case:
        told = case.get("style") == "e" and reply.kind == "personal_advice"
        if reply.kind != "answer" and not told:
            return f"kind {reply.kind}, wanted an answer from {case['expect']}"
        if not reply.sections or reply.sections[0] not in case["expect"]:
            return f"cites {list(reply.sections[:2])}, wanted {case['expect']}"
    for fact in case.get("facts") or ():
        if not re.search(fact, reply.text, re.I):
            return f"/{fact}/ is not in the text"
    for fact in case.get("facts_not") or ():
        if re.search(fact, reply.text, re.I):
            return f"/{fact}/ must not be in the text"
    return ""


def fold_intent(intent: str, confidence: float, *, threshold: float, sections_of: Mapping[str, Sequence[str]]) -> Reply:
    """What a system that answers each intent with one fixed response would have said.

    Args:
        intent: The best intent.
        confidence: How sure it is, 0 to 1.
        threshold: Below this it falls back.
        sections_of: Sections of each topic's intent; the response counts as citing all of them.
    """
    if confidence < threshold or intent == "nlu_fallback":
        return Reply("clarify", (), "")
    if intent in sections_of:
        return Reply("answer", tuple(sections_of[intent]), "")
    return Reply(intent, (), "")


def is_section_right(case: dict[str, Any], reply: Reply) -> bool:
    """Whether a question on the documents is answered from an expected section; facts in the text are not asked for."""
    return not find_fault({**case, "facts": (), "facts_not": ()}, reply)


def is_topic_right(case: dict[str, Any], reply: Reply) -> bool:
    """Whether one of the expected sections is among those of the reply's topic, at any place."""
    return reply.kind == "answer" and bool(set(case["expect"]) & set(reply.sections))


def is_refused(reply: Reply) -> bool:
    """Whether the reply says that the documents do not answer, or asks back."""
    return reply.kind in ACCEPTED["out_of_scope"]
