"""Contact collection: one thing at a time, nothing without consent, nothing kept after a no."""

from __future__ import annotations

from typing import Any

import pytest

from dialogue.contact import MAX_TRIES
from dialogue.context import Contact
from knowledge.passage import Knowledge


def asks(reply: dict[str, Any]) -> str:
    """What a reply asks for, by its words in domain.yml."""
    text = reply["text"]
    words = {
        "your name": "name",
        "address you": "name",
        "reach you:": "reach",
        "Please write one": "reach",
        "Which country": "country",
        "yes or no": "consent",
        "Yes or no": "consent",
        "May a coordinator": "consent",
        "may a coordinator": "consent",
        "may be used?": "reach",
    }
    return next((asked for word, asked in words.items() if word in text), "")


@pytest.fixture
def at_name(talk: Any) -> Any:
    """A conversation in which the name was asked for."""
    talk.say("can somebody call me")
    return talk


@pytest.fixture
def at_reach(at_name: Any) -> Any:
    """... and given; a way to reach the visitor is asked for."""
    at_name.say("Ana")
    return at_name


@pytest.fixture
def at_consent(at_reach: Any) -> Any:
    """... and given; consent is asked for."""
    at_reach.say("ana@example.org")
    return at_reach


# -- the way to a request --------------------------------------------------------------------------------------------------


def test_name_then_address_then_consent_then_a_reference(talk: Any) -> None:
    replies = [talk.say(text) for text in ("can somebody call me", "Ana", "ana@example.org", "yes")]

    assert [asks(reply) for reply in replies] == ["name", "reach", "consent", ""]
    assert "{reference}" in replies[-1]["text"]
    assert all(reply["custom"]["kind"] == "handoff" for reply in replies)


def test_a_consented_request_has_the_form_that_the_gateway_stores(at_consent: Any) -> None:
    at_consent.say("yes")

    (effect,) = at_consent.effects
    assert effect == {
        "type": "handoff",
        "reason": "call",
        "priority": "normal",
        "contact": {"name": "Ana", "email": "ana@example.org", "phone": ""},
        "consent": {"given": True, "wording": effect["consent"]["wording"]},
        "topics": [],
        "countries": [],
        "questions": [],
        "language": "en",
    }


def test_the_consent_carries_the_very_words_that_were_shown(at_reach: Any) -> None:
    shown = at_reach.say("ana@example.org")["text"]
    at_reach.say("yes")

    assert at_reach.effects[0]["consent"]["wording"] == shown


def test_the_request_tells_what_was_talked_about(talk: Any) -> None:
    for text in ("how long in hospital", "how much is it in Turkey", "I want a person", "Ana", "ana@example.org", "yes"):
        talk.say(text)

    (effect,) = talk.effects
    assert effect["topics"] == ["ask_recovery", "ask_cost"]
    assert effect["countries"] == ["Turkey"]
    assert effect["questions"] == ["how much is it in Turkey"]


@pytest.mark.parametrize("turns", [(), ("Ana",), ("Ana", "ana@example.org"), ("Ana", "ana@example.org", "no"), ("cancel",)])
def test_nothing_is_requested_before_a_yes(at_name: Any, turns: tuple[str, ...]) -> None:
    for text in turns:
        at_name.say(text)
        assert at_name.effects == []


def test_what_is_said_at_once_is_not_asked_for(talk: Any) -> None:
    text = "My name is Ana Silva, can somebody call me on +44 20 7946 0000"
    talk.nlu.knows(text, "request_handoff", "request_handoff:call")

    reply = talk.say(text)

    assert asks(reply) == "consent"
    assert "Ana Silva, +442079460000" in reply["text"]


def test_an_address_given_before_the_name_is_kept(at_name: Any) -> None:
    reply = at_name.say("ana@example.org")

    assert asks(reply) == "name"
    assert asks(at_name.say("Ana")) == "consent"


