"""The actions that answer: kind, citations, suggestions, context; from trackers made by hand and in conversations."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import (
    TALK,
    ActionAnswerFromPassages,
    ActionClarify,
    ActionMore,
    ActionOutOfScope,
    ActionPersonalAdvice,
    ActionRespond,
    asks_price,
)
from actions.handoff import ActionRequestHandoff
from actions.privacy import ActionPrivacy
from actions.sending import finish, has_response, response_text
from deploy.models import ROOT
from dialogue.context import Context
from knowledge.passage import Knowledge
from knowledge.retrieval import Question

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "data/rules.yml").read_text(encoding="utf-8"))["rules"]
ACTIONS = (
    ActionAnswerFromPassages,
    ActionClarify,
    ActionMore,
    ActionOutOfScope,
    ActionPersonalAdvice,
    ActionPrivacy,
    ActionRequestHandoff,
    ActionRespond,
)


def tracker(text: str, intent: str, labels: list[tuple[str, float]], entities: list[tuple[str, str]] = ()) -> Tracker:
    """A tracker whose last message was understood as given, and read by nobody."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "labels": [{"label": name, "confidence": share} for name, share in labels],
        "entities": [{"entity": kind, "value": value} for kind, value in entities],
    }
    return Tracker("ann", {}, message, [], False, None, {}, "action_listen")


def run(action: Any, state: Tracker) -> dict[str, Any]:
    """The one message of an action."""
    dispatcher = CollectingDispatcher()
    action.run(dispatcher, state, DOMAIN)
    (message,) = dispatcher.messages
    return message


def cited(reply: dict[str, Any]) -> list[str]:
    """Ids of the passages that a reply cites."""
    return [citation["id"] for citation in reply["custom"]["citations"]]


# -- answers ---------------------------------------------------------------------------------------------------------------


def test_an_answer_carries_kind_citations_and_suggestions() -> None:
    message = run(
        ActionAnswerFromPassages(), tracker("how long in hospital", "ask_recovery", [("sle-guide#recovery/hospital-stay", 0.9)])
    )

    assert "2 to 4 weeks" in message["text"].split(". ")[0]
    assert message["custom"]["kind"] == "answer"
    assert cited(message)[0] == "sle-guide#recovery/hospital-stay"
    assert [b["payload"] for b in message["buttons"]] == message["custom"]["suggestions"]


def test_the_price_of_a_city_is_that_of_its_country() -> None:
    message = run(
        ActionAnswerFromPassages(),
        tracker("price in istambul", "ask_cost", [("sle-guide#cost/eastern-europe", 0.6)], [("country", "istambul")]),
    )

    assert "$180,000 to $300,000" in message["text"]


def test_a_country_without_a_price_is_said_to_have_none() -> None:
    message = run(
        ActionAnswerFromPassages(),
        tracker("cost in india", "ask_cost", [("sle-guide#cost/all", 0.6)], [("country_not_covered", "india")]),
    )

    assert message["custom"] == {"kind": "out_of_scope", "citations": [], "suggestions": ["How much does CAR-T cost?"]}
    assert "no price for India" in message["text"]


def test_the_named_drug_wins_over_a_neighbour() -> None:
    message = run(
        ActionAnswerFromPassages(),
        tracker(
            "what about benlista",
            "ask_prior_treatments",
            [("sle-guide#prior_treatments/biologics", 0.5), ("sle-guide#prior_treatments/belimumab", 0.2)],
            [("drug", "benlista")],
        ),
    )

    assert cited(message)[0] == "sle-guide#prior_treatments/belimumab"


def test_two_questions_are_answered_in_their_order_with_the_citations_of_both(talk: Any) -> None:
    reply = talk.say("how much is it in Turkey and how long in hospital?")

    assert {"sle-guide#cost/eastern-europe", "sle-guide#recovery/hospital-stay"} <= set(cited(reply))
    assert reply["text"].index("$180,000") < reply["text"].index("2 to 4 weeks")


