"""The actions: kind, citations and suggestions of each reply, from trackers made by hand."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import (
    ActionAnswerFromPassages,
    ActionClarify,
    ActionOutOfScope,
    ActionPersonalAdvice,
    ActionRespond,
)
from deploy.models import ROOT

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def tracker(text: str, intent: str, labels: list[tuple[str, float]], entities: list[tuple[str, str]] = ()) -> Tracker:
    """A tracker whose last message was understood as given."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "labels": [{"label": name, "confidence": share} for name, share in labels],
        "entities": [{"entity": kind, "value": value} for kind, value in entities],
    }
    return Tracker("ann", {}, message, [], False, None, {}, "action_listen")


def run(action: Any, state: Tracker) -> dict[str, Any]:
    """The one message of an action; a named response is read from domain.yml."""
    dispatcher = CollectingDispatcher()
    assert action.run(dispatcher, state, DOMAIN) == []
    (message,) = dispatcher.messages
    if message.get("response"):
        values = {key: value for key, value in message.items() if isinstance(value, str)}
        message["text"] = DOMAIN["responses"][message["response"]][0]["text"].format(**values)
    return message


def test_an_answer_carries_kind_citations_and_suggestions() -> None:
    message = run(
        ActionAnswerFromPassages(), tracker("how long in hospital", "ask_recovery", [("sle-guide#recovery/hospital-stay", 0.9)])
    )

    assert "2 to 4 weeks" in message["text"].split(". ")[0]
    assert message["custom"]["kind"] == "answer"
    assert message["custom"]["citations"][0]["id"] == "sle-guide#recovery/hospital-stay"
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

    assert message["custom"]["citations"][0]["id"] == "sle-guide#prior_treatments/belimumab"


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
    assert message["custom"]["citations"][0]["id"] == "sle-guide#eligibility/organ-function"
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


@pytest.mark.parametrize(
    ("intent", "label", "kind", "word"),
    [
        ("greet", "greet", "chitchat", "not medical advice"),
        ("emergency", "emergency:breathing", "emergency", "112"),
        ("emergency", "emergency:self_harm", "emergency", "988"),
        ("ask_privacy", "ask_privacy:retention", "privacy", "kept"),
        ("request_handoff", "request_handoff:call", "handoff", "person"),
        ("thank", "thank", "chitchat", "welcome"),
    ],
)
def test_the_dialogue_gets_its_responses(intent: str, label: str, kind: str, word: str) -> None:
    message = run(ActionRespond(), tracker("x", intent, [(label, 0.9)]))

    assert message["custom"]["kind"] == kind
    assert word in message["text"]


def test_every_intent_of_the_dialogue_has_a_response() -> None:
    rules = yaml.safe_load((ROOT / "data/rules.yml").read_text(encoding="utf-8"))["rules"]
    answered = [rule["steps"][0]["intent"] for rule in rules if rule["steps"][1]["action"] == "action_respond"]

    assert answered
    assert all(f"utter_{intent}" in DOMAIN["responses"] for intent in answered)


def test_every_intent_has_a_rule_and_every_response_a_use() -> None:
    rules = yaml.safe_load((ROOT / "data/rules.yml").read_text(encoding="utf-8"))["rules"]
    intents = {rule["steps"][0]["intent"] for rule in rules}
    code = (ROOT / "actions/answers.py").read_text(encoding="utf-8")

    assert set(DOMAIN["intents"]) | {"nlu_fallback"} == intents
    for name in DOMAIN["responses"]:
        by_intent = any(name.removeprefix("utter_").startswith(intent) for intent in intents)
        assert by_intent or name in code, name
