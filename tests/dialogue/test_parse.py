"""What the NLU says of a text, as the dialogue sees it."""

from __future__ import annotations

import pytest

from dialogue.parse import Parse

PARSE = Parse(
    "x",
    "ask_cost",
    0.5,
    (("sle-guide#cost/all", 0.5), ("greet", 0.2), ("china-guide#cost/all", 0.25)),
    (("country", "china"), ("drug", "rituximab"), ("country", "turkey"), ("country", "china")),
)


def test_the_share_on_the_documents_is_that_of_all_their_labels() -> None:
    assert PARSE.on_documents == pytest.approx(0.75)


def test_topical_labels_are_those_of_the_knowledge_base() -> None:
    assert [label for label, _ in PARSE.topical_labels] == ["sle-guide#cost/all", "china-guide#cost/all"]


@pytest.mark.parametrize(("kind", "terms"), [("country", ["china", "turkey"]), ("drug", ["rituximab"]), ("organ", [])])
def test_terms_of_a_kind_come_once_and_in_order(kind: str, terms: list[str]) -> None:
    assert PARSE.of_kind(kind) == terms