def test_three_questions_are_all_answered(talk: Any) -> None:
    reply = talk.say("How long in hospital? How much is it in Turkey? What is CRS?")

    assert {"sle-guide#recovery/hospital-stay", "sle-guide#cost/eastern-europe", "sle-guide#risks/crs"} <= set(cited(reply))


def test_a_half_outside_the_documents_gets_its_sentence_after_the_answer(talk: Any) -> None:
    whole = "how long in hospital and can my insurance pay for it"
    talk.nlu.knows(whole, "ask_recovery", "sle-guide#recovery/hospital-stay", confidence=0.6)

    reply = talk.say(whole)

    assert reply["text"].index("2 to 4 weeks") < reply["text"].index("say nothing on insurance")
    assert cited(reply)[0] == "sle-guide#recovery/hospital-stay"
    assert talk.context.offer == "handoff"


def test_two_places_are_compared_from_the_figures(talk: Any) -> None:
    talk.nlu.knows("is Turkey cheaper than the US", "ask_cost", "sle-guide#cost/all")
    talk.say("how much is it in Turkey")

    reply = talk.say("is it cheaper than the US?")

    assert "Turkey is cheaper than USA" in reply["text"]


# -- the next level of detail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", ["how long in hospital", "How long in hospital?!"])
def test_the_same_question_twice_gives_more_and_not_the_same(talk: Any, again: str) -> None:
    first = talk.say("how long in hospital")
    second = talk.say(again)

    assert second["text"].startswith("You asked this before")
    assert cited(second)[0] == cited(first)[0]  # the point once more, since it is what they ask for
    assert "2 to 4 weeks" in first["text"] and "2 to 4 weeks" in second["text"]
    assert not set(cited(first)) & set(cited(second)[1:])
    assert len(cited(second)) > 1


def test_another_question_is_not_taken_for_the_same(talk: Any) -> None:
    talk.say("how long in hospital")

    assert "asked this before" not in talk.say("what is CRS")["text"]


@pytest.mark.parametrize(
    ("kind", "sections"),
    [
        ("would_i_qualify_with_these_values", ["sle-guide#eligibility", "sle-guide#recovery"]),
        ("medication_change", ["sle-guide#recovery"]),
    ],
)
def test_of_two_questions_the_one_on_oneself_gets_the_rule_or_nothing_and_the_words_that_a_doctor_decides(
    talk: Any, nlu: Any, kind: str, sections: list[str]
) -> None:
    both = "Would they take me? How long in hospital?"
    label = f"request_personal_advice:{kind}"
    nlu.knows(both, "request_personal_advice", label).knows("Would they take me?", "request_personal_advice", label)

    reply = talk.say(both)

    assert reply["custom"]["kind"] == "answer"
    assert list(dict.fromkeys(name.split("/")[0] for name in cited(reply) if name.startswith("sle"))) == sections
    assert "personal medical decision" in reply["text"]


def test_of_two_questions_the_one_on_oneself_gets_what_the_guides_say_in_general(talk: Any, nlu: Any) -> None:
    both = "Could it heal my kidneys? How long in hospital?"
    rows = [("request_personal_advice:will_it_work_for_me", 0.7), ("china-guide#benefits/organ-protection", 0.2)]
    nlu.knows(both, "request_personal_advice", *rows).knows("Could it heal my kidneys?", "request_personal_advice", *rows)

    reply = talk.say(both)

    assert cited(reply)[0] == "china-guide#benefits/organ-protection"
    assert "sle-guide#recovery/hospital-stay" in cited(reply)
    assert "personal medical decision" in reply["text"]


def test_the_same_answer_to_another_question_is_said_to_be_the_same(talk: Any, nlu: Any) -> None:
    nlu.knows("is it CRS that comes first", "ask_risks", "sle-guide#risks/crs")
    first = talk.say("what is CRS")
    second = talk.say("is it CRS that comes first")

    assert cited(first) == cited(second)
    assert second["text"].startswith("On this I find only what I showed before")
    assert not first["text"].startswith("On this")


