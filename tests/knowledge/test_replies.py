"""Every reachable answer: grounded, cited, short, in the words of the passages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from knowledge.answer import Answer, GroundingError, Part, assemble, check_grounding
from knowledge.figures import numbers_in
from knowledge.passage import ALL, Knowledge, load_knowledge
from knowledge.replies import reply
from knowledge.retrieval import COUNTRY_KIND, Question, wanted_facets

MAX_REPLY_WORDS = 150  # some 120 of text, and the line that names the sources
_ASKING = (
    "tell me",
    "how long does it take",
    "how is it treated",
    "what are the signs",
    "how often",
    "how bad is it",
    "why",
    "how much",
    "what is it",
    "what must I do",
    "where",
    "how can I avoid it",
)
_KNOWLEDGE = load_knowledge()
_COUNTRIES = [term.id for term in _KNOWLEDGE.terms.values() if term.kind == COUNTRY_KIND]


def reachable_answers(knowledge: Knowledge) -> Iterator[tuple[str, Answer]]:
    """Every answer that a question can lead to: each passage and section, each facet, each country, each pair of countries."""
    labels = [*knowledge.passages, *(f"{section}/{ALL}" for section in knowledge.sections)]
    for label, text in itertools.product(labels, _ASKING):
        yield f"{label} {text}", reply(Question(text, [(label, 0.9)]), knowledge, asks_price=False)
    for label in labels:
        section = label.split("/")[0]
        beside = [p.id for p in knowledge.sections[section].passages if p.id != label][:2]
        ranked = [(label, 0.4), *((other, 0.3) for other in beside)]
        yield f"{label} with companions", reply(Question("?", ranked, [(COUNTRY_KIND, "china")]), knowledge, asks_price=False)
    for term in knowledge.terms.values():
        question = Question("?", [("sle-guide#risks/all", 0.5)], [(term.kind, term.id)])
        yield f"term {term.id}", reply(question, knowledge, asks_price=False)
    groups = [(), *((c,) for c in _COUNTRIES), *itertools.combinations(_COUNTRIES, 2), *itertools.combinations(_COUNTRIES, 3)]
    for group in groups:
        question = Question("what does it cost", [("sle-guide#cost/all", 0.9)], [(COUNTRY_KIND, c) for c in group])
        yield f"cost {group}", reply(question, knowledge, asks_price=True)


ANSWERS = list(reachable_answers(_KNOWLEDGE))


def test_every_figure_of_every_answer_is_typed_data_of_a_cited_passage(knowledge: Knowledge) -> None:
    for name, answer in ANSWERS:
        typed = {v for c in answer.citations for f in knowledge.passage(c.id).figures for v in f.values()}
        strays = set(numbers_in(answer.text)) - typed
        assert not strays, f"{name}: {strays} in {answer.text!r}"


def test_every_answer_cites_and_names_its_source_in_words() -> None:
    for name, answer in ANSWERS:
        assert answer.citations, name
        assert answer.citations[0].document in answer.text, name
        assert answer.citations[0].heading in answer.text, name


def test_every_answer_is_short() -> None:
    longest = max(ANSWERS, key=lambda item: len(item[1].text.split()))

    assert len(longest[1].text.split()) <= MAX_REPLY_WORDS, longest


def test_every_answer_offers_next_questions_that_it_does_not_answer_itself(knowledge: Knowledge) -> None:
    for name, answer in ANSWERS:
        assert 2 <= len(answer.suggestions) <= 3, name
        lead = knowledge.passage(answer.citations[0].id)
        # An overview offers its own passages: it says them in short only.
        assert f"/{ALL}" in name or len(answer.citations) > 2 or lead.question not in answer.suggestions, name


def test_every_sentence_of_every_answer_is_a_passage_or_a_joining_phrase(knowledge: Knowledge) -> None:
    texts = {s.text for p in knowledge.passages.values() for s in p.sentences}
    for label in knowledge.passages:
        answer = reply(Question("?", [(label, 0.9)]), knowledge, asks_price=False)
        assert any(text in answer.text for text in texts if text in knowledge.passage(label).text), label


def test_a_stray_figure_cannot_be_assembled(knowledge: Knowledge) -> None:
    passage = knowledge.passage("sle-guide#recovery/hospital-stay")

    with pytest.raises(GroundingError, match="shows 9"):
        assemble([Part("Stay 9 weeks.", (passage,))], knowledge)
    with pytest.raises(GroundingError):
        check_grounding("5", [])


def test_what_is_asked_for_comes_first(knowledge: Knowledge) -> None:
    answer = reply(Question("how is crs treated", [("sle-guide#risks/crs", 0.9)]), knowledge, asks_price=False)

    assert "tocilizumab" in answer.text.split(". ")[0]


def test_where_the_guides_differ_both_are_shown() -> None:
    by_name = dict(ANSWERS)

    price = by_name["cost ('china',)"]
    assert {"100,000", "300,000", "150,000", "350,000"} <= {f"{n:,.0f}" for n in numbers_in(price.text)}
    treatments = by_name["sle-guide#eligibility/severe-refractory tell me"]
    assert [c.id for c in treatments.citations][:2] == [
        "sle-guide#eligibility/severe-refractory",
        "china-guide#eligibility/refractory-disease",
    ]


def test_two_countries_are_compared_from_the_figures() -> None:
    by_name = dict(ANSWERS)

    text = by_name[next(n for n in by_name if n in ("cost ('usa', 'turkey')", "cost ('turkey', 'usa')"))].text
    assert "Turkey is cheaper than USA" in text
    assert "$180,000" in text and "$600,000" in text


def test_facets_are_read_from_the_question() -> None:
    assert wanted_facets("how long is the stay")[0] == "duration"
    assert wanted_facets("zzz") == []
