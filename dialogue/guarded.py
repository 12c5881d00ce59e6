"""Patterns that can be found only beside certain words: in other texts they are not looked for.

A pattern of a dozen alternatives takes as long as all else that is done with a short text, and most texts have none of the words
that it could begin with.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=16)
def words_in(text: str) -> frozenset[str]:
    """The runs of the letters a to z in a text, lower-cased."""
    return frozenset(_WORD.findall(text.lower()))


def forget_words() -> None:
    """Forget the texts whose words were asked for."""
    words_in.cache_clear()


class Guarded:
    """A pattern that ignores case, and the words and signs of which a text must have one for it to be found."""

    def __init__(self, words: str, pattern: str, flags: int = 0, *, signs: str = "") -> None:
        """Compile it.

        Args:
            words: Of the letters a to z, with spaces between; whatever the pattern finds holds one of them, not as part of a word,
                or one of the signs.
            pattern: The expression.
            flags: Beside IGNORECASE.
            signs: Characters.
        """
        self.pattern = re.compile(pattern, re.I | flags)
        self._words, self._signs = frozenset(words.split()), frozenset(signs)

    def may_be_in(self, text: str) -> bool:
        """False if the pattern cannot be found."""
        return not (self._words.isdisjoint(words_in(text)) and self._signs.isdisjoint(text))

    def search(self, text: str) -> re.Match[str] | None:
        """As of a pattern."""
        return self.pattern.search(text) if self.may_be_in(text) else None

    def sub(self, by: str, text: str) -> str:
        """As of a pattern."""
        return self.pattern.sub(by, text) if self.may_be_in(text) else text

    def split(self, text: str) -> list[str]:
        """As of a pattern without groups."""
        return self.pattern.split(text) if self.may_be_in(text) else [text]