def test_an_answer_that_opens_with_what_is_asked_now_is_no_repetition(talk: Any, nlu: Any) -> None:
    nlu.knows("how is CRS treated", "ask_risks", "sle-guide#risks/crs")
    talk.say("what is CRS")

    assert talk.say("how is CRS treated")["text"].startswith("CRS is managed")


def test_and_then_at_the_end_of_a_section_goes_on_instead_of_repeating(talk: Any, nlu: Any) -> None:
    nlu.knows("which tests are done", "ask_eligibility", "sle-guide#eligibility/evaluation-tests")
    first = talk.say("which tests are done")

    assert not set(cited(first)) & set(cited(talk.say("and then?")))


def test_tell_me_more_shows_everything_once_and_then_says_that_it_was_all(talk: Any, knowledge: Knowledge) -> None:
    shown = cited(talk.say("how long in hospital"))[:1]
    while not (reply := talk.say("tell me more"))["text"].startswith("That is all"):
        shown += cited(reply)
        assert len(shown) < 60, "it goes on for ever"

    assert len(shown) == len(set(shown))
    assert set(shown) >= {passage.id for passage in knowledge.sections["sle-guide#recovery"].passages}


def test_tell_me_more_of_nothing_gets_a_choice(talk: Any) -> None:
    reply = talk.say("tell me more")

    assert reply["custom"]["kind"] == "clarify"
    assert talk.context.options == tuple(reply["custom"]["suggestions"])


def test_say_that_again_says_the_same_passages(talk: Any) -> None:
    first = talk.say("how long in hospital")

    assert cited(talk.say("say that again"))[0] == cited(first)[0]


def test_and_then_walks_through_the_phases_of_recovery(talk: Any) -> None:
    talk.say("how long in hospital")

    leads = [cited(talk.say("and then?"))[0] for _ in range(3)]

    assert leads == [
        f"sle-guide#recovery/{name}"
        for name in ("monitoring-after-discharge", "long-term-recovery", "late-monitoring-and-tapering")
    ]


def test_and_then_after_the_last_phase_is_still_an_answer_or_a_choice(talk: Any) -> None:
    talk.say("how long in hospital")

    replies = [talk.say("and then?") for _ in range(12)]

    assert all(reply["custom"]["kind"] in ("answer", "clarify") for reply in replies)


# -- context ---------------------------------------------------------------------------------------------------------------


def test_a_follow_up_about_a_place_keeps_the_question(talk: Any) -> None:
    talk.nlu.knows("how much is it in China?", "ask_cost", "sle-guide#cost/all")
    talk.say("how much is it in Turkey")

    reply = talk.say("and in China?")

    assert "China" in reply["text"] and "$100,000" in reply["text"]
    assert talk.context.countries == ("china",)


def test_not_there_but_in_general_drops_the_place(talk: Any) -> None:
    talk.nlu.knows("how much is it in general?", "ask_cost", "sle-guide#cost/all")
    talk.say("how much is it in Turkey")

    talk.say("not turkey, in general")

    assert "turkey" not in talk.context.countries
    assert len(talk.context.passages) > 2  # the prices of all regions


def test_it_means_what_the_answer_was_about(talk: Any) -> None:
    talk.nlu.knows("how is cytokine release syndrome treated?", "ask_risks", "sle-guide#risks/crs")
    talk.say("what is CRS")

    assert "tocilizumab" in talk.say("how is that treated?")["text"].split(". ")[0]


def test_it_is_not_the_drug_that_the_treatment_was_compared_with(talk: Any) -> None:
    asked = "what is in it compared to staying on CellCept"
    talk.nlu.knows(asked, "ask_benefits", "china-guide#benefits/organ-protection")

    talk.say(asked)

    assert talk.context.referent != "mycophenolate"


