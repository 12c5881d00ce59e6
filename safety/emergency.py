"""Recognise an emergency by rules, without any model: the first net, applied at the public door to every message.

The assistant's own understanding is the second net behind it. The rules stand in `rules/`, one file a language, each rule with
messages that it must catch and messages that all rules must let pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from safety.patterns import Words, compile_patterns, plain_words, stems_of
from safety.sieve import Sieve
from safety.wording import Message, Spelling, Wording, fold

FOLDER = Path(__file__).resolve().parent
SIEVE = FOLDER.parent / "build" / "sieve.json"  # made at set-up; without it the start takes some seconds more
LANGUAGES = ("en", "es", "fr", "de", "tr", "zh", "ar")
SCRIPTS = {"zh": "han", "ar": "arabic"}


@dataclass(frozen=True)
class Guard:
    """Words that make a sentence no report of an emergency now: a question, a supposition, the past, a saying.

    Attributes:
        name: Of the guard.
        where: "before" the finding, anywhere in its "sentence", or anywhere in the "message".
        pattern: Of the guard.
        in_spite: Words that show that it is happening now all the same; None if nothing does.
    """

    name: str
    where: str
    pattern: re.Pattern[str]
    in_spite: re.Pattern[str] | None

    def holds(self, sentence: str, start: int, whole: str) -> bool:
        """True if a finding that starts there is no emergency."""
        if self.where == "before":
            found = self.pattern.search(sentence, 0, start)
        else:
            found = self.pattern.search(sentence if self.where == "sentence" else whole)
        return found is not None and (self.in_spite is None or self.in_spite.search(sentence) is None)


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: Its name.
        kind: "self_harm" or "medical".
        language: Of the messages it catches and of the reply, ISO 639-1.
        pattern: Searched in each sentence.
        together_with: All of these must be somewhere in the message, too.
        guards: Each can let a sentence pass.
        catches: Messages that the rule must catch.
        passes: Messages that all rules must let pass.
    """

    id: str
    kind: str
    language: str
    pattern: re.Pattern[str]
    together_with: Sequence[re.Pattern[str]]
    guards: Sequence[Guard]
    catches: Sequence[str]
    passes: Sequence[str]

    def matches(self, message: Message) -> bool:
        """True if the rule catches a message."""
        if SCRIPTS.get(self.language, "latin") not in message.scripts:
            return False
        # No pattern reaches over the end of a sentence: one look at the whole tells that none has it.
        if not all(pattern.search(message.whole) for pattern in (self.pattern, *self.together_with)):
            return False
        return any(self._is_found_in(sentence, message.whole) for sentence in message.sentences)

    def _is_found_in(self, sentence: str, whole: str) -> bool:
        for found in self.pattern.finditer(sentence):
            if not any(guard.holds(sentence, found.start(), whole) for guard in self.guards):
                return True
        return False


@dataclass(frozen=True)
class Safety:
    """All rules, and the replies by (kind, language)."""

    rules: Sequence[Rule]
    sieve: Sieve
    replies: dict[tuple[str, str], str]
    wording: Wording
    common_words: dict[str, frozenset[str]]

    def find(self, text: str) -> Rule | None:
        """The first rule that catches a message, or None; self-harm goes before medical emergencies."""
        message = self.wording.read(text)
        possible = self.sieve.possible(message.whole)
        left = [rule for number, rule in enumerate(self.rules) if possible >> number & 1]
        for languages in self._turns(message):
            found = next((rule for rule in left if rule.language in languages and rule.matches(message)), None)
            if found is not None:
                return found
        return None

    def _turns(self, message: Message) -> Iterator[frozenset[str]]:
        """The languages whose rules are tried first, and those that are tried after them.

        First are those that have common words in the message, so that the reply is in the right language. The others are left
        out where two such words show that the message is not theirs: "sepsis" and "suicide" are words of many languages.
        """
        words = frozenset(message.whole.split())
        counts = {language: len(words & common) for language, common in self.common_words.items()}
        spoken = frozenset(language for language in LANGUAGES if counts.get(language, 1))
        yield spoken
        if max(counts.values()) < 2:
            yield frozenset(LANGUAGES) - spoken

    def reply_to(self, rule: Rule) -> str:
        """What is said first, in the language of the rule."""
        return self.replies[rule.kind, rule.language]


@lru_cache(maxsize=1)
def load_replies() -> dict[tuple[str, str], str]:
    """What is said first, by (kind, language); read once, without the rules.

    Raises:
        yaml.YAMLError: If the file is damaged.
    """
    return {(kind, language): text for kind, texts in _read("replies.yml").items() for language, text in texts.items()}


@lru_cache(maxsize=1)
def load_safety() -> Safety:
    """Read the rules once.

    Raises:
        KeyError, re.error, yaml.YAMLError: If a file is damaged; the gateway does not start without its rules.
    """
    files = {language: _read(f"rules/{language}.yml") for language in LANGUAGES}
    rules = [rule for language, data in files.items() for rule in _build_rules(language, data)]
    rules.sort(key=lambda rule: rule.kind != "self_harm")
    replies = load_replies()
    for rule in rules:
        if (rule.kind, rule.language) not in replies:
            raise KeyError(f"safety/replies.yml: rule {rule.id} needs a reply for {rule.kind} in {rule.language}. Add it.")
    common_words = {language: frozenset(data.get("common_words", "").split()) for language, data in files.items()}
    common_words = {language: words for language, words in common_words.items() if words}
    samples = [fold(text) for rule in rules for text in rule.passes]
    return Safety(rules, Sieve([rule.pattern for rule in rules], samples, SIEVE), replies, _build_wording(files), common_words)


def _read(name: str) -> Any:
    # libyaml, where PyYAML came with it, reads them in a twentieth of the time
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _build_rules(language: str, data: dict[str, Any]) -> Iterator[Rule]:
    script = SCRIPTS.get(language, "latin")
    words = Words(data.get("words") or {})
    guards = {
        row["name"]: Guard(
            row["name"],
            row["where"],
            compile_patterns(words, row["any_of"], script),
            compile_patterns(words, row["in_spite"], script) if row.get("in_spite") else None,
        )
        for row in data["guards"]
    }
    for row in data["rules"]:
        own = [Guard(row["id"], "sentence", compile_patterns(words, row["unless"], script), None)] if row.get("unless") else []
        yield Rule(
            row["id"],
            row["kind"],
            language,
            compile_patterns(words, row["any_of"], script),
            tuple(compile_patterns(words, patterns, script) for patterns in row.get("together_with") or ()),
            (*(guards[name] for name in row["guards"]), *own),
            tuple(row["catches"]),
            tuple(row.get("passes") or ()),
        )


def _build_wording(files: dict[str, dict[str, Any]]) -> Wording:
    data = _read("wording.yml")
    real = {fold(word) for row in data["real_words"] for word in row}
    stems: set[str] = set()
    for language_data in files.values():
        lists = list((language_data.get("words") or {}).values())
        for row in (*language_data["guards"], *language_data["rules"]):
            lists += [row["any_of"], row.get("unless") or [], row.get("in_spite") or [], *(row.get("together_with") or [])]
        for patterns in lists:
            real |= plain_words(patterns)
            stems |= stems_of(patterns)
    misspellings = {wrong: right for right, wrongs in data["misspellings"].items() for wrong in wrongs.split()}
    spelling = Spelling([word for row in data["key_words"] for word in row], misspellings, real, stems)
    phrases = {phrase: plain for plain, several in data["phrases"].items() for phrase in several}
    return Wording(spelling, phrases, data["simplified"], data["signs"])
