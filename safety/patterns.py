"""The small language in which the rules are written, and its translation into regular expressions.

A pattern is plain words. On top of them:

    (a|b)      one of these
    [a|b]      one of these, or nothing; a word follows
    ..         up to three words, or none
    ...        up to seven words, or none
    word*      any ending
    {name}     a list of words defined under `words`
    ^  $       first and last word of a sentence
    a(?! b)    a, not followed by b
    re:...     a regular expression as it is (only under `words`, for figures)

Words end where they end: "pain" does not match "paint". Chinese has no such ends. In Arabic "and", "with" and "the" may be
written on to a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from safety.wording import fold

_TOKEN = re.compile(r"\{(\w+)\}| ?\.\.\. | ?\.\. |\[|\] ?|\(\?!|\(|\*|[^\[\](*{ ]+| ")
_GAPS = {
    " ... ": "(?: [^ \n]+){0,7} ",
    " .. ": "(?: [^ \n]+){0,3} ",
    "... ": "(?:[^ \n]+ ){0,7}",  # after an optional word, which brings its own space
    ".. ": "(?:[^ \n]+ ){0,3}",
}


class Words:
    """Named lists of words of one language, usable in patterns as {name}; a list may use those above it."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        """Translate the lists in order.

        Raises:
            KeyError: If a list uses one that is not defined above it.
        """
        self._expressions: dict[str, str] = {}
        for name, entries in lists.items():
            self._expressions[name] = self.translate(entries)

    def translate(self, patterns: Iterable[str]) -> str:
        """One regular expression for any of the patterns, without word ends.

        Raises:
            KeyError: If a pattern uses a list that is not defined.
        """
        return "(?:" + "|".join(self._translate(pattern) for pattern in patterns) + ")"

    def _translate(self, pattern: str) -> str:
        if pattern.startswith("re:"):
            return pattern[3:]
        pieces = []
        for found in _TOKEN.finditer(fold(pattern)):
            token = found.group()
            if found.group(1):
                pieces.append(self._expressions[found.group(1)])
            elif token in _GAPS:
                pieces.append(_GAPS[token])
            elif token == "(":
                pieces.append("(?:")
            elif token == "[":
                pieces.append("(?:(?:")
            elif token == "(?!":
                pieces.append("(?!")
            elif token.startswith("]"):
                pieces.append(") )?" if token.endswith(" ") else "))?")
            elif token == "*":
                pieces.append(r"\w*")
            else:
                pieces.append(token.replace(".", r"\."))
        return "".join(pieces)


def compile_patterns(words: Words, patterns: Sequence[str], script: str) -> re.Pattern[str]:
    """One regular expression for any of the patterns, with the word ends of the script.

    Raises:
        KeyError: If a pattern uses a list that is not defined.
        re.error: If a pattern is malformed.
    """
    expression = words.translate(patterns)
    if script == "latin":
        expression = rf"(?<!\w){expression}(?!\w)"
    elif script == "arabic":
        expression = rf"(?<!\w)[وفب]?(?:ال)?{expression}(?!\w)"
    return re.compile(expression, re.M)


def plain_words(patterns: Iterable[str]) -> set[str]:
    """All words that occur in patterns."""
    return {word for pattern in patterns for word in re.findall(r"[^\W\d_]+", fold(str(pattern)))}


def stems_of(patterns: Iterable[str]) -> set[str]:
    """All words that occur in patterns with any ending."""
    return {stem for pattern in patterns for stem in re.findall(r"([^\W\d_]{4,})\*", fold(str(pattern)))}