def test_an_offered_question_can_be_chosen_and_leads_to_its_passage_whatever_else_it_could_mean(
    talk: Any, knowledge: Knowledge
) -> None:
    offered = talk.say("how long in hospital")["custom"]["suggestions"][0]
    talk.nlu.knows(offered, "ask_risks", "sle-guide#risks/icans")

    reply = talk.say("the first one")

    assert knowledge.passages[cited(reply)[0]].question == offered


def test_what_makes_it_dear_is_asked_of_china_while_china_is_talked_about(talk: Any) -> None:
    talk.nlu.knows("how much in China", "ask_cost", "china-guide#cost/price-range")
    talk.nlu.knows("what makes it go up", "ask_cost", "sle-guide#cost/what-the-price-depends-on", confidence=0.95)

    talk.say("how much in China")

    assert cited(talk.say("what makes it go up")) == ["china-guide#cost/hospital-and-facility", "china-guide#cost/patient-needs"]


def test_what_a_quote_must_hold_is_no_price_after_two_countries(talk: Any) -> None:
    talk.nlu.knows("Korea or the USA, how much", "ask_cost", "sle-guide#cost/all")
    talk.nlu.knows("what should the quote have in it", "ask_cost", "sle-guide#cost/itemized-quote")

    talk.say("Korea or the USA, how much")

    assert cited(talk.say("what should the quote have in it"))[0] == "sle-guide#cost/itemized-quote"


@pytest.mark.parametrize(("text", "intent"), [("thank you. i mean it", "thank"), ("ok bye", "goodbye")])
def test_thanks_and_farewells_are_no_follow_ups(talk: Any, text: str, intent: str) -> None:
    talk.nlu.knows(text, intent, intent, confidence=0.95)
    talk.say("what is CRS")

    assert talk.say(text)["custom"]["kind"] == "chitchat"


def test_a_number_out_of_range_offers_the_same_questions_again(talk: Any) -> None:
    offered = talk.say("how long in hospital")["custom"]["suggestions"]

    reply = talk.say("7")

    assert "no option with that number" in reply["text"]
    assert reply["custom"]["suggestions"] == offered


def test_thanks_forgets_nothing(talk: Any) -> None:
    talk.say("how long in hospital")
    talk.say("thanks")

    assert talk.context.section == "sle-guide#recovery"


def test_start_over_forgets_everything(talk: Any) -> None:
    talk.say("how long in hospital")
    reply = talk.say("start over")

    assert talk.context == Context(at=talk.now, options=tuple(reply["custom"]["suggestions"]), act="start_over")
    assert talk.say("and then?")["custom"]["kind"] == "clarify"


def test_after_an_hour_nothing_is_known_any_more(talk: Any) -> None:
    talk.say("how long in hospital")
    talk.now += 3601

    assert talk.say("and then?")["custom"]["kind"] == "clarify"


def test_the_context_stays_small_in_a_long_conversation(talk: Any) -> None:
    for _ in range(60):
        for text in ("how long in hospital", "what is CRS", "how much does it cost", "tell me more"):
            talk.say(text)

    assert len(str(talk.data)) < 12_000


# -- unclear messages ------------------------------------------------------------------------------------------------------


def test_an_unclear_message_gets_at_most_three_readings() -> None:
    message = run(
        ActionClarify(),
        tracker(
            "stay",
            "nlu_fallback",
            [
                ("sle-guide#recovery/hospital-stay", 0.2),
                ("sle-guide#travel/all", 0.2),
                ("greet", 0.1),
                ("sle-guide#travel/visa-and-logistics", 0.1),
                ("sle-guide#travel/companion", 0.1),
            ],
        ),
    )

    assert message["custom"]["kind"] == "clarify"
    assert len(message["custom"]["suggestions"]) == 3


def test_the_second_failure_in_a_row_offers_a_person(talk: Any) -> None:
    first, second = talk.say("flurb"), talk.say("blorp")

    assert TALK not in first["custom"]["suggestions"] and talk.context.offer == "handoff"
    assert second["custom"]["suggestions"][-1] == TALK


