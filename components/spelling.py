"""Correct the spelling of words that nobody wrote in the training data, or few by mistake, towards words that many wrote.

A word is left alone when the training data, the terms of the knowledge base or common English have it, unless it is no English
and one slip away from a word that 30 times as many utterances have. Else it becomes the nearest of the words of the training data
and the terms, if one is near enough; the more often a word is written, the likelier it is meant. Typing without vowels ("recvry",
"trtmnt") is a habit, no slip: left-out vowels count less.

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
MIN_BARE_CHARS = 3  # but one vowel may be missing in these, if the whole word is as common as that: "tme"
MIN_COUNT_OF_BARE = 100
MOST_VOWELS = 3  # left out of a word
# What the first and each further vowel that was left out counts, beside 1 for any slip.
FIRST_VOWEL, NEXT_VOWEL = 0.75, 0.25
LONG_WORD_CHARS = 7  # from here on two slips are allowed
MIN_COUNT = 3  # a word that fewer utterances have may itself be a slip
MAX_CANDIDATES = 12
# A word of the training data that is no English is itself a slip of one that so many times more utterances have: "treetment".
SLIP_RATIO = 30
# Only in an English message, known by words that no other language of our visitors has: "mort" and "usted" are no slips.
_ENGLISH = frozenset(
    """the is what it my and how of does they are with have there which this who why should if you would can could to for when
    where from after been will was but not wat wats hw dose thay wen wher""".split()
)


def words_of(text: str) -> list[str]:
    """The words of a text, lower-cased."""
    return [word.lower() for word in _WORD.findall(text)]


def _bare(word: str) -> str:
    """A word as those write it who leave out the vowels, except one at its beginning."""
    return word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiou")


def _is_within(short: str, long: str) -> bool:
    """True if the letters of one word stand in the other in their order."""
    letters = iter(long)
    return all(letter in letters for letter in short)


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
        self._common = {word for word in common if word not in self._fixed}
        self._names = {word for right in self._fixed.values() for word in words_of(right)}
        self._known_short = {word for word, n in counts.items() if n >= MIN_COUNT and len(word) < MIN_WORD_CHARS}
        self._words = sorted(self._counts)
        self._by_bare: dict[str, list[str]] = {}
        for word in self._words:
            self._by_bare.setdefault(_bare(word), []).append(word)
        self._memory: dict[str, str] = {}

    def correct(self, text: str) -> str:
        """The text with its unknown words corrected, and slips that the training data has, too; all else stays."""
        english = not _ENGLISH.isdisjoint(words_of(text))
        return _WORD.sub(lambda match: self._correct_word(match.group(), english), text)

    def _correct_word(self, word: str, english: bool) -> str:
        lowered = word.lower()
        if lowered in self._fixed:
            return self._fixed[lowered]
        if len(lowered) < MIN_BARE_CHARS or lowered in self._common or lowered in self._names or lowered in self._known_short:
            return word
        if (lowered in self._counts and not english) or (word.isupper() and len(word) < 6):
            return word
        if lowered not in self._memory:
            if len(self._memory) > 20_000:
                self._memory.clear()
            self._memory[lowered] = self._nearest(lowered)
        return self._memory[lowered] or word

    def _nearest(self, word: str) -> str:
        """The likeliest word that was meant, or an empty string."""
        found: dict[str, float] = {}
        written = self._counts.get(word, 0)
        least = SLIP_RATIO * written
        if len(word) >= MIN_WORD_CHARS:
            slips = 2 if len(word) >= LONG_WORD_CHARS and not written else 1
            near = extract(word, self._words, scorer=OSA.distance, score_cutoff=slips, limit=MAX_CANDIDATES)
            found = {
                other: float(distance) for other, distance, _ in near if other[0] == word[0] and self._counts[other] >= least
            }
        fuller = [other for other in self._by_bare.get(_bare(word), ()) if self._lacks_vowels(word, other)]
        if fuller:  # the commonest of them: the others may be slips themselves
            other = max(fuller, key=lambda other: (self._counts[other], other))
            if self._counts[other] >= least:
                found[other] = FIRST_VOWEL + NEXT_VOWEL * (len(other) - len(word) - 1)
        return min(found, key=lambda other: (found[other], -self._counts[other], other), default="")

    def _lacks_vowels(self, word: str, other: str) -> bool:
        """True if a word is another one without some of its vowels."""
        missing = len(other) - len(word)
        if len(word) < MIN_WORD_CHARS and (missing > 1 or self._counts[other] < MIN_COUNT_OF_BARE):
            return False
        return 0 < missing <= MOST_VOWELS and _is_within(word, other)
