"""Answer from passages: questions on the documents, unclear ones, those outside, those for a doctor."""

from __future__ import annotations

import logging
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.sending import response_text, send_answer, send_response
from actions.understanding import intent_of, kind_of, knowledge, question_of
from knowledge.passage import ALL, Knowledge
from knowledge.replies import reply, reply_passages
from knowledge.retrieval import UNCOVERED_KIND, Question, select

logger = logging.getLogger(__name__)

MAX_CHOICES = 3
MIN_SHARE_OF_FACTS = 0.15  # below this the passages have too little to do with a personal question
# Asks for an amount of money.
_PRICE = re.compile(
    r"\b(cost|costs|costing|price[sd]?|pricing|pay|paying|how much|hw much|expensive|cheap\w*|cheep\w*|fee|fees|afford\w*|budget|"
    r"bill|invoice|dollars?|usd|quote[sd]?|dear|dearest|dearer|charge[sd]?|rate|rates|money|sum|spend|savings?|pric)\b|\$",
    re.I,
)
_PRICE_LABELS = frozenset(
    {
        "sle-guide#cost/all",
        "china-guide#cost/all",
        "sle-guide#cost/usa-western-europe",
        "sle-guide#cost/asia",
        "sle-guide#cost/eastern-europe",
        "china-guide#cost/price-range",
    }
)


def asks_price(question: Question) -> bool:
    """True when an amount of money is wanted: the best label is a price, or the topic is cost or countries with price words."""
    if not question.labels:
        return False
    best = question.labels[0][0]
    compares = len(question.of_kind("country")) > 1 and "#cost/" in best
    return (
        best in _PRICE_LABELS
        or compares
        or (best.startswith("sle-guide#countries/") and _PRICE.search(question.text) is not None)
    )


class ActionAnswerFromPassages(Action):
    """Answers a question on the documents."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_answer_from_passages"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the answer, or say that a place asked about is not in the guides."""
        question, base = question_of(tracker), knowledge()
        elsewhere = question.of_kind(UNCOVERED_KIND)
        if elsewhere and asks_price(question) and not question.of_kind("country"):
            places = ", ".join(base.terms[name].name for name in elsewhere)
            send_response(
                dispatcher,
                "utter_country_not_priced",
                kind="out_of_scope",
                places=places,
                suggestions=[base.topics["ask_cost"].question],
            )
            return []
        send_answer(dispatcher, reply(question, base, asks_price=asks_price(question)))
        return []


class ActionClarify(Action):
    """Offers the likeliest readings of an unclear message."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send a choice of questions."""
        send_response(dispatcher, "utter_clarify", kind="clarify", suggestions=readings(question_of(tracker), knowledge()))
        return []


def readings(question: Question, base: Knowledge) -> list[str]:
    """The questions that an unclear message may have meant, likeliest first; the main topics if there is no hint."""
    found: dict[str, None] = {}
    for label, _ in question.labels:
        if label in base.passages:
            found[base.passages[label].question] = None
        elif label.endswith(f"/{ALL}"):
            found[base.topic_by_section[label.split("/")[0]].question] = None
        if len(found) == MAX_CHOICES:
            break
    return list(found) or [base.topics[name].question for name in ("ask_overview", "ask_eligibility", "ask_cost")]


class ActionOutOfScope(Action):
    """Says that the guides do not answer, and offers a coordinator."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_out_of_scope"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the response of the kind, or the general one."""
        specific = f"utter_out_of_scope_{kind_of(tracker)}"
        response = specific if specific in domain["responses"] else "utter_out_of_scope"
        send_response(dispatcher, response, kind="out_of_scope")
        return []


class ActionPersonalAdvice(Action):
    """Gives no personal medical advice; adds what the guides say in general, where they do."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_personal_advice"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the refusal, with cited facts if a passage fits."""
        question, base = question_of(tracker), knowledge()
        topical = [(label, share) for label, share in question.labels if label.split("/")[0] in base.sections]
        if not topical or topical[0][1] < MIN_SHARE_OF_FACTS:
            send_response(dispatcher, "utter_personal_advice", kind="personal_advice")
            return []
        general = Question(question.text, topical, question.terms)
        answer = reply_passages(select(general, base), general, base)
        send_answer(dispatcher, answer, kind="personal_advice", intro=response_text(domain, "utter_personal_advice_with_facts"))
        return []


class ActionRespond(Action):
    """Sends the fixed response of an intent of the dialogue: greeting, thanks, privacy, emergency ..."""

    KINDS = {"ask_privacy": "privacy", "emergency": "emergency", "request_handoff": "handoff"}

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_respond"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send `utter_INTENT_KIND` if domain.yml has it, else `utter_INTENT`."""
        intent = intent_of(tracker)
        specific = f"utter_{intent}_{kind_of(tracker)}"
        response = specific if specific in domain["responses"] else f"utter_{intent}"
        topics = knowledge().topics
        suggestions = [topics[name].question for name in ("ask_overview", "ask_eligibility", "ask_cost")]
        greets = intent in ("greet", "ask_capabilities", "ask_identity", "start_over")
        send_response(dispatcher, response, kind=self.KINDS.get(intent, "chitchat"), suggestions=suggestions if greets else ())
        return []