def test_an_answer_in_between_forgives_the_first_failure(talk: Any) -> None:
    talk.say("flurb")
    talk.say("how long in hospital")

    assert TALK not in talk.say("blorp zork kwim dlap wuzz")["custom"]["suggestions"]


def test_a_complaint_offers_other_readings_and_a_person(talk: Any) -> None:
    talk.nlu.knows(
        "is it dangerous", "ask_risks", ("sle-guide#risks/serious-side-effects", 0.5), ("sle-guide#risks/infections", 0.2)
    )
    first = talk.say("is it dangerous")
    reply = talk.say("that is not what i asked")

    assert reply["custom"]["suggestions"][-1] == TALK
    assert "Can CAR-T be dangerous?" not in reply["custom"]["suggestions"], first["text"]


# -- outside the documents, and for a doctor -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then"), [("what does it cost in japan", "and turkey then"), ("price in brazil?", "n in turkey")]
)
def test_after_a_price_that_is_not_there_the_next_place_is_asked_for_its_price(
    talk: Any, nlu: Any, first: str, then: str
) -> None:
    nlu.knows(first, "out_of_scope", "out_of_scope:other_country")
    nlu.knows(then, "ask_countries", "sle-guide#countries/turkey")
    talk.say(first)

    assert "$180,000" in talk.say(then)["text"]


def test_what_was_refused_cannot_be_said_again(talk: Any, nlu: Any) -> None:
    nlu.knows("price in brazil?", "out_of_scope", "out_of_scope:other_country")
    nlu.knows("say that again", "repeat")
    talk.say("price in brazil?")

    assert talk.say("say that again")["custom"]["kind"] == "clarify"


@pytest.mark.parametrize(("label", "word"), [("out_of_scope:insurance", "insurance"), ("out_of_scope:legal", "do not answer")])
def test_out_of_scope_says_so_and_offers_a_person(label: str, word: str) -> None:
    message = run(ActionOutOfScope(), tracker("?", "out_of_scope", [(label, 0.9)]))

    assert message["custom"] == {"kind": "out_of_scope", "citations": [], "suggestions": []}
    assert word in message["text"] and "person" in message["text"]


def test_personal_advice_is_refused_and_general_facts_are_cited() -> None:
    message = run(
        ActionPersonalAdvice(),
        tracker(
            "should I have it with my kidneys",
            "request_personal_advice",
            [("request_personal_advice:will_it_work_for_me", 0.6), ("sle-guide#eligibility/organ-function", 0.3)],
        ),
    )

    assert message["custom"]["kind"] == "personal_advice"
    assert cited(message)[0] == "sle-guide#eligibility/organ-function"
    assert message["text"].startswith("That is a personal medical decision")


def test_personal_advice_without_a_fitting_passage_cites_nothing() -> None:
    message = run(
        ActionPersonalAdvice(),
        tracker(
            "shall I stop my pills",
            "request_personal_advice",
            [("request_personal_advice:medication_change", 0.9), ("sle-guide#risks/crs", 0.05)],
        ),
    )

    assert message["custom"]["citations"] == []


# -- the dialogue ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "label", "kind", "word"),
    [
        ("greet", "greet", "chitchat", "not medical advice"),
        ("emergency", "emergency:breathing", "emergency", "112"),
        ("emergency", "emergency:self_harm", "emergency", "988"),
        ("thank", "thank", "chitchat", "welcome"),
    ],
)
def test_the_dialogue_gets_its_responses(intent: str, label: str, kind: str, word: str) -> None:
    message = run(ActionRespond(), tracker("x", intent, [(label, 0.9)]))

    assert message["custom"]["kind"] == kind
    assert word in message["text"]