def test_a_name_mentioned_before_is_not_asked_for(talk: Any) -> None:
    talk.say("hello")
    talk.data["said_name"] = "Ana"  # as the input channel notes it

    assert asks(talk.say("can somebody call me")) == "reach"


def test_a_question_beside_the_wish_is_answered_first(talk: Any) -> None:
    text = "how long in hospital and can somebody call me"
    talk.nlu.knows(text, "request_handoff", confidence=0.4)

    reply = talk.say(text)

    assert "2 to 4 weeks" in reply["text"].split("\n\n")[0]
    assert reply["custom"]["citations"][0]["id"] == "sle-guide#recovery/hospital-stay"
    assert asks(reply) == "name"


def test_a_yes_after_an_answer_that_offered_a_person_starts_the_collection(talk: Any) -> None:
    talk.say("can my insurance pay for it")

    assert asks(talk.say("yes")) == "name"
    assert talk.context.contact.reason == "unanswered"


# -- phone numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["+44 20 7946 0000", "0044 20 7946 0000"])
def test_a_phone_number_is_enough(at_reach: Any, text: str) -> None:
    assert "+442079460000" in at_reach.say(text)["text"]


def test_a_number_without_its_country_is_completed_by_it(at_reach: Any) -> None:
    assert asks(at_reach.say("020 7946 0000")) == "country"

    assert "+442079460000" in at_reach.say("UK")["text"]
    assert at_reach.context.contact.partial_phone == ""


def test_a_number_without_its_country_may_be_left_for_an_address(at_reach: Any) -> None:
    at_reach.say("020 7946 0000")

    assert asks(at_reach.say("ana@example.org")) == "consent"


@pytest.mark.parametrize(
    ("text", "word"), [("ana@", "email address is not complete"), ("123456789012345678901", "phone number does not look right")]
)
def test_a_wrong_detail_is_named_and_asked_for_again(at_reach: Any, text: str, word: str) -> None:
    assert word in at_reach.say(text)["text"]
    assert at_reach.context.contact.step == "reach"


def test_two_wrong_addresses_and_a_right_one(at_reach: Any) -> None:
    at_reach.say("ana@")
    at_reach.say("ana@example")

    assert "ana@example.org" in at_reach.say("sorry: ana@example.org")["text"]


# -- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["no name please", "I'd rather not say", "skip", "no"])
def test_the_name_may_be_refused(at_name: Any, text: str) -> None:
    assert asks(at_name.say(text)) == "reach"
    assert asks(at_name.say("ana@example.org")) == "consent"


def test_a_nameless_request_has_an_empty_name(at_name: Any) -> None:
    for text in ("I'd rather not say", "ana@example.org", "yes"):
        at_name.say(text)

    assert at_name.effects[0]["contact"]["name"] == ""


# -- consent ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["no", "No thanks", "of course not", "I do not agree", "ok, no", "please don't"])
def test_a_refusal_keeps_nothing(at_consent: Any, text: str) -> None:
    reply = at_consent.say(text)

    assert "nothing is passed on" in reply["text"]
    assert at_consent.context.contact == Contact()
    assert "ana@example.org" not in str(at_consent.data) and "Ana" not in str(at_consent.data)


@pytest.mark.parametrize("text", ["not sure", "maybe", "what will you do with it"])
def test_hesitation_gets_time_and_the_question_again(at_consent: Any, text: str) -> None:
    reply = at_consent.say(text)

    assert "Take your time" in reply["text"]
    assert at_consent.context.contact.step == "consent" and at_consent.effects == []


def test_an_unclear_answer_is_asked_again(at_consent: Any) -> None:
    assert "clear yes or no" in at_consent.say("blue")["text"]


def test_unclear_answers_are_a_no_in_the_end(at_consent: Any) -> None:
    replies = [at_consent.say("blue")["text"] for _ in range(MAX_TRIES)]

    assert "nothing is passed on" in replies[-1]
    assert at_consent.context.contact == Contact()


