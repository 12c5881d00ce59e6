"""Where in an answer the words of each cited passage end, so that the widget can put the number of the source there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.errors import UnknownPassageError
from knowledge.passage import Knowledge


def find_marks(text: str, citations: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> list[list[int]]:
    """Find the sentences of cited passages in a text.

    Args:
        text: Of an answer.
        citations: Of the answer, in order.
        knowledge: Whose sentences are looked for.

    Returns:
        Pairs of an offset in UTF-16 units, as browsers count, and the number of the citation from 1; in order of the offset. Of
        sentences of one passage that follow each other, the last one is marked.
    """
    found: dict[int, int] = {}
    for number, cited in enumerate(citations, 1):
        try:
            passage = knowledge.passage(str(cited.get("id")))
        except UnknownPassageError:
            continue
        for begin, end in _join([_place(text, sentence.text) for sentence in passage.sentences], text):
            if begin >= 0:
                found.setdefault(end, number)
    return [[len(text[:end].encode("utf-16-le")) // 2, number] for end, number in sorted(found.items())]


def _place(text: str, sentence: str) -> tuple[int, int]:
    begin = text.find(sentence)
    return begin, begin + len(sentence) if begin >= 0 else -1


def _join(places: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Put places together that only a space divides."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(place for place in places if place[0] >= 0):
        if joined and text[joined[-1][1] : begin].strip(" ") == "" and begin >= joined[-1][1]:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return joined