@pytest.mark.parametrize("intent", ["thank", "acknowledge", "affirm", "goodbye"])
@pytest.mark.parametrize(("before", "word"), [("emergency", "get that help now"), ("ask_risks", "")])
def test_thanks_for_the_help_in_an_emergency_are_no_invitation_to_ask_more(intent: str, before: str, word: str) -> None:
    state = tracker("ok", intent, [(intent, 0.9)])
    state.latest_message["metadata"] = {"context": Context(at=1.0, act=before).as_data(), "now": 2.0}

    dispatcher = CollectingDispatcher()
    events = ActionRespond().run(dispatcher, state, DOMAIN)
    text = dispatcher.messages[0]["text"]

    assert (word in text) if word else ("help now" not in text)
    kept = next(event["value"] for event in events if event.get("name") == "context")
    assert (kept["act"] == "emergency") == (before == "emergency")  # the next "thanks", too


def in_language(state: Tracker, language: str) -> Tracker:
    """The same, read as a message in another language."""
    act = state.latest_message["intent"]["name"]
    state.latest_message["reading"] = {"act": act, "how": "plain", "parts": [], "language": language}
    return state


@pytest.mark.parametrize(
    ("label", "language", "words"),
    [
        ("emergency:breathing", "es", "Llame ahora"),
        ("emergency:self_harm", "de", "Telefonseelsorge"),
        ("emergency:other_person_self_harm", "zh", "12356"),
        ("emergency:breathing", "it", "Call your local emergency number"),
    ],
)
def test_an_emergency_is_answered_in_its_language_if_there_is_a_reply_in_it(label: str, language: str, words: str) -> None:
    message = run(ActionRespond(), in_language(tracker("x", "emergency", [(label, 0.9)]), language))

    assert words in message["text"]
    assert message["custom"]["kind"] == "emergency"


@pytest.mark.parametrize(
    ("action", "intent", "words"),
    [
        (ActionRespond(), "thank", "solo responde en inglés"),
        (ActionPrivacy(), "ask_privacy", "solo responde en inglés"),
        (ActionPersonalAdvice(), "request_personal_advice", "solo responde en inglés"),
        (ActionRequestHandoff(), "request_handoff", "están en inglés"),
    ],
)
def test_whoever_writes_in_another_language_is_told_that_what_follows_is_english(action: Any, intent: str, words: str) -> None:
    foreign = run(action, in_language(tracker("x", intent, [(intent, 0.9)]), "es"))
    english = run(action, tracker("x", intent, [(intent, 0.9)]))

    assert words in foreign["text"] and words not in english["text"]
    assert foreign["custom"]["kind"] == english["custom"]["kind"] != "out_of_scope"
    assert foreign["text"].endswith(english["text"])


def test_every_language_that_is_told_of_english_is_told_so_before_a_person_comes() -> None:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    told = {name.rpartition("_")[2] for name in responses if name.startswith("utter_out_of_scope_other_language_")}

    assert told == {name.rpartition("_")[2] for name in responses if name.startswith("utter_request_handoff_in_")}


def test_an_emergency_flags_the_conversation_as_urgent(talk: Any) -> None:
    talk.nlu.knows("i cannot breathe", "emergency", "emergency:breathing")

    talk.say("i cannot breathe")

    assert talk.effects == [{"type": "flag", "what": "urgent"}]


def test_an_emergency_while_details_are_collected_says_nothing_else(talk: Any) -> None:
    talk.nlu.knows("i cannot breathe", "emergency", "emergency:breathing")
    talk.say("can somebody call me")

    reply = talk.say("i cannot breathe")

    assert reply["custom"]["kind"] == "emergency"
    assert "coordinator" not in reply["text"] and talk.context.contact.step == "name"


def test_no_to_the_offer_of_a_person_is_taken_as_such(talk: Any) -> None:
    talk.say("can my insurance pay for it")

    assert "no coordinator then" in talk.say("no")["text"]


