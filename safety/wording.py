"""Bring a message into the plain form in which the rules are written: case, accents, spelling, contractions, sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# A long sentence is read in parts that overlap: the time for a rule stays in proportion to the length of the message.
PART_CHARS = 400
OVERLAP_CHARS = 150

_APOSTROPHES = re.compile(r"['’‘`´ʼ＇]")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_STOPS = re.compile(r"(?<!\d)[.]|[.](?!\d)|[!?;\n。！？；…؟؛]+")
_NOISE = re.compile(r"[^\w.%+/<>]+|(?<!\d)[./]|[./](?!\d)|_+")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_BETWEEN_CJK = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_FOLDED_LETTERS = str.maketrans({"ı": "i", "ß": "ss", "ى": "ي", "ة": "ه", "ـ": "", "œ": "oe", "æ": "ae", "ø": "o"})


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes and stretched letters; Arabic letters and digits in one form."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    plain = _APOSTROPHES.sub("", plain.translate(_FOLDED_LETTERS))
    if not plain.isascii():
        plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
    return _STRETCHED.sub(r"\1", plain)


@dataclass(frozen=True)
class Message:
    """A message in plain form.

    Attributes:
        sentences: One string each, words with one space between.
        whole: All of it, a line break between sentences, so that no pattern reaches over.
        scripts: Of its letters: "latin", "han", "arabic".
    """

    sentences: tuple[str, ...]
    whole: str
    scripts: frozenset[str]


class Spelling:
    """Corrects misspellings of the key words of the rules; leaves every other word alone."""

    def __init__(
        self, key_words: Iterable[str], misspellings: Mapping[str, str], real_words: Iterable[str], stems: Iterable[str]
    ) -> None:
        """Index the key words by what is left when up to two letters are dropped.

        A word that begins with a stem may be only one letter off; real words are left alone.
        """
        self._stems = frozenset(stems)
        self._listed = dict(misspellings)
        self._real = frozenset(real_words) | frozenset(key_words)
        self._index: dict[str, set[str]] = {}
        for word in key_words:
            for rest in _dropped(word, _allowed(word)):
                self._index.setdefault(rest, set()).add(word)
        self._known: dict[str, str] = {}

    def correct(self, word: str) -> str:
        """The key word that is meant, or the word itself."""
        if word in self._listed:
            return self._listed[word]
        if len(word) < 5 or len(word) > 20 or word in self._real or not word.isascii() or not word.isalpha():
            return word
        if word.endswith("in") and word + "g" in self._real:
            return word + "g"  # "havin", "bleedin"
        found = self._known.get(word)
        if found is None:
            found = self._nearest(word)
            if len(self._known) < 20_000:
                self._known[word] = found
        return found

    def _nearest(self, word: str) -> str:
        candidates = {key for rest in _dropped(word, 2) for key in self._index.get(rest, ())}
        ranked = sorted((_distance(word, key), key) for key in candidates if key[0] == word[0])
        limit = 1 if any(word[:end] in self._stems for end in range(4, len(word) + 1)) else 2
        return next((key for distance, key in ranked if distance <= min(limit, _allowed(key))), word)


def _allowed(key_word: str) -> int:
    """How many letters may be wrong: none below six, one below eight, two from there."""
    return 0 if len(key_word) < 6 else 1 if len(key_word) < 8 else 2


def _dropped(word: str, count: int) -> set[str]:
    rests = {word}
    for _ in range(count):
        rests |= {rest[:i] + rest[i + 1 :] for rest in rests for i in range(len(rest))}
    return rests


def _distance(left: str, right: str) -> int:
    """Letters changed, added, dropped or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


class Wording:
    """Reads messages: folds them, writes contractions and short forms in one way, and corrects key words."""

    def __init__(
        self, spelling: Spelling, phrases: Mapping[str, str], simplified: Mapping[str, str], signs: Mapping[str, str]
    ) -> None:
        """Phrases: what several words become ("do not": "dont"); simplified: Chinese characters; signs: emoji to words."""
        self._spelling = spelling
        self._phrases = {fold(phrase): fold(plain) for phrase, plain in phrases.items()}
        longest_first = sorted(self._phrases, key=len, reverse=True)
        self._phrase = re.compile(r"\b(?:" + "|".join(re.escape(phrase) for phrase in longest_first) + r")\b")
        self._simplified = str.maketrans(dict(simplified))
        self._signs = dict(signs)

    def read(self, text: str) -> Message:
        """The plain form of a message."""
        for sign, words in self._signs.items():
            if sign in text:
                text = text.replace(sign, f" {words} ")
        folded = _DECIMAL_COMMA.sub(".", fold(text).translate(self._simplified))
        sentences = tuple(part for stop in _STOPS.split(folded) for part in _parts(self._plain(stop)))
        whole = "\n".join(sentences)
        scripts = {"latin"} if re.search("[a-z]", whole) else set()
        if re.search("[\u3400-\u9fff]", whole):
            scripts.add("han")
        if re.search("[\u0600-\u06ff]", whole):
            scripts.add("arabic")
        return Message(sentences, whole, frozenset(scripts or {"latin"}))

    def _plain(self, sentence: str) -> str:
        words = " ".join(self._spelling.correct(word) for word in _NOISE.sub(" ", sentence).split())
        words = self._phrase.sub(lambda found: self._phrases[found.group()], words)
        return _BETWEEN_CJK.sub("", words)


def _parts(sentence: str) -> list[str]:
    if len(sentence) <= PART_CHARS:
        return [sentence] if sentence else []
    step = PART_CHARS - OVERLAP_CHARS
    return [sentence[start : start + PART_CHARS] for start in range(0, len(sentence) - OVERLAP_CHARS, step)]
