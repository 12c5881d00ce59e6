"""Correct the spelling of words that nobody wrote in the training data, towards words that many wrote.

A word is left alone when the training data, the terms of the knowledge base or common English have it. Else it becomes the
nearest of the words of the training data and the terms, if one is near enough; the more often a word is written, the
likelier it is meant.

Source:
    Damerau (1964): most slips are one letter left out, added, changed, or two swapped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
MIN_WORD_CHARS = 4  # shorter words have too many neighbours
LONG_WORD_CHARS = 7  # from here on two slips are allowed
MIN_COUNT = 3  # a word that fewer utterances have may itself be a slip
MAX_CANDIDATES = 12


def words_of(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return [word.lower() for word in _WORD.findall(text)]


def count_words(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(words_of(text)))
    return counts


class SpellingCorrector:
    """Corrects words towards a vocabulary."""

    def __init__(self, counts: Mapping[str, int], common: Iterable[str], fixed: Mapping[str, str]) -> None:
        """Take the vocabulary.

        Args:
            counts: Word -> how many training utterances have it.
            common: Common English words, left alone even if the training data does not have them.
            fixed: Known misspelling -> right spelling, both lower-case; wins over everything.
        """
        self._fixed = dict(fixed)
        self._counts = {
            word: n for word, n in counts.items() if n >= MIN_COUNT and len(word) >= MIN_WORD_CHARS and word not in self._fixed
        }
        self._known = set(self._counts) | {word for word in common if word not in self._fixed}
        self._words = sorted(self._counts)
        self._memory: dict[str, str] = {}

    def correct(self, text: str) -> str:
        """The text with its unknown words corrected; spacing, signs and all other words stay."""
        return _WORD.sub(lambda match: self._correct_word(match.group()), text)

    def _correct_word(self, word: str) -> str:
        lowered = word.lower()
        if lowered in self._fixed:
            return self._fixed[lowered]
        if len(lowered) < MIN_WORD_CHARS or lowered in self._known or (word.isupper() and len(word) < 6):
            return word
        if lowered not in self._memory:
            if len(self._memory) > 20_000:
                self._memory.clear()
            self._memory[lowered] = self._nearest(lowered)
        return self._memory[lowered] or word

    def _nearest(self, word: str) -> str:
        """The likeliest word that was meant, or an empty string."""
        slips = 2 if len(word) >= LONG_WORD_CHARS else 1
        near = extract(word, self._words, scorer=OSA.distance, score_cutoff=slips, limit=MAX_CANDIDATES)
        same_start = [(found, distance) for found, distance, _ in near if found[0] == word[0]]
        if not same_start:
            return ""
        return min(same_start, key=lambda item: (item[1], -self._counts[item[0]], item[0]))[0]