# -- privacy ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("ask_privacy:retention", "for as long as"),
        ("ask_privacy:who_sees", "signed-in coordinators"),
        ("ask_privacy:unheard_of", "stored"),
    ],
)
def test_a_question_on_privacy_gets_the_text_of_its_kind(label: str, word: str) -> None:
    message = run(ActionPrivacy(), tracker("how is that", "ask_privacy", [(label, 0.9)]))

    assert message["custom"]["kind"] == "privacy"
    assert word in message["text"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("delete my data", "erasure"),
        ("please erase everything", "erasure"),
        ("I want you to delete my chat", "erasure"),
        ("can you remove my data", "erasure"),
        ("send me a copy of my data", "copy"),
        ("I'd like a copy", "copy"),
    ],
)
def test_a_request_reaches_the_coordinators_as_such(talk: Any, text: str, kind: str) -> None:
    talk.nlu.knows(text, "ask_privacy", f"ask_privacy:{kind}")

    reply = talk.say(text)

    assert talk.effects == [{"type": "privacy_request", "what": kind}]
    assert "{reference}" in reply["text"]


@pytest.mark.parametrize(
    ("text", "language", "effects"),
    [
        ("Bitte löschen Sie meine Daten", "de", [{"type": "privacy_request", "what": "erasure"}]),
        ("我想要一份我的数据副本", "zh", [{"type": "privacy_request", "what": "copy"}]),
        ("Wann werden meine Daten gelöscht?", "de", []),
    ],
)
def test_a_request_in_another_language_reaches_them_too(text: str, language: str, effects: list[dict[str, str]]) -> None:
    dispatcher = CollectingDispatcher()
    asked = in_language(tracker(text, "ask_privacy", [("ask_privacy:stored", 0.9)]), language)

    events = ActionPrivacy().run(dispatcher, asked, DOMAIN)

    assert [event["value"] for event in events if event.get("name") == "effects"] == ([effects] if effects else [[]])
    assert ("{reference}" in dispatcher.messages[0]["text"]) == bool(effects)


@pytest.mark.parametrize(
    ("text", "kind"), [("how can I have my data deleted", "erasure"), ("is there a way to get a copy", "copy")]
)
def test_a_question_on_a_request_is_none(talk: Any, text: str, kind: str) -> None:
    talk.nlu.knows(text, "ask_privacy", f"ask_privacy:{kind}")

    reply = talk.say(text)

    assert talk.effects == []
    assert "{reference}" not in reply["text"]


# -- prices ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label", "wanted"),
    [
        ("how much is it", "sle-guide#cost/all", True),
        ("which country is cheapest", "sle-guide#countries/all", True),
        ("what does it cost in Korea", "sle-guide#countries/south-korea", True),
        ("why is it so expensive", "sle-guide#cost/all", False),
        ("and the price?", "sle-guide#cost/what-the-price-depends-on", True),
        ("and the price of a mistake?", "sle-guide#cost/what-the-price-depends-on", False),
        ("what speaks for Korea", "sle-guide#countries/south-korea", False),
        ("how long in hospital", "sle-guide#recovery/hospital-stay", False),
        ("what would Korea set us back", "sle-guide#countries/south-korea", True),
        ("which country wins, price and quality together", "sle-guide#countries/all", False),
        ("where do I get most for my money", "sle-guide#countries/all", False),
        ("Dad looks at the bill only. What speaks for Korea?", "sle-guide#countries/south-korea", False),
        ("Would Korea be cheaper? My aunt lives in Busan.", "sle-guide#countries/south-korea", True),
    ],
)
def test_an_amount_of_money_is_given_when_one_is_asked_for(text: str, label: str, wanted: bool) -> None:
    assert asks_price(Question(text, [(label, 0.9)])) is wanted


def test_a_question_without_labels_asks_for_no_price() -> None:
    assert asks_price(Question("how much", [])) is False


# -- domain and rules ------------------------------------------------------------------------------------------------------


