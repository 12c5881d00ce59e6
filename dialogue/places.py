"""Countries and regions in a text, by the spellings of knowledge/terms.yml."""

from __future__ import annotations

import re
from functools import lru_cache

from dialogue.guarded import words_in
from knowledge.passage import Knowledge

_KINDS = ("country", "country_not_covered")
# As lower-case words these are no countries.
_AS_WRITTEN = frozenset({"US", "EU", "UK", "UAE"})
_WORD = re.compile(r"\w+")
# Letters that `re` takes for i, s and k when case does not count, and that `str.lower` leaves as they are or makes two of.
_FOLDED = str.maketrans("İıſK", "iisk")
_TAIL = re.compile(r"[\s,]*\b(?:in|for|at|of|to|with|from|and|or|vs|the|than)\s*(?=[?.!,]*$)", re.I)
_GAPS = re.compile(r"\b(?:in|for|at|of|from)\s+(?:the\s+)?(?=[?.!,]|$)", re.I)


@lru_cache(maxsize=4)
def _pattern(knowledge_key: int, spellings: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(
        re.escape(s) if s in _AS_WRITTEN else f"(?i:{re.escape(s)})" for s in sorted(spellings, key=len, reverse=True)
    )
    return re.compile(rf"(?<![\w-])(?:{words})(?:['’]s)?(?![\w-])")


def _spellings(knowledge: Knowledge) -> dict[str, str]:
    return {
        _folded(spelling): term.id
        for term in knowledge.terms.values()
        if term.kind in _KINDS
        for spelling in (term.name, *term.synonyms, *term.misspellings)
    }


def _folded(text: str) -> str:
    return text.translate(_FOLDED).lower()


def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


class Places:
    """Finds and takes out the places of a text."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._ids = _spellings(knowledge)
        originals = tuple(
            spelling
            for term in knowledge.terms.values()
            if term.kind in _KINDS
            for spelling in (term.name, *term.synonyms, *term.misspellings)
        )
        self._pattern = _pattern(id(knowledge), originals)
        # A place stands where its first word does; most words are none of these, and the pattern is long.
        self._first_words = {word for spelling in originals for word in _words(spelling)[:1]}

    def find(self, text: str) -> list[str]:
        """Term ids of the places named, in order, without repeats."""
        found: list[str] = []
        # the words of a text are known already, as runs of the letters a to z
        if self._first_words.isdisjoint(words_in(text) if text.isascii() else _words(text)):
            return found
        end = 0
        for word in _WORD.finditer(text):
            if word.start() < end or _folded(word.group()) not in self._first_words:
                continue
            place = self._pattern.match(text, word.start())
            if place is not None:
                end = place.end()
                name = re.sub(r"['’]s$", "", _folded(place.group()))
                found += [self._ids[name]] if name in self._ids else []
        return list(dict.fromkeys(found))

    def without(self, text: str) -> str:
        """The text without its places and the prepositions that led to them."""
        bare = self._pattern.sub("", text)
        bare = _GAPS.sub("", re.sub(r"\s+", " ", bare))
        while True:
            shorter = _TAIL.sub("", bare).strip()
            if shorter == bare:
                return re.sub(r"\s+([?.!,])", r"\1", bare).strip()
            bare = shorter
