"""Messages that lean on what was said before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialogue.context import Context
from dialogue.followups import Leaning, lean, meant_instead, without_preamble
from dialogue.parse import Parse
from dialogue.places import Places
from knowledge.passage import Knowledge

PRICE = Context(
    question="how much is it in Turkey?",
    section="sle-guide#cost",
    passages=("sle-guide#cost/eastern-europe",),
    countries=("turkey",),
)
CRS = Context(question="What is CRS?", section="sle-guide#risks", passages=("sle-guide#risks/crs",), referent="crs")
STAY = Context(question="How long is the stay?", section="sle-guide#recovery", passages=("sle-guide#recovery/hospital-stay",))
Read = Callable[..., "Leaning | None"]


@pytest.fixture(scope="module")
def read(knowledge: Knowledge) -> Read:
    """Read a text after a context; `terms` are what the NLU finds in it."""
    places = Places(knowledge)
    return lambda text, context, terms=(): lean(text, Parse(text, "x", 0.3, terms=terms), context, knowledge, places)


@pytest.mark.parametrize("text", ["and in China?", "why?", "how is that treated?", "is it cheaper than Korea?", "over there?"])
def test_nothing_leans_on_a_conversation_that_has_not_begun(read: Read, text: str) -> None:
    assert read(text, Context()) is None


# -- places ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("and in China?", "how much is it in China?"),
        ("what about korea", "how much is it in South Korea?"),
        ("and the US?", "how much is it in USA?"),
        ("germany", "how much is it in Germany?"),
        ("China and Korea?", "how much is it in China and South Korea?"),
        ("and in japan?", "how much is it in Japan?"),
        ("no, not turkey, germany", "how much is it in Germany?"),
    ],
)
def test_a_bare_place_asks_the_last_question_there(read: Read, text: str, alone: str) -> None:
    leaning = read(text, PRICE)

    assert (leaning.kind, leaning.text, leaning.target) == ("place", alone, "sle-guide#cost/all")


@pytest.mark.parametrize(
    "text", ["not turkey, in general", "in general", "and generally?", "no, not turkey, anywhere", "worldwide?"]
)
def test_in_general_asks_the_last_question_without_its_place(read: Read, text: str) -> None:
    assert read(text, PRICE).text == "how much is it in general?"


def test_china_leads_to_the_guide_on_china(read: Read) -> None:
    assert read("and in China?", CRS).target == "china-guide#risks/crs"


def test_a_country_of_its_own_leads_to_its_passage(read: Read) -> None:
    context = Context(question="what speaks for China?", section="sle-guide#countries", passages=("sle-guide#countries/china",))

    assert read("and Turkey?", context).target == "sle-guide#countries/turkey"


def test_a_place_with_a_matter_of_its_own_is_not_the_last_question(read: Read) -> None:
    leaning = read("how about the risks in china?", PRICE)

    assert leaning is None or leaning.kind != "place"


def test_there_is_the_place_talked_about(read: Read) -> None:
    assert read("who can help with the language there?", PRICE).text == "who can help with the language in Turkey?"


def test_there_is_names_no_place(read: Read) -> None:
    leaning = read("is there a risk of infection in all this for older people", PRICE)

    assert leaning is None


# -- comparisons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("is it cheaper than the US?", "is Turkey cheaper than the US?"),
        ("cheaper than korea?", "cost Turkey cheaper than korea?"),
        ("and compared to China?", "cost Turkey compared to China?"),
    ],
)
def test_one_place_is_compared_with_the_one_before(read: Read, text: str, alone: str) -> None:
    leaning = read(text, PRICE)

    assert (leaning.kind, leaning.text) == ("compare", alone)


def test_a_place_is_not_compared_with_itself(read: Read) -> None:
    leaning = read("is turkey cheaper than that?", PRICE)

    assert leaning is None or leaning.kind != "compare"


# -- what "it" means -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("how is that treated?", "how is cytokine release syndrome treated?"),
        ("is it common?", "is cytokine release syndrome common?"),
        ("and how long does it last", "how long does cytokine release syndrome last"),
        ("what are its signs?", "what are cytokine release syndrome's signs?"),
        ("it's dangerous?", "cytokine release syndrome is dangerous?"),
        ("what are the mild signs?", "what are the mild signs of cytokine release syndrome?"),
    ],
)
def test_a_pronoun_becomes_what_was_named(read: Read, text: str, alone: str) -> None:
    leaning = read(text, CRS)

    assert leaning.text == alone


def test_a_message_that_names_its_own_subject_keeps_it(read: Read) -> None:
    leaning = read("how is it with ICANS?", CRS, (("complication", "icans"),))

    assert leaning is None or leaning.kind != "referent"


def test_a_long_message_says_itself_what_it_is_about(read: Read) -> None:
    assert read("my sister had it two years ago and her doctors were never sure what it was", CRS) is None


def test_a_side_alone_is_of_the_last_question(read: Read) -> None:
    leaning = read("how treated?", STAY)

    assert (leaning.kind, leaning.text) == ("ellipsis", "How long is the stay: how treated?")


def test_with_a_pronoun_and_nothing_named_no_pattern_says_what_is_meant(read: Read) -> None:
    assert read("is it painful?", STAY) is None


# -- bare questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facet", "text"),
    [
        ("why", "why?"),
        ("why", "but why"),
        ("why", "how come?"),
        ("why", "why is that?"),
        ("how", "how?"),
        ("how", "how exactly"),
        ("how", "and how does that work?"),
        ("then", "and then?"),
        ("then", "then what?"),
        ("then", "what next"),
        ("then", "after that?"),
        ("then", "what happens after that?"),
        ("then", "and later"),
        ("meanwhile", "and until then?"),
        ("meanwhile", "what about in the meantime"),
        ("who", "who?"),
        ("who", "by whom"),
        ("where", "and where?"),
        ("where_was", "where was that"),
        ("where_was", "which country is that from"),
        ("where_was", "and where were these studies done?"),
        ("why", "why would they want all that"),
        ("why", "why do they check so much?"),
        ("when", "when is that?"),
        ("join", "how do I join?"),
        ("join", "ok so how can my sister sign up for it"),
        ("join", "where do we enroll"),
        ("join", "how to get started"),
    ],
)
def test_a_bare_question_keeps_the_matter(read: Read, facet: str, text: str) -> None:
    leaning = read(text, STAY)

    assert (leaning.kind, leaning.facet) == ("bare", facet)


@pytest.mark.parametrize(
    "text",
    ["why is CAR-T expensive?", "how much?", "who qualifies?", "where is Erlangen?", "next of kin", "how does it start to work"],
)
def test_a_question_with_a_matter_of_its_own_is_not_bare(read: Read, text: str) -> None:
    leaning = read(text, STAY)

    assert leaning is None or leaning.kind != "bare"


def test_and_then_goes_on_through_the_phases_of_recovery(read: Read) -> None:
    phases, shown = [], "sle-guide#recovery/hospital-stay"
    while len(phases) < 3:
        shown = read("and then?", Context(question="?", section="sle-guide#recovery", passages=(shown,))).target
        phases.append(shown.split("/")[1])

    assert phases == ["monitoring-after-discharge", "long-term-recovery", "late-monitoring-and-tapering"]


@pytest.mark.parametrize(
    ("section", "passage", "countries", "target"),
    [
        ("china-guide#benefits", "benefits-summary", (), "sle-guide#success_stories/german-studies"),
        ("china-guide#benefits", "benefits-summary", ("china",), "china-guide#trials/early-remissions"),
        ("sle-guide#overview", "drug-free-remission-aim", (), "sle-guide#success_stories/german-studies"),
    ],
)
@pytest.mark.parametrize("text", ["where was that?", "in which countries", "and in what country"])
def test_where_a_benefit_was_seen_is_where_it_was_studied(
    read: Read, text: str, section: str, passage: str, countries: tuple[str, ...], target: str
) -> None:
    after = Context(question="does it help", section=section, passages=(f"{section}/{passage}",), countries=countries)

    assert (read(text, after).facet, read(text, after).target) == ("where_was", target)


@pytest.mark.parametrize("text", ["over in China, same story?", "is it the same thing in china"])
def test_the_same_elsewhere_is_the_last_question_there(read: Read, text: str) -> None:
    leaning = read(text, Context(question="is it approved in the US", section="sle-guide#cost", countries=("usa",)))

    assert (leaning.kind, leaning.text) == ("place", "is it approved in China?")


@pytest.mark.parametrize("text", ["which ones?", "ok, what kind", "and which types exactly?"])
def test_which_ones_is_asked_of_what_was_told(read: Read, text: str) -> None:
    assert (read(text, STAY).target, read(text, STAY).facet) == (STAY.passages[0], "it")


def test_in_which_countries_after_anything_else_is_a_question_of_its_own(read: Read) -> None:
    leaning = read("in which countries", STAY)

    assert leaning is None or leaning.facet != "where_was"


def test_where_it_was_is_asked_of_what_was_told(read: Read, knowledge: Knowledge) -> None:
    told = "china-guide#trials/early-remissions"
    after = Context(question="has anyone got there", section="china-guide#trials", passages=(told,))

    assert knowledge.follow_up(told, "where") != told
    assert read("where was that", after).target == told

    stories = Context(
        question="what evidence is there",
        section="sle-guide#success_stories",
        passages=("sle-guide#success_stories/evidence-so-far",),
    )
    assert read("where were those studies done", stories).target == "sle-guide#success_stories/german-studies"


def test_why_leads_where_the_table_says(read: Read, knowledge: Knowledge) -> None:
    assert read("why?", STAY).target == knowledge.follow_ups["sle-guide#recovery/hospital-stay"]["why"]


@pytest.mark.parametrize(
    ("shown", "target"),
    [
        ("china-guide#trials/many-trials", "china-guide#access/structured-process"),
        ("sle-guide#countries/turkey", "sle-guide#travel/pre-travel-consultation"),
    ],
)
def test_how_to_join_leads_to_the_way_in(read: Read, shown: str, target: str) -> None:
    assert read("how do I join?", Context(question="?", section=shown.split("/")[0], passages=(shown,))).target == target


def test_why_stays_with_a_passage_that_gives_its_reason(read: Read) -> None:
    context = Context(question="?", section="sle-guide#cost", passages=("sle-guide#cost/asia",))

    assert read("why?", context).target == "sle-guide#cost/asia"


def test_a_bare_question_without_a_known_target_has_none(read: Read) -> None:
    assert read("who?", STAY).target == ""


# -- corrections -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, I meant recovery", "recovery"),
        ("*risks", "risks"),
        ("risks*", "risks"),
        ("** risks **", "risks"),
        ("sorry, i meant the price in china", "the price in china"),
        ("i mean recovery", "recovery"),
        ("oops I was asking about crs", "crs"),
        ("actually I wanted to know about risks", "risks"),
        ("make that germany", "germany"),
        ("not that, the risks", "the risks"),
    ],
)
def test_a_correction_leaves_what_was_meant(text: str, meant: str) -> None:
    assert meant_instead(text) == meant


@pytest.mark.parametrize("text", ["no", "what are the risks?", "5 * 3", "recovery", "it is meant for whom", "*", ""])
def test_what_corrects_nothing_leaves_nothing(text: str) -> None:
    assert meant_instead(text) == ""


# -- the second one --------------------------------------------------------------------------------------------------------

PHASES = Context(
    question="what comes after the infusion?",
    section="sle-guide#recovery",
    passages=(
        "sle-guide#recovery/hospital-stay",
        "sle-guide#recovery/monitoring-after-discharge",
        "sle-guide#recovery/long-term-recovery",
    ),
)
BIOLOGICS = Context(
    question="which biologics are there?",
    section="sle-guide#prior_treatments",
    passages=("sle-guide#prior_treatments/biologics",),
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("the third one please", "sle-guide#recovery/long-term-recovery"),
        ("more about the second phase", "sle-guide#recovery/monitoring-after-discharge"),
        ("the last stage?", "sle-guide#recovery/long-term-recovery"),
        ("tell me more about phase 2", "sle-guide#recovery/monitoring-after-discharge"),
        ("stage three?", "sle-guide#recovery/long-term-recovery"),
    ],
)
def test_an_ordinal_is_a_passage_of_the_answer(read: Read, text: str, target: str) -> None:
    leaning = read(text, PHASES)

    assert (leaning.kind, leaning.target) == ("bare", target)


def test_an_ordinal_is_one_of_what_a_sentence_counts_up(read: Read) -> None:
    told = "sle-guide#risks/serious-side-effects"
    after = Context(question="is it dangerous", section="sle-guide#risks", passages=(told,))

    assert "ICANS" in read("how long does the second one last", after).text


def test_an_ordinal_is_a_thing_that_the_only_passage_lists(read: Read, knowledge: Knowledge) -> None:
    assert read("is the first one an antibody", BIOLOGICS).text == f"is {knowledge.terms['belimumab'].name} an antibody"


@pytest.mark.parametrize("text", ["the fourth one", "the first thing I do in the morning is cry"])
def test_an_ordinal_without_its_thing_leans_on_nothing_in_order(read: Read, text: str) -> None:
    leaning = read(text, PHASES)

    assert leaning is None or leaning.kind == "ellipsis"


# -- why so, elsewhere, by the way -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["why so strict", "why is it that complicated?", "but why does it take so long", "y so many"])
def test_why_so_asks_for_the_reason_of_what_was_said(read: Read, text: str) -> None:
    leaning = read(text, STAY)

    assert (leaning.kind, leaning.facet) == ("bare", "why")


def test_a_message_taken_for_a_why_is_one(knowledge: Knowledge) -> None:
    leaning = lean("what makes this so important", Parse("", "ask_why", 0.8), STAY, knowledge, Places(knowledge))

    assert leaning is not None and leaning.facet == "why"


@pytest.mark.parametrize("text", ["and outside of China?", "elsewhere?", "what about other countries"])
def test_elsewhere_leads_from_the_guide_on_china_to_the_other(read: Read, text: str) -> None:
    context = Context(question="which age in China", section="china-guide#eligibility", countries=("china",))

    assert read(text, context).target == "sle-guide#eligibility/all"


def test_a_price_asked_of_a_country_stays_a_price_at_the_next(read: Read) -> None:
    context = Context(question="what would Turkey set me back", section="sle-guide#countries", countries=("turkey",))

    assert read("and Germany?", context).target == "sle-guide#cost/all"


@pytest.mark.parametrize("text", ["and what helps against heavy flares", "but who pays if I stay longer"])
def test_a_longer_question_after_and_may_stand_alone(read: Read, text: str) -> None:
    assert read(text, CRS) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("btw who won the cup", "who won the cup"),
        ("different thing: what is CRS", "what is CRS"),
        ("One more question, is it painful", "is it painful"),
        ("fair enough. which drugs are there", "which drugs are there"),
        ("going back to the stay, how many weeks was it", "stay: how many weeks was it"),
        ("ok back to Turkey: what about doctors", "Turkey: what about doctors"),
        ("ok", "ok"),
        ("right", "right"),
        ("new drugs", "new drugs"),
        ("can I go back to work, what do they say", "can I go back to work, what do they say"),
    ],
)
def test_what_is_said_before_a_question_is_no_part_of_it(text: str, question: str) -> None:
    assert without_preamble(text) == question


# -- a side of what was told -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["what helps?", "and how common", "ok what do they give against it"])
def test_a_side_alone_is_one_of_the_passage_that_was_told(read: Read, text: str) -> None:
    told = Context(question="What is CRS?", section="sle-guide#risks", passages=("sle-guide#risks/crs",))

    assert read(text, told).target == "sle-guide#risks/crs"


def test_a_side_that_the_passage_says_nothing_of_is_none(read: Read) -> None:
    told = Context(question="which age", section="china-guide#eligibility", passages=("china-guide#eligibility/age-limits",))

    assert getattr(read("what helps?", told), "target", "") == ""


# -- lists, corrections from the other end, prices named some turns ago ---------------------------------------------------

TWO = Context(
    question="CRS and ICANS, what are these?",
    section="sle-guide#risks",
    passages=("sle-guide#risks/icans", "sle-guide#risks/crs"),
    listed=("sle-guide#risks/crs", "sle-guide#risks/icans"),
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("tell me about the first", "sle-guide#risks/crs"),
        ("the latter please", "sle-guide#risks/icans"),
        ("number 2?", "sle-guide#risks/icans"),
        ("and the second?", "sle-guide#risks/icans"),
    ],
)
def test_an_ordinal_is_one_of_what_was_listed_in_its_order(read: Read, text: str, target: str) -> None:
    assert read(text, TWO).target == target


def test_an_ordinal_with_a_question_stands_for_its_name(read: Read, knowledge: Knowledge) -> None:
    name = knowledge.passages["sle-guide#risks/icans"].title

    assert read("the latter scares me more. what signs?", TWO).text == f"{name}: what signs?"


def test_what_was_asked_of_the_first_is_asked_of_the_second(read: Read, knowledge: Knowledge) -> None:
    first, second = (knowledge.passages[name].title for name in TWO.listed)
    asked = Context(
        question=f"{first}, how is it treated?",
        section="sle-guide#risks",
        passages=("sle-guide#risks/crs",),
        listed=TWO.listed,
    )

    assert read("and the second?", asked).text == f"{second}, how is it treated?"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("oh no, wrong, Turkey I wanted to write!", "Turkey"),
        ("recovery i meant", "recovery"),
        ("i mean china not chian, big fingers sorry", "china"),
        ("i was meaning the risks", "the risks"),
        ("that's useless, not what i wanted", ""),
        ("that isn't what i meant", ""),
    ],
)
def test_a_correction_may_come_before_its_sign(text: str, meant: str) -> None:
    assert meant_instead(text) == meant


def test_the_guide_on_all_countries_is_meant_by_general_and_not_there(read: Read) -> None:
    rules = Context(question="who can join in China?", section="china-guide#eligibility", countries=("china",))

    assert read("the general criteria, not china", rules).target == "sle-guide#eligibility/all"


def test_the_price_of_a_place_named_some_turns_ago(read: Read) -> None:
    seals = Context(question="which seals count?", section="sle-guide#safety_quality", all_countries=("germany", "turkey"))

    assert read("its price again?", seals).text == "what is the price in Turkey?"
    assert read("does the price include a hotel", seals) != read("its price again?", seals)


def test_the_cheaper_of_two_places_named_before(read: Read) -> None:
    two = Context(
        question="price in Germany?", section="sle-guide#cost", countries=("germany",), all_countries=("turkey", "germany")
    )

    assert read("hmm so wich 1 is cheper of dem 2", two).text == "which is cheaper, Turkey or Germany?"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("*hospital stay, this keyboard hates me", "*hospital stay"),
        ("*hospital, after infusion", "*hospital, after infusion"),
        ("Explain to me like to a child how it works", "Explain to me how it works"),
        ("is it for a child too?", "is it for a child too?"),
        ("Korea or Turkey, but not the money, whose doctors are better", "Korea or Turkey whose doctors are better"),
        ("Korea or Turkey (leave out the cost) - whose doctors are better", "Korea or Turkey - whose doctors are better"),
        ("not the price, the risks", "the risks"),
        ("not the price", "not the price"),
        ("how much us?", "how much US?"),
        ("is Germany cheaper than us or not", "is Germany cheaper than US or not"),
        ("what does it cost us", "what does it cost us"),
        ("more than us patients can pay", "more than us patients can pay"),
        ("is it not the price that counts", "is it not the price that counts"),
    ],
)
def test_excuses_the_way_to_tell_it_and_what_is_left_out_are_no_part_of_the_question(text: str, question: str) -> None:
    assert " ".join(without_preamble(text).split()) == question


def test_the_second_of_my_three_is_the_second(read: Read) -> None:
    assert read("and the second of my two?", TWO).target == "sle-guide#risks/icans"


def test_a_country_that_was_wrong_is_put_right(read: Read) -> None:
    assert read("oh no wrong country, my brother is in the USA", PRICE).text == "how much is it in USA?"


def test_another_country_that_is_asked_about_is_no_wrong_one(read: Read) -> None:
    leaning = read("which other country besides China is any good", PRICE)

    assert leaning is None or leaning.kind != "place"


def test_like_before_a_number_is_about(text: str = "does it take like 5 days") -> None:
    assert without_preamble(text) == text


FAILED_BEFORE = Context(
    question="how many drugs must fail before a trial", section="china-guide#eligibility",
    passages=("china-guide#eligibility/refractory-disease",), countries=("china",),
)  # fmt: skip
FAILED_IN_GENERAL = Context(
    question="how many drugs must fail", section="sle-guide#eligibility", passages=("sle-guide#eligibility/severe-refractory",)
)


@pytest.mark.parametrize("text", ["and outside china?", "the general rule, not china", "elsewhere?", "in general"])
def test_the_same_matter_in_the_general_guide_is_its_own_passage(read: Read, text: str) -> None:
    assert read(text, FAILED_BEFORE).target == "sle-guide#eligibility/severe-refractory"


@pytest.mark.parametrize("text", ["and in china exactly?", "what about china"])
def test_the_same_matter_in_the_guide_on_china_is_its_own_passage(read: Read, text: str) -> None:
    assert read(text, FAILED_IN_GENERAL).target == "china-guide#eligibility/refractory-disease"


def test_after_how_far_the_west_is_a_place_asks_how_far_it_is_there(read: Read) -> None:
    context = Context(
        question="is it approved in USA?", section="sle-guide#cost", passages=("sle-guide#cost/usa-western-europe",)
    )

    leaning = read("and korea?", context)

    assert (leaning.text, leaning.target) == ("is it approved in South Korea?", "")
