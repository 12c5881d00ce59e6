"""Judge a reply against what a held-out case expects."""

from __future__ import annotations

import re
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