def test_a_yes_after_hesitation_counts(at_consent: Any) -> None:
    at_consent.say("not sure")
    at_consent.say("yes")

    assert len(at_consent.effects) == 1


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("no, the address is anna@example.org", "Ana, anna@example.org"),
        ("my name is Anna", "Anna, ana@example.org"),
        ("also +44 20 7946 0000", "Ana, ana@example.org, +442079460000"),
    ],
)
def test_a_correction_during_consent_is_shown_and_asked_about(at_consent: Any, text: str, details: str) -> None:
    reply = at_consent.say(text)

    assert f"Changed: I now have {details}" in reply["text"]
    assert at_consent.effects == []


def test_a_yes_with_another_address_is_no_consent_to_it_yet(at_consent: Any) -> None:
    at_consent.say("yes, but use anna@example.org")
    assert at_consent.effects == []

    at_consent.say("yes")
    assert at_consent.effects[0]["contact"]["email"] == "anna@example.org"
    assert "anna@example.org" in at_consent.effects[0]["consent"]["wording"]


def test_a_wrong_address_during_consent_changes_nothing(at_consent: Any) -> None:
    reply = at_consent.say("no, ana@")

    assert "not complete" in reply["text"]
    assert at_consent.context.contact.email == "ana@example.org"


def test_after_a_request_the_details_are_forgotten(at_consent: Any) -> None:
    at_consent.say("yes")

    assert at_consent.context.contact == Contact()
    assert "ana@example.org" not in str(at_consent.data)


# -- the end of it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["at_name", "at_reach", "at_consent"])
@pytest.mark.parametrize("text", ["cancel", "forget it", "never mind", "I changed my mind", "please stop"])
def test_it_can_be_cancelled_at_any_point_and_nothing_is_kept(request: pytest.FixtureRequest, state: str, text: str) -> None:
    talk = request.getfixturevalue(state)

    reply = talk.say(text)

    assert reply["text"].startswith("Cancelled")
    assert talk.context.contact == Contact() and talk.context.said_name == ""


@pytest.mark.parametrize("state", ["at_name", "at_reach"])
def test_it_gives_up_after_some_tries_and_keeps_nothing(request: pytest.FixtureRequest, state: str) -> None:
    talk = request.getfixturevalue(state)

    replies = [talk.say("???")["text"] for _ in range(MAX_TRIES)]

    assert "I stop asking" in replies[-1] and "I stop asking" not in replies[-2]
    assert talk.context.contact == Contact()


def test_after_the_end_it_can_be_started_again(at_consent: Any) -> None:
    at_consent.say("no")

    assert asks(at_consent.say("can somebody call me")) == "name"


# -- in between ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["at_name", "at_reach", "at_consent"])
def test_a_question_in_between_is_answered_and_the_open_one_comes_last(request: pytest.FixtureRequest, state: str) -> None:
    talk = request.getfixturevalue(state)

    reply = talk.say("how long in hospital")

    assert reply["custom"]["kind"] == "answer" and reply["custom"]["citations"]
    assert asks({"text": reply["text"].split("\n\n")[-1]}) == talk.context.contact.step


@pytest.mark.parametrize(
    ("text", "kind"),
    [("what do you store?", "privacy"), ("can my insurance pay for it?", "out_of_scope"), ("tell me more", "answer")],
)
def test_other_matters_in_between_get_the_reminder_too(at_consent: Any, text: str, kind: str) -> None:
    at_consent.say("how long in hospital")

    reply = at_consent.say(text)

    assert reply["custom"]["kind"] == kind
    assert asks({"text": reply["text"][-120:]}) == "consent"


def test_an_unclear_question_in_between_gets_the_reminder_too(at_consent: Any) -> None:
    text = "and the thing with the numbers in the second table of it?"
    at_consent.nlu.knows(text, "ask_cost", ("sle-guide#cost/all", 0.3), confidence=0.3, unclear=True)

    reply = at_consent.say(text)

    assert reply["custom"]["kind"] == "clarify"
    assert asks({"text": reply["text"][-120:]}) == "consent"


