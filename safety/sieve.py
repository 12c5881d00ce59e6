"""Which rules a message could trip at all: most rules need pieces of words that it does not have, and are not tried.

From each rule's regular expression a set of anchors is derived, pieces of two to six letters: whatever the expression finds
holds at least one of them. Where none can be derived the rule is always tried, so that the sieve never costs a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

try:  # where Python 3.11 and later keep it
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:
    import sre_parse as parser

MAX_ANCHOR, MIN_ANCHOR = 6, 2
MAX_STRINGS = 50  # of a part of an expression that are written out
_RARE = 0.5  # an anchor that no sample has


def _exactly(node: tuple[Any, Any]) -> frozenset[str] | None:
    """All strings that a node of an expression can match, or None if they are not known or too many."""
    kind, value = str(node[0]), node[1]
    if kind == "LITERAL":
        return frozenset({chr(value)})
    if kind in ("ASSERT", "ASSERT_NOT", "AT"):
        return frozenset({""})
    if kind == "IN" and all(str(name) == "LITERAL" for name, _ in value):
        return frozenset(chr(code) for _, code in value)
    if kind == "SUBPATTERN" and not (value[1] or value[2]):
        return _exactly_in_turn(value[3])
    if kind == "BRANCH":
        found = [_exactly_in_turn(branch) for branch in value[1]]
        union = None if None in found else frozenset().union(*(strings for strings in found if strings is not None))
        return union if union is not None and len(union) <= MAX_STRINGS else None
    if kind == "MAX_REPEAT" and value[:2] == (0, 1):
        strings = _exactly_in_turn(value[2])
        return None if strings is None else strings | {""}
    return None


def _exactly_in_turn(nodes: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    strings: frozenset[str] | None = frozenset({""})
    for node in nodes:
        strings = _joined(strings, _exactly(node))
    return strings


def _joined(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    if left is None or right is None or len(left) * len(right) > MAX_STRINGS:
        return None
    return frozenset(a + b for a, b in product(left, right))


class _Chooser:
    """Chooses for each part of an expression the pieces that are rarest in ordinary messages."""

    def __init__(self, samples: Sequence[str]) -> None:
        self._seen = Counter(piece for sample in samples for piece in set(pieces_of(sample)))

    def _anchors_of(self, strings: frozenset[str]) -> frozenset[str] | None:
        if min(map(len, strings)) < MIN_ANCHOR:
            return None
        return frozenset(min(_pieces(text, min(len(text), MAX_ANCHOR)), key=lambda p: (self._seen[p], p)) for text in strings)

    def _cost(self, anchors: frozenset[str]) -> float:
        return sum(self._seen[piece] + _RARE for piece in anchors)

    def choose(self, nodes: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
        """Anchors of nodes that follow each other: those of the part that is seldom found; None if no part has any."""
        found: list[frozenset[str] | None] = []
        strings: frozenset[str] = frozenset({""})
        for node in nodes:
            exact = _exactly(node)
            longer = _joined(strings, exact)
            if longer is not None:
                strings = longer
                continue
            found += [self._anchors_of(strings), self._inside(node)]
            strings = frozenset({""}) if exact is None else exact
        found.append(self._anchors_of(strings))
        return min((anchors for anchors in found if anchors is not None), key=self._cost, default=None)

    def _inside(self, node: tuple[Any, Any]) -> frozenset[str] | None:
        """Anchors of a node that is not written out."""
        kind, value = str(node[0]), node[1]
        if kind == "SUBPATTERN" and not (value[1] or value[2]):
            return self.choose(value[3])
        if kind == "MAX_REPEAT" and value[0] >= 1:
            return self.choose(value[2])
        if kind == "BRANCH":
            branches = [self.choose(branch) for branch in value[1]]
            return None if None in branches else frozenset().union(*(anchors for anchors in branches if anchors is not None))
        return None


def _pieces(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(len(text) - length + 1)]


def pieces_of(text: str) -> list[str]:
    """All pieces of a text that can be anchors."""
    return [piece for length in range(MIN_ANCHOR, MAX_ANCHOR + 1) for piece in _pieces(text, length)]


class Sieve:
    """Tells which of several expressions a text could match."""

    def __init__(self, patterns: Sequence[re.Pattern[str]], samples: Sequence[str]) -> None:
        """Derive the anchors.

        Args:
            patterns: Compiled without IGNORECASE.
            samples: Ordinary texts: pieces that are frequent in them make poor anchors.
        """
        chooser = _Chooser(samples)
        self._always = 0
        self._with: dict[str, int] = {}
        for number, pattern in enumerate(patterns):
            known = not pattern.flags & re.IGNORECASE
            anchors = chooser.choose(parser.parse(pattern.pattern, pattern.flags)) if known else None
            if anchors is None:
                self._always |= 1 << number
            for piece in anchors or ():
                self._with[piece] = self._with.get(piece, 0) | 1 << number

    def possible(self, text: str) -> int:
        """Bit n is set if pattern n could be found in the text."""
        found, known = self._always, self._with
        for piece in pieces_of(text):
            if piece in known:
                found |= known[piece]
        return found