def test_every_turn_ends_with_context_effects_and_nothing_more_to_say() -> None:
    events = finish(Context(section="sle-guide#risks"), [{"type": "flag", "what": "urgent"}])

    assert [event["event"] for event in events] == ["slot", "slot", "followup"]
    assert events[0]["value"]["section"] == "sle-guide#risks" and events[1]["value"] == [{"type": "flag", "what": "urgent"}]


def test_a_response_that_does_not_exist_or_lacks_a_value_is_an_error() -> None:
    assert not has_response("utter_nowhere")
    with pytest.raises(KeyError):
        response_text("utter_nowhere")
    with pytest.raises(KeyError):
        response_text("utter_handoff_done")


def test_domain_and_code_name_the_same_actions() -> None:
    assert {action().name() for action in ACTIONS} == set(DOMAIN["actions"])


def test_every_intent_of_the_dialogue_has_a_response() -> None:
    answered = [rule["steps"][0]["intent"] for rule in RULES if rule["steps"][1]["action"] == "action_respond"]

    assert answered
    assert all(f"utter_{intent}" in DOMAIN["responses"] for intent in answered)


def test_every_intent_has_a_rule() -> None:
    intents = {rule["steps"][0]["intent"] for rule in RULES}

    assert set(DOMAIN["intents"]) | {"nlu_fallback"} == intents


def test_every_response_has_a_use() -> None:
    intents = {rule["steps"][0]["intent"] for rule in RULES}
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    made = ("utter_handoff_", "utter_privacy_request_")  # the rest of the name is a step or a kind

    unused = [
        name
        for name in DOMAIN["responses"]
        if name not in code and not name.startswith(made) and not any(name.removeprefix("utter_").startswith(i) for i in intents)
    ]
    assert unused == []


def test_what_was_listed_stays_while_one_after_the_other_is_asked_about(talk: Any, knowledge: Knowledge) -> None:
    talk.nlu.knows("what are CRS and ICANS", "ask_risks", ("sle-guide#risks/icans", 0.9))
    name = knowledge.passages["sle-guide#risks/icans"].title
    talk.nlu.knows(f"{name}: what signs?", "ask_risks", "sle-guide#risks/icans")

    talk.say("what are CRS and ICANS")
    assert talk.context.listed[:2] == ("sle-guide#risks/crs", "sle-guide#risks/icans")  # as they were named
    assert cited(talk.say("the latter scares me. what signs?"))[0] == "sle-guide#risks/icans"
    assert cited(talk.say("and what about the first?"))[0] == "sle-guide#risks/crs"

    talk.say("how long in hospital")
    assert talk.context.listed == ()


def test_the_cheapest_place_is_a_price_and_whether_cheap_is_good_is_none() -> None:
    labels = [("sle-guide#countries/all", 0.5), ("sle-guide#countries/best-value-meaning", 0.3)]

    assert asks_price(Question("which country is cheapest", labels))
    assert not asks_price(Question("is the cheapest country always the best choice?", labels))


def test_simpler_is_less_and_not_the_same_once_more(talk: Any) -> None:
    first = talk.say("how long in hospital")
    simpler = talk.say("explain simpler pls")

    assert simpler["text"].startswith("In short:")
    assert cited(simpler) == cited(first)[:1]
    assert len(simpler["text"]) < len(first["text"])


def test_two_questions_with_one_answer_get_it_once(talk: Any) -> None:
    talk.nlu.knows("what is CRS?", "ask_risks", ("sle-guide#risks/crs", 0.9), ("sle-guide#risks/all", 0.05))
    talk.nlu.knows("when does the storm begin?", "ask_risks", ("sle-guide#risks/all", 0.9))
    talk.nlu.knows("what is CRS? when does the storm begin?", "ask_risks", ("sle-guide#risks/crs", 0.9))

    text = talk.say("what is CRS? when does the storm begin?")["text"]

    paragraphs = [one for one in text.split("\n\n") if one]
    assert len(paragraphs) == len(set(paragraphs))