def test_the_collection_goes_on_after_a_question(at_reach: Any) -> None:
    at_reach.say("how long in hospital")

    assert "ana@example.org" in at_reach.say("ana@example.org")["text"]


def test_an_offered_question_can_be_chosen_by_number_in_between(at_reach: Any, knowledge: Knowledge) -> None:
    at_reach.say("how long in hospital")
    second = at_reach.context.options[1]
    at_reach.nlu.knows(second, "ask_risks", "sle-guide#risks/crs")

    reply = at_reach.say("2")

    assert knowledge.passages[reply["custom"]["citations"][0]["id"]].question == second
    assert at_reach.context.contact.step == "reach"


def test_a_question_in_between_is_no_failed_try(at_reach: Any) -> None:
    for _ in range(MAX_TRIES + 1):
        at_reach.say("how long in hospital")

    assert at_reach.context.contact.step == "reach"


def test_starting_over_forgets_the_details(at_consent: Any) -> None:
    at_consent.say("start over")

    assert at_consent.context.contact == Contact() and at_consent.context.said_name == ""
    assert "ana@example.org" not in str(at_consent.data)


def test_details_are_forgotten_after_an_hour(at_consent: Any) -> None:
    at_consent.now += 3601

    at_consent.say("yes")

    assert at_consent.effects == []


# -- a coordinator who can join now ----------------------------------------------------------------------------------------


@pytest.fixture
def live(talk: Any) -> Any:
    """A conversation that a coordinator could join at once."""
    talk.live = True
    return talk


def test_a_coordinator_at_the_desk_is_asked_to_join_and_no_details_are_asked(live: Any) -> None:
    live.say("how much is it in Turkey")
    reply = live.say("I want a person")

    (effect,) = live.effects
    assert reply["custom"]["kind"] == "handoff" and "{reference}" in reply["text"] and asks(reply) == ""
    assert effect == {
        "type": "handoff",
        "live": True,
        "reason": "asked",
        "priority": "normal",
        "topics": ["ask_cost"],
        "countries": ["Turkey"],
        "questions": ["how much is it in Turkey"],
        "language": "en",
    }
    assert live.context.waited and not live.context.contact.active


def test_a_yes_to_an_offered_person_asks_one_to_join(live: Any) -> None:
    live.say("can my insurance pay for it")
    live.say("yes")

    assert [(effect["live"], effect["reason"]) for effect in live.effects] == [(True, "unanswered")]


def test_who_waited_in_vain_is_asked_how_to_be_reached(live: Any) -> None:
    live.say("I want a person")

    assert asks(live.say("I want a person")) == "name" and live.effects == []


def test_who_wants_a_call_is_asked_for_the_number(live: Any) -> None:
    assert asks(live.say("can somebody call me")) == "name"


def test_who_gives_an_address_is_not_made_to_wait(live: Any) -> None:
    live.nlu.knows("I want a person, write to ana@example.org", "request_handoff", "request_handoff:human")

    assert asks(live.say("I want a person, write to ana@example.org")) == "name"


def test_who_only_says_a_name_is_joined(live: Any) -> None:
    live.nlu.knows("I want a person, my name is Ana", "request_handoff", "request_handoff:human")
    live.say("I want a person, my name is Ana")

    assert [effect["live"] for effect in live.effects] == [True]


def test_a_collection_under_way_goes_on_when_a_coordinator_comes_to_the_desk(at_name: Any) -> None:
    at_name.live = True

    assert asks(at_name.say("Ana")) == "reach"


def test_a_question_beside_the_wish_is_answered_before_a_coordinator_joins(live: Any) -> None:
    text = "how long in hospital? I want a person"
    live.nlu.knows(text, "request_handoff", confidence=0.4)
    live.nlu.knows("how long in hospital?", "ask_recovery", "sle-guide#recovery/hospital-stay")

    reply = live.say(text)

    assert reply["custom"]["citations"] and "{reference}" in reply["text"]
    assert live.effects[0]["live"] is True
