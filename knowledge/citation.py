"""Citations: a passage as it is shown with an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from knowledge.passage import Knowledge, Passage


class CitationData(TypedDict):
    """A citation as JSON."""

    id: str  # DOCUMENT#SECTION/PASSAGE
    document: str  # title of the document
    heading: str  # heading that the passage stands under
    lines: list[int]  # first and last source line, counted from 1


@dataclass(frozen=True)
class Citation:
    """Passage id, document title, heading and source lines, as shown."""

    id: str
    document: str
    heading: str
    lines: tuple[int, int]

    def as_data(self) -> CitationData:
        """The citation as JSON."""
        return {"id": self.id, "document": self.document, "heading": self.heading, "lines": list(self.lines)}


def cite(passage: Passage, knowledge: Knowledge) -> Citation:
    """Make the citation of a passage."""
    return Citation(
        passage.id,
        knowledge.documents[passage.document_id].title,
        knowledge.section_of(passage).heading,
        passage.lines,
    )
