"""Recognise an emergency by rules, without any model: the first net, applied at the public door to every message.

The assistant's own understanding is the second net behind it. The rules stand in `emergency.yml`, each with messages that it must
catch and messages that it must let pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

RULES_FILE = Path(__file__).resolve().parent / "emergency.yml"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: Its name.
        kind: "self_harm" or "medical".
        language: Of the messages it catches and of the reply, ISO 639-1.
        pattern: Searched in the normalised message.
        unless: A message that this matches too is let pass; None for no exception.
        catches: Messages that the rule must catch.
        passes: Messages that it must let pass.
    """

    id: str
    kind: str
    language: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    catches: Sequence[str]
    passes: Sequence[str]

    def matches(self, normalised: str) -> bool:
        """True if the rule catches a normalised message."""
        if self.pattern.search(normalised) is None:
            return False
        return self.unless is None or self.unless.search(normalised) is None


@dataclass(frozen=True)
class Safety:
    """All rules, and the replies by (kind, language)."""

    rules: Sequence[Rule]
    replies: dict[tuple[str, str], str]

    def find(self, text: str) -> Rule | None:
        """The first rule that catches a message, or None; self-harm goes before medical emergencies."""
        normalised = normalise(text)
        return next((rule for rule in self.rules if rule.matches(normalised)), None)

    def reply_to(self, rule: Rule) -> str:
        """What is said first, in the language of the rule."""
        return self.replies[rule.kind, rule.language]


def normalise(text: str) -> str:
    """Lower-case, plain apostrophes dropped, accents and stretched letters folded, white space single."""
    folded = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(c for c in folded if not unicodedata.combining(c)).replace("ı", "i")
    plain = re.sub(r"['’`´]", "", plain)
    plain = re.sub(r"([a-z!?])\1{2,}", r"\1", plain)
    return " ".join(re.sub(r"[.,;:!?\"()\-…*]+", " ", plain).split())


@lru_cache(maxsize=1)
def load_safety() -> Safety:
    """Read the rules once.

    Raises:
        KeyError, re.error, yaml.YAMLError: If the file is damaged; the gateway does not start without its rules.
    """
    data = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    rules = [
        Rule(
            row["id"],
            row["kind"],
            row["language"],
            re.compile(row["pattern"], re.X),
            re.compile(row["unless"], re.X) if row.get("unless") else None,
            tuple(row["catches"]),
            tuple(row.get("passes") or ()),
        )
        for row in data["rules"]
    ]
    replies = {(kind, language): text for kind, texts in data["replies"].items() for language, text in texts.items()}
    for rule in rules:
        if (rule.kind, rule.language) not in replies:
            raise KeyError(
                f"safety/emergency.yml: rule {rule.id} has no reply for {rule.kind} in {rule.language}. Add it to replies."
            )
    return Safety(rules, replies)
