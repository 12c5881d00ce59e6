"""Which rules a message could trip at all: most rules need pieces of words that it does not have, and are not tried.

From each rule's regular expression a set of anchors is derived, pieces of two to six letters: whatever the expression finds
holds at least one of them. Where none can be derived the rule is always tried, so that the sieve never costs a finding.

To derive them takes seconds: set-up writes them to a file (`python -m safety.prepare`), which counts while it was made of the
same expressions.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

try:  # where Python 3.11 and later keep it
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:
    import sre_parse as parser

MAX_ANCHOR, MIN_ANCHOR = 6, 2
MAX_STRINGS = 50  # of a part of an expression that are written out
_RARE = 0.5  # an anchor that no sample has


class _Strings:
    """The strings that parts of one expression can match; each part is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[str] | None] = {}

    def of(self, node: tuple[Any, Any]) -> frozenset[str] | None:
        """All strings that a node can match, or None if they are not known or too many."""
        if id(node) not in self._known:
            self._known[id(node)] = self._find(str(node[0]), node[1])
        return self._known[id(node)]

    def _find(self, kind: str, value: Any) -> frozenset[str] | None:
        if kind == "LITERAL":
            return frozenset({chr(value)})
        if kind in ("ASSERT", "ASSERT_NOT", "AT"):
            return frozenset({""})
        if kind == "IN" and all(str(name) == "LITERAL" for name, _ in value):
            return frozenset(chr(code) for _, code in value)
        if kind == "SUBPATTERN" and not (value[1] or value[2]):
            return self._in_turn(value[3])
        if kind == "BRANCH":
            union: frozenset[str] = frozenset()
            for branch in value[1]:
                strings = self._in_turn(branch)
                if strings is None or len(union | strings) > MAX_STRINGS:
                    return None
                union |= strings
            return union
        if kind == "MAX_REPEAT" and value[:2] == (0, 1):
            strings = self._in_turn(value[2])
            return None if strings is None else strings | {""}
        return None

    def _in_turn(self, nodes: Any) -> frozenset[str] | None:
        strings: frozenset[str] | None = frozenset({""})
        for node in nodes.data:
            strings = _joined(strings, self.of(node))
            if strings is None:
                return None
        return strings


def _joined(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    if left is None or right is None or len(left) * len(right) > MAX_STRINGS:
        return None
    return frozenset(a + b for a, b in product(left, right))


class _Chooser:
    """Chooses for each part of an expression the pieces that are rarest in ordinary messages."""

    def __init__(self, samples: Sequence[str]) -> None:
        self._seen = Counter(piece for sample in samples for piece in set(pieces_of(sample)))
        self._strings = _Strings()

    def _anchors_of(self, strings: frozenset[str]) -> frozenset[str] | None:
        if min(map(len, strings)) < MIN_ANCHOR:
            return None
        return frozenset(min(_pieces(text, min(len(text), MAX_ANCHOR)), key=lambda p: (self._seen[p], p)) for text in strings)

    def _cost(self, anchors: frozenset[str]) -> float:
        return sum(self._seen[piece] + _RARE for piece in anchors)

    def choose(self, nodes: Any) -> frozenset[str] | None:
        """Anchors of nodes that follow each other: those of the part that is seldom found; None if no part has any."""
        found: list[frozenset[str] | None] = []
        strings: frozenset[str] = frozenset({""})
        for node in nodes.data:
            exact = self._strings.of(node)
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

    def __init__(self, patterns: Sequence[re.Pattern[str]], samples: Sequence[str], made: Path | None = None) -> None:
        """Take over the anchors that were made at set-up, or derive them.

        Args:
            patterns: Compiled without IGNORECASE.
            samples: Ordinary texts: pieces that are frequent in them make poor anchors.
            made: What `write` wrote; a file that is missing, damaged, or of other expressions is not used.
        """
        self.made_of = _digest(patterns, samples)
        known = None if made is None else _read(made, self.made_of)
        self.anchors = _derive(patterns, samples) if known is None else known
        self._always = 0
        self._with: dict[str, int] = {}
        for number, anchors in enumerate(self.anchors):
            if anchors is None:
                self._always |= 1 << number
            for piece in anchors or ():
                self._with[piece] = self._with.get(piece, 0) | 1 << number

    def write(self, file: Path) -> None:
        """Keep the anchors for the next start."""
        anchors = [None if of is None else sorted(of) for of in self.anchors]
        file.write_text(json.dumps({"made_of": self.made_of, "anchors": anchors}), encoding="utf-8")

    def possible(self, text: str) -> int:
        """Bit n is set if pattern n could be found in the text."""
        found, known = self._always, self._with
        for piece in pieces_of(text):
            if piece in known:
                found |= known[piece]
        return found


def _derive(patterns: Sequence[re.Pattern[str]], samples: Sequence[str]) -> list[frozenset[str] | None]:
    chooser = _Chooser(samples)
    trees = [parser.parse(pattern.pattern, pattern.flags) for pattern in patterns]
    return [None if of.flags & re.IGNORECASE else chooser.choose(tree) for of, tree in zip(patterns, trees)]


def _digest(patterns: Sequence[re.Pattern[str]], samples: Sequence[str]) -> str:
    """Of all that the anchors are derived from, this module included."""
    parts = [Path(__file__).read_text(encoding="utf-8"), *(f"{of.flags} {of.pattern}" for of in patterns), "", *samples]
    return sha256(json.dumps(parts).encode()).hexdigest()


def _read(file: Path, made_of: str) -> list[frozenset[str] | None] | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["made_of"] != made_of:
            return None
        return [None if of is None else frozenset(of) for of in data["anchors"]]
    except (OSError, ValueError, TypeError, KeyError):
        return None
