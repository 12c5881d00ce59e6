"""Which passages answer: of two that say the same, the one that says what is asked."""

from __future__ import annotations

from knowledge.passage import Knowledge
from knowledge.retrieval import Question, merge_twins, select

CHINA = (("country", "china"),)
LABELS = [("sle-guide#risks/crs", 0.6), ("china-guide#risks/crs", 0.3)]


def test_the_guide_of_the_place_asked_about_is_shown(knowledge: Knowledge) -> None:
    assert merge_twins(Question("what is CRS", LABELS, CHINA), knowledge)[0][0] == "china-guide#risks/crs"
    assert merge_twins(Question("what is CRS", LABELS), knowledge)[0][0] == "sle-guide#risks/crs"


def test_the_guide_that_says_when_it_begins_is_shown_if_that_is_asked(knowledge: Knowledge) -> None:
    about = {name: {s.about for s in knowledge.passages[name].sentences} for name, _ in LABELS}
    assert "timing" in about["sle-guide#risks/crs"] and not {"timing", "duration"} & about["china-guide#risks/crs"]

    selection = select(Question("when does CRS begin", LABELS, CHINA), knowledge)

    assert selection.lead is not None and selection.lead.id == "sle-guide#risks/crs"
