"""Every reachable answer: grounded, cited, short, in the words of the passages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from knowledge.answer import Answer, GroundingError, Part, assemble, check_grounding
from knowledge.figures import numbers_in
from knowledge.passage import ALL, ROOT, Knowledge, load_knowledge
from knowledge.replies import (
    Draft,
    draft,
    draft_both,
    draft_countries,
    draft_more,
    draft_overview,
    draft_passages,
    draft_western_status,
    finish,
    reply,
    wording,
)
from knowledge.retrieval import COUNTRY_KIND, Question, best_of_topic, select, wanted_facets, within_topic

MAX_REPLY_WORDS = 150  # some 120 of text, and the line that names the sources
MAX_COMPOUND_WORDS = 240  # each question keeps its direct answer
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


def reachable_details(knowledge: Knowledge) -> Iterator[tuple[str, Answer]]:
    """Every answer to "tell me more", to a bare "why?", "and then?", to a comparison of countries and of the guides."""
    for section_id, section in knowledge.sections.items():
        yield f"{section_id}/{ALL} overview", finish([draft_overview(section_id, knowledge)], knowledge)
        shown: list[str] = []
        while (more := draft_more(section_id, shown, None, knowledge)) is not None:
            yield f"{section_id} after {len(shown)}", finish([more], knowledge)
            shown += [part.passages[0].id for part in more.parts]
        for label in (f"{section_id}/{ALL}", *(p.id for p in section.passages)):
            both = draft_both(section_id, Question("what do both guides say", [(label, 0.9)]), knowledge)
            if both is not None:
                yield f"both on {label}", finish([both], knowledge)
    for shown_id, targets in knowledge.follow_ups.items():
        for facet, target in targets.items():
            question = Question(f"{facet}?", [(target, 1.0)])
            yield f"{shown_id} {facet}", finish([draft_passages(select(question, knowledge), question, knowledge)], knowledge)
    for group in (*itertools.permutations(_COUNTRIES, 2), *itertools.combinations(_COUNTRIES, 3)):
        question = Question("how do they compare", [("sle-guide#countries/all", 0.9)], [(COUNTRY_KIND, c) for c in group])
        compared = draft_countries(question, knowledge)
        if compared is not None:
            yield f"countries {group}", finish([compared], knowledge)


def reachable_compounds(knowledge: Knowledge) -> Iterator[tuple[str, Answer]]:
    """Every answer to two questions, each on a section or its first passage; and to a question with a half outside."""
    labels = [*(f"{section}/{ALL}" for section in knowledge.sections), *(s.passages[0].id for s in knowledge.sections.values())]
    drafts = {
        label: draft(Question("tell me", [(label, 0.9)]), knowledge, asks_price=label.split("#")[1].startswith("cost/"))
        for label in labels
    }
    for first, second in itertools.permutations(labels, 2):
        yield f"{first} and {second}", finish([drafts[first], drafts[second]], knowledge)
    for label in labels:
        yield f"{label} and outside", finish([drafts[label]], knowledge, closing=["The guides do not answer the other question."])


ANSWERS = [*reachable_answers(_KNOWLEDGE), *reachable_details(_KNOWLEDGE)]
COMPOUNDS = list(reachable_compounds(_KNOWLEDGE))


def test_every_figure_of_every_answer_is_typed_data_of_a_cited_passage(knowledge: Knowledge) -> None:
    for name, answer in ANSWERS + COMPOUNDS:
        typed = {v for c in answer.citations for f in knowledge.passage(c.id).figures for v in f.values()}
        strays = set(numbers_in(answer.text)) - typed
        assert not strays, f"{name}: {strays} in {answer.text!r}"


def test_every_answer_cites_and_names_its_source_in_words() -> None:
    for name, answer in ANSWERS + COMPOUNDS:
        assert answer.citations, name
        assert answer.citations[0].document in answer.text, name
        assert answer.citations[0].heading in answer.text, name


def test_every_answer_is_short() -> None:
    longest = max(ANSWERS, key=lambda item: len(item[1].text.split()))

    assert len(longest[1].text.split()) <= MAX_REPLY_WORDS, longest


def test_each_of_two_questions_gets_room_before_one_gets_more() -> None:
    long, short = (
        Draft((_paragraph(40, "first"), *(_paragraph(20, f"more-{letter}") for letter in "abc"))),
        Draft((_paragraph(10, "second"), _paragraph(20, "beside"))),
    )

    text = finish((long, short), _KNOWLEDGE).text

    told = [word for word in ("first", "more-a", "more-b", "second", "beside") if word in text]
    assert told == ["first", "more-a", "second", "beside"]


def _paragraph(words: int, name: str) -> Part:
    return Part(f"{name} " + "word " * (words - 2) + "end.", (next(iter(_KNOWLEDGE.passages.values())),))


def test_an_answer_to_two_questions_is_not_much_longer() -> None:
    longest = max(COMPOUNDS, key=lambda item: len(item[1].text.split()))

    assert len(longest[1].text.split()) <= MAX_COMPOUND_WORDS, longest


def test_two_questions_are_answered_in_their_order_each_with_its_direct_answer(knowledge: Knowledge) -> None:
    labels = ("sle-guide#recovery/hospital-stay", "sle-guide#risks/crs", "sle-guide#causes/hormones")
    drafts = [draft(Question("?", [(label, 0.9)]), knowledge, asks_price=False) for label in labels]

    answer = finish(drafts, knowledge)

    places = [answer.text.index(each.parts[0].text) for each in drafts]
    assert places == sorted(places)
    assert [c.id for c in answer.citations if c.id in labels] == list(labels)


def test_what_is_outside_is_said_after_the_answer_and_before_the_sources(knowledge: Knowledge) -> None:
    one = draft(Question("?", [("sle-guide#recovery/hospital-stay", 0.9)]), knowledge, asks_price=False)

    paragraphs = finish([one], knowledge, closing=["Not in the guides."]).text.split("\n\n")

    assert paragraphs[0] == one.parts[0].text
    assert paragraphs[-2] == "Not in the guides." and paragraphs[-1].startswith("Source")


def test_more_detail_shows_each_passage_of_a_topic_once(knowledge: Knowledge) -> None:
    shown: list[str] = []
    while (more := draft_more("sle-guide#risks", shown, None, knowledge)) is not None:
        shown += [part.passages[0].id for part in more.parts]

    assert len(shown) == len(set(shown))
    seen = {*shown, *(twin for name in shown for twin in knowledge.passages[name].same_as)}
    assert seen >= {p.id for name in knowledge.topics["ask_risks"].sections for p in knowledge.sections[name].passages}


def test_more_detail_starts_with_what_the_question_names(knowledge: Knowledge) -> None:
    question = Question("?", [("sle-guide#risks/cytopenias", 0.9)])

    more = draft_more("sle-guide#risks", ["sle-guide#risks/crs"], question, knowledge)

    assert more is not None and more.parts[0].passages[0].id == "sle-guide#risks/cytopenias"


def test_both_guides_are_quoted_where_both_have_the_topic(knowledge: Knowledge) -> None:
    both = draft_both("china-guide#risks", Question("?", [("china-guide#risks/crs", 0.9)]), knowledge)

    assert both is not None
    assert [part.passages[0].document_id for part in both.parts] == ["china-guide", "sle-guide"]


def test_a_topic_of_one_guide_is_not_compared(knowledge: Knowledge) -> None:
    assert draft_both("sle-guide#causes", Question("?", [("sle-guide#causes/all", 0.9)]), knowledge) is None


@pytest.mark.parametrize("countries", [(), ("china",), ("china", "asia")])
def test_fewer_than_two_countries_with_a_passage_are_not_compared(knowledge: Knowledge, countries: tuple[str, ...]) -> None:
    question = Question("?", [("sle-guide#countries/all", 0.9)], [(COUNTRY_KIND, c) for c in countries])

    assert draft_countries(question, knowledge) is None


def test_countries_are_compared_in_the_order_of_the_question(knowledge: Knowledge) -> None:
    question = Question("?", [("sle-guide#countries/all", 0.9)], [(COUNTRY_KIND, c) for c in ("turkey", "china", "germany")])

    compared = draft_countries(question, knowledge)

    assert compared is not None
    assert [part.passages[0].id.split("/")[1] for part in compared.parts] == ["turkey", "china", "germany"]


def test_of_countries_compared_none_is_left_out_and_none_told_twice(knowledge: Knowledge) -> None:
    places = [(COUNTRY_KIND, c) for c in ("germany", "turkey")]
    on_both = [
        Question(text, [("sle-guide#countries/all", 0.9)], places) for text in ("germany or turkey?", "not just the price!")
    ]
    long = [Question("?", [(p.id, 0.9)]) for p in sorted(knowledge.passages.values(), key=lambda p: -len(p.text))[:1]]

    answer = finish([draft(question, knowledge, asks_price=False) for question in (*on_both, *long)], knowledge)

    told = [knowledge.passages[f"sle-guide#countries/{name}"] for name in ("germany", "turkey")]
    assert [citation.id for citation in answer.citations][:2] == [passage.id for passage in told]
    assert [answer.text.count(passage.sentences[0].text) for passage in told] == [1, 1]


@pytest.mark.parametrize(
    ("shown", "facet", "target"),
    [
        ("sle-guide#recovery/hospital-stay", "then", "sle-guide#recovery/monitoring-after-discharge"),
        ("sle-guide#recovery/monitoring-after-discharge", "then", "sle-guide#recovery/long-term-recovery"),
        ("sle-guide#recovery/long-term-recovery", "then", "sle-guide#recovery/late-monitoring-and-tapering"),
        ("sle-guide#causes/genetics", "then", "sle-guide#causes/sunlight-trigger"),
        ("sle-guide#recovery/long-term-recovery", "meanwhile", "sle-guide#recovery/infection-precautions"),
        ("sle-guide#causes/genetics", "meanwhile", ""),
        ("sle-guide#causes/prevention-not-possible", "then", ""),
        ("sle-guide#recovery/hospital-stay", "who", ""),
        ("sle-guide#nowhere/at-all", "then", ""),
        ("sle-guide#nowhere/at-all", "why", ""),
        ("china-guide#eligibility/infection-screening", "why", "china-guide#eligibility/infection-screening"),
        ("china-guide#eligibility/age-limits", "why", "china-guide#eligibility/strict-and-trial-specific"),
    ],
)
def test_a_bare_question_leads_on(knowledge: Knowledge, shown: str, facet: str, target: str) -> None:
    assert knowledge.follow_up(shown, facet) == target


def test_every_answer_offers_next_questions_that_it_does_not_answer_itself(knowledge: Knowledge) -> None:
    for name, answer in ANSWERS:
        least = 1 if " after " in name else 2  # the last level of detail may have one passage left to offer
        assert least <= len(answer.suggestions) <= 3, name
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


def test_where_the_guides_differ_both_are_shown_beside_any_other_question(knowledge: Knowledge) -> None:
    def on(label: str) -> Draft:
        return draft(Question("?", [(label, 0.9)]), knowledge, asks_price=False)

    long = [on(p.id) for p in sorted(knowledge.passages.values(), key=lambda p: -len(p.text))[:2]]
    differing = [p for p in knowledge.passages.values() if p.differs_from]

    cited = {p.id: {c.id for c in finish([on(p.id), *long], knowledge).citations} for p in differing}

    assert differing
    assert [p.id for p in differing if not cited[p.id].issuperset(p.differs_from)] == []


def test_what_the_guides_differ_on_is_said_once(knowledge: Knowledge) -> None:
    drafts = [draft(Question("?", [(label, 0.9)]), knowledge, asks_price=False) for label in FAILED]

    answer = finish(drafts, knowledge)

    assert answer.text.count("Multiple lines of therapies") == 1


def test_two_countries_are_compared_from_the_figures() -> None:
    by_name = dict(ANSWERS)

    text = by_name[next(n for n in by_name if n in ("cost ('usa', 'turkey')", "cost ('turkey', 'usa')"))].text
    assert "Turkey is cheaper than USA" in text
    assert "$180,000" in text and "$600,000" in text


def test_facets_are_read_from_the_question() -> None:
    assert wanted_facets("how long is the stay")[0] == "duration"
    assert wanted_facets("zzz") == []


def test_passages_of_one_topic_that_are_a_little_likely_outweigh_a_single_other_one(knowledge: Knowledge) -> None:
    other, best, next_best = (
        "china-guide#how_it_works/what-car-t-is",
        "sle-guide#recovery/all",
        "sle-guide#recovery/recovery-goal",
    )
    labels = [("out_of_scope:success_rate", 0.4), (other, 0.3), (best, 0.28), (next_best, 0.1)]

    assert best_of_topic(labels, knowledge) == (best, 0.28)
    assert select(Question("what is the recvry tme", labels), knowledge).section.id == "sle-guide#recovery"
    assert best_of_topic(labels[:1], knowledge) is None


FAILED = ("china-guide#eligibility/refractory-disease", "sle-guide#eligibility/severe-refractory")


@pytest.mark.parametrize("labels", [FAILED, FAILED[::-1]])
@pytest.mark.parametrize("text", ["how many treatments must have failed", "do your guides say the same on failed treatments"])
def test_where_the_guides_differ_each_says_its_sentence_on_that_very_point(
    knowledge: Knowledge, labels: tuple[str, str], text: str
) -> None:
    question = Question(text, [(labels[0], 0.6), (labels[1], 0.3)])

    answer = finish([draft(question, knowledge, asks_price=False)], knowledge)

    assert "at least 2 standard immunosuppressive therapies" in answer.text
    assert "Multiple lines of therapies" in answer.text
    assert {citation.id for citation in answer.citations} >= set(FAILED)


@pytest.mark.parametrize(
    ("text", "label", "begins"),
    [
        (
            "What does the butterfly rash look like and where does it appear?",
            "sle-guide#symptoms/butterfly-rash",
            "The butterfly",
        ),
        ("my cheeks are red because of the heat", "sle-guide#symptoms/butterfly-rash", "The butterfly"),
        ("length of the stay abroad", "sle-guide#travel/visa-and-logistics", "Plan for a stay"),
        ("getting to the hospital when I'm sick", "sle-guide#travel/visa-and-logistics", "Research visa"),
        ("I'd feel safer with strict rules", "sle-guide#countries/germany", "Germany is known"),
        ("what about the treatment there", "china-guide#overview/china-significant-player", "In CAR-T cell therapy, China"),
        ("she lost her words last autumn", "sle-guide#risks/icans", "CAR-T can affect the brain"),
        ("does it last", "sle-guide#risks/icans", "Most cases of ICANS"),
        ("how many medicines must I have tried", "sle-guide#eligibility/severe-refractory", "Multiple lines"),
        ("must my organs be damaged", "sle-guide#eligibility/severe-refractory", "CAR-T requires a diagnosis"),
    ],
)
def test_an_answer_opens_with_what_is_asked(knowledge: Knowledge, text: str, label: str, begins: str) -> None:
    question = Question(text, [(label, 0.9)])

    assert draft_passages(select(question, knowledge), question, knowledge).parts[0].text.startswith(begins)


def test_a_passage_of_another_topic_stands_beside_only_if_it_is_likely(knowledge: Knowledge) -> None:
    lead, other = "china-guide#cost/trial-participation", "sle-guide#eligibility/no-active-infection"

    def beside(share: float) -> list[str]:
        labels = [(lead, 0.4), ("sle-guide#cost/extra-costs", 0.15), (other, share)]
        return [passage.id for passage in select(Question("is it free?", labels), knowledge).companions]

    assert beside(0.15) == ["sle-guide#cost/extra-costs"]
    assert other in beside(0.35)


@pytest.mark.parametrize(
    ("lead", "beside"),
    [("china-guide#approval/not-commercially-approved", True), ("sle-guide#risks/crs", False)],
)
def test_beside_a_short_passage_there_is_room_for_the_next_likely_one_of_its_section(
    knowledge: Knowledge, lead: str, beside: bool
) -> None:
    section = lead.split("/")[0]
    other = next(
        p.id for p in knowledge.sections[section].passages if p.id != lead and p.id not in knowledge.passages[lead].same_as
    )
    labels = [(lead, 0.8), (other, 0.07), ("sle-guide#causes/genetics", 0.08)]

    assert [p.id for p in select(Question("?", labels), knowledge).companions] == ([other] if beside else [])


def test_of_two_things_named_the_second_is_told_as_fully_as_the_first(knowledge: Knowledge) -> None:
    rituximab, belimumab = (f"sle-guide#prior_treatments/{name}" for name in ("rituximab", "belimumab"))
    question = Question(
        "rituximab and belimumab?", [(rituximab, 0.7), (belimumab, 0.2)], [("drug", "rituximab"), ("drug", "belimumab")]
    )

    told = draft_passages(select(question, knowledge), question, knowledge).parts[1].text

    assert told == " ".join(sentence.text for sentence in knowledge.passages[belimumab].sentences[:2])


def test_within_a_topic_a_label_that_is_hardly_likely_says_nothing(knowledge: Knowledge) -> None:
    def within(share: float, *, in_china: bool = False) -> list[str]:
        labels = [("sle-guide#overview/what-lupus-is", 0.3), ("sle-guide#eligibility/age", share)]
        return [label for label, _ in within_topic(labels, "ask_eligibility", knowledge, in_china=in_china)]

    assert within(0.2) == ["sle-guide#eligibility/age"]
    assert within(0.02) == ["sle-guide#eligibility/all"]
    assert within(0.02, in_china=True) == ["china-guide#eligibility/all"]


@pytest.mark.parametrize(("share", "lead"), [(0.43, "china-guide#approval/nmpa-review"), (0.2, None)])
def test_a_passage_nearly_as_likely_as_its_section_as_a_whole_answers(
    knowledge: Knowledge, share: float, lead: str | None
) -> None:
    labels = [("china-guide#approval/all", 0.49), ("china-guide#approval/nmpa-review", share)]
    selection = select(Question("Who decides on approval in China?", labels), knowledge)

    assert (selection.lead.id if selection.lead else None) == lead


def test_a_sentence_that_does_not_name_what_the_question_names_opens_no_answer(knowledge: Knowledge) -> None:
    label = "china-guide#how_it_works/b-cells-cd19"
    question = Question("What is CD19?", [(label, 0.9)], [(knowledge.terms["cd19"].kind, "cd19")])

    assert "CD19" in draft_passages(select(question, knowledge), question, knowledge).parts[0].text.split(".")[0]


def test_the_exchange_in_the_readme_is_a_real_one(knowledge: Knowledge) -> None:
    text = "What does CAR-T cost in China?"
    answer = reply(Question(text, [("china-guide#cost/price-range", 0.9)], [(COUNTRY_KIND, "china")]), knowledge, asks_price=True)
    shown = (ROOT.parent / "README.md").read_text(encoding="utf-8").split("```")[1]

    assert shown.split() == f"you> {text} {answer.text} > {' > '.join(answer.suggestions)}".split()


def test_beside_an_overview_stands_the_passage_that_is_likely(knowledge: Knowledge) -> None:
    whole, nmpa = "china-guide#approval/all", "china-guide#approval/nmpa-review"
    alone = reply(Question("who approves it?", [(whole, 0.65), (nmpa, 0.1)]), knowledge, asks_price=False)
    besides = reply(Question("who approves it?", [(whole, 0.65), (nmpa, 0.18)]), knowledge, asks_price=False)

    assert nmpa not in [c.id for c in alone.citations]
    assert [c.id for c in besides.citations] == [*(c.id for c in alone.citations), nmpa]
    assert "NMPA" in besides.text
    assert knowledge.passages[nmpa].question not in besides.suggestions


@pytest.mark.parametrize(("country", "both"), [("china", True), ("south-korea", False), ("turkey", False)])
def test_that_the_guides_differ_is_said_where_both_figures_stand(knowledge: Knowledge, country: str, both: bool) -> None:
    question = Question("what does it cost there?", [("sle-guide#cost/all", 0.9)], [(COUNTRY_KIND, country)])

    answer = reply(question, knowledge, asks_price=True)

    assert (wording()["prices_differ"] in answer.text) == both
    assert ({c.id.split("#")[0] for c in answer.citations} == {"sle-guide", "china-guide"}) == both


def test_a_passage_that_names_the_frame_only_is_completed(knowledge: Knowledge) -> None:
    whole = "sle-guide#success_stories/evidence-so-far"
    results = "sle-guide#success_stories/german-studies"
    what = reply(Question("what is there to show for it", [(whole, 0.9)]), knowledge, asks_price=False)
    why = reply(Question("why is so little published", [(whole, 0.9)]), knowledge, asks_price=False)

    assert [c.id for c in what.citations] == [whole, results] and "remission" in what.text
    assert [c.id for c in why.citations] == [whole]  # its own reason is what was asked for


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("sle-guide#overview/car-t-for-lupus", "what is this CAR-T everybody talks about"),
        ("china-guide#how_it_works/what-car-t-is", "what is CAR-T, explained to a child"),
    ],
)
def test_what_a_thing_is_is_completed_by_what_it_does(knowledge: Knowledge, label: str, text: str) -> None:
    answer = reply(Question(text, [(label, 0.9)]), knowledge, asks_price=False)

    assert "immunotherapy" in answer.text.split("B cells")[0] and "B cells" in answer.text


def test_a_reason_is_completed_by_the_reason(knowledge: Knowledge) -> None:
    asked = Question("why is it so dear", [("sle-guide#cost/why-expensive", 0.9)])

    assert "R&D" in reply(asked, knowledge, asks_price=False).text


@pytest.mark.parametrize("authority", [(), (("institution", "fda"),)])
def test_how_far_the_west_is_shows_no_price(knowledge: Knowledge, authority: tuple[tuple[str, str], ...]) -> None:
    answer = finish([draft_western_status(Question("approved there?", [], authority), knowledge)], knowledge)

    assert "clinical trial phase" in answer.text and "$" not in answer.text
    assert ("FDA" in answer.text) == bool(authority)


@pytest.mark.parametrize(
    "text", ["where is it cheaper then", "wheres it less", "wher is cheeper", "where would be the lowest price"]
)
def test_where_it_is_cheaper_is_answered_by_all_prices(knowledge: Knowledge, text: str) -> None:
    answer = reply(Question(text, [("sle-guide#cost/all", 0.9)], [(COUNTRY_KIND, "usa")]), knowledge, asks_price=True)

    assert {"sle-guide#cost/asia", "sle-guide#cost/eastern-europe"} <= {c.id for c in answer.citations}


def test_what_completes_a_frame_goes_before_its_neighbour(knowledge: Knowledge) -> None:
    frame, neighbour = "sle-guide#why_abroad/why-people-go", "sle-guide#why_abroad/privacy"
    answer = reply(Question("other reasons to travel", [(frame, 0.6), (neighbour, 0.3)]), knowledge, asks_price=False)

    assert [c.id for c in answer.citations][:2] == [frame, knowledge.passage(frame).beside[0]]
