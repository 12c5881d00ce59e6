"""Answers: assembled from passages only, so that every figure shown is a figure of a cited passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.citation import Citation, cite
from knowledge.errors import KnowledgeError
from knowledge.figures import numbers_in
from knowledge.passage import Knowledge, Passage, Sentence

MAX_BODY_WORDS = 105  # with the line that names the source, a reply stays near 120 words


class GroundingError(KnowledgeError):
    """A text shows a figure that none of its cited passages has."""

    def __init__(self, number: float, cited: Sequence[str]) -> None:
        super().__init__(
            f"The answer shows {number:g}, which is in no cited passage ({', '.join(cited) or 'none cited'}). "
            "Assemble it from passages only."
        )


@dataclass(frozen=True)
class Part:
    """One paragraph of an answer.

    Attributes:
        text: The paragraph.
        passages: The passages that it states.
        essential: Without it the paragraph before would mislead: the documents differ, or it is one of the places compared. No
            lack of room leaves it out.
    """

    text: str
    passages: tuple[Passage, ...]
    essential: bool = False

    @property
    def words(self) -> int:
        """Length in words."""
        return len(self.text.split())


@dataclass(frozen=True)
class Answer:
    """An assembled answer.

    Attributes:
        text: Paragraphs, separated by blank lines; the last names the sources.
        citations: In the order of their weight.
        suggestions: Next questions of a person.
        told: Ids of the passages that were told one by one; an overview only touches those it cites.
    """

    text: str
    citations: tuple[Citation, ...]
    suggestions: tuple[str, ...]
    told: tuple[str, ...] = ()


def check_grounding(text: str, passages: Sequence[Passage]) -> None:
    """Refuse a text whose figures are not figures of the passages.

    Raises:
        GroundingError: If a number of the text is in no passage's typed data.
    """
    typed = {value for passage in passages for figure in passage.figures for value in figure.values()}
    for number in numbers_in(text):
        if number not in typed:
            raise GroundingError(number, [passage.id for passage in passages])


def order_sentences(passage: Passage, wanted: Sequence[str], named: Sequence[str] = ()) -> list[Sentence]:
    """The sentences of a passage, those on what is asked first.

    Args:
        passage: Any passage.
        wanted: Values of `about`, best first; may be empty.
        named: Spellings, lower-case, of what the question names: if the passage's first sentence speaks of it, none that does not
            comes before.
    """
    speaks = _mentions(passage.sentences[0], named)
    for about in wanted:
        first = [s for s in passage.sentences if s.about == about]
        if first and (not speaks or any(_mentions(s, named) for s in first)):
            first.sort(key=lambda s: not _mentions(s, named))
            return first + [s for s in passage.sentences if s.about != about]
    return list(passage.sentences)


def _mentions(sentence: Sentence, names: Sequence[str]) -> bool:
    lowered = sentence.text.lower()
    return any(name in lowered for name in names)


def unique(passages: Sequence[Passage]) -> list[Passage]:
    """The passages without repeats, in order."""
    return list({passage.id: passage for passage in passages}.values())


def assemble(
    parts: Sequence[Part],
    knowledge: Knowledge,
    *,
    suggestions: Sequence[str] = (),
    source_line: str = "",
    limit: int = MAX_BODY_WORDS,
) -> Answer:
    """Put parts together; parts that would make the reply too long are left out, the first and what is essential never.

    Args:
        parts: At least one, by weight.
        knowledge: Where the citations come from.
        suggestions: Next questions.
        source_line: The last paragraph, naming the sources; left out when empty.
        limit: Most words of the paragraphs.

    Raises:
        GroundingError: If a figure of the text is in no cited passage.
    """
    kept: list[Part] = []
    for part in parts:
        if not kept or part.essential or sum(p.words for p in kept) + part.words <= limit:
            kept.append(part)
    passages = unique([passage for part in kept for passage in part.passages])
    paragraphs = [part.text for part in kept]
    check_grounding(" ".join(paragraphs), passages)
    citations = tuple(cite(passage, knowledge) for passage in passages)
    if source_line:
        paragraphs.append(source_line)
    told = tuple(dict.fromkeys(part.passages[0].id for part in kept if len(part.passages) == 1))
    return Answer("\n\n".join(paragraphs), citations, tuple(suggestions), told)
