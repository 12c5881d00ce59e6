"""A conversation of reader and actions without Rasa: what the input channel and the actions do in a turn."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import answers, handoff, privacy
from deploy.models import ROOT
from dialogue.context import Context, context_from
from dialogue.places import Places
from dialogue.reading import Reader
from knowledge.passage import Knowledge

NOW = 1_800_000_000.0
_RULES = yaml.safe_load((ROOT / "data/rules.yml").read_text(encoding="utf-8"))["rules"]
_ACTION_OF = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in _RULES}
_CLASSES = [
    answers.ActionAnswerFromPassages,
    answers.ActionMore,
    answers.ActionClarify,
    answers.ActionOutOfScope,
    answers.ActionPersonalAdvice,
    answers.ActionRespond,
    handoff.ActionRequestHandoff,
    privacy.ActionPrivacy,
]
_ACTIONS = {action.name(): action for action in (maker() for maker in _CLASSES)}


class Talk:
    """One visitor's conversation; `say` gives the reply."""

    def __init__(self, knowledge: Knowledge, nlu: Any) -> None:
        self.nlu, self.now = nlu, NOW
        self.data: dict[str, Any] | None = None
        self.effects: list[dict[str, Any]] = []
        self.live = False
        self._reader = Reader(knowledge, Places(knowledge), nlu)

    @property
    def context(self) -> Context:
        """What the conversation knows of itself now."""
        return context_from(self.data, now=self.now)

    def say(self, text: str) -> dict[str, Any]:
        """Take a turn; returns the one message of the reply."""
        reading = self._reader.read(text, self.context)
        message = {
            "text": text,
            "intent": {"name": reading.act, "confidence": reading.parse.confidence},
            "labels": [{"label": label, "confidence": share} for label, share in reading.parse.labels],
            "entities": [],
            "reading": reading.as_data(),
            "metadata": {"context": self.data, "now": self.now, "live": self.live},
        }
        dispatcher, given = CollectingDispatcher(), copy.deepcopy(message)
        events = _ACTIONS[_ACTION_OF[reading.act]].run(dispatcher, Tracker("ann", {}, message, [], False, None, {}, ""), {})
        assert message == given  # Rasa keeps it, and actions run in its process
        slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.data, self.effects = json.loads(json.dumps(slots["context"])), slots["effects"]
        (reply,) = dispatcher.messages
        return reply


def cited(reply: dict[str, Any]) -> list[str]:
    """Ids of the passages that a reply cites."""
    return [citation["id"] for citation in reply["custom"]["citations"]]


@pytest.fixture
def talk(knowledge: Knowledge, nlu: Any) -> Talk:
    """A conversation with a model that knows what the tests below say."""
    nlu.knows("how long in hospital", "ask_recovery", "sle-guide#recovery/hospital-stay")
    nlu.knows("How long would I stay in hospital?", "ask_recovery", "sle-guide#recovery/hospital-stay")
    nlu.knows("what are the risks", "ask_risks", "sle-guide#risks/all")
    nlu.knows("what is CRS", "ask_risks", "sle-guide#risks/crs")
    nlu.knows("how much does it cost", "ask_cost", "sle-guide#cost/all")
    nlu.knows("how much is it in Turkey", "ask_cost", "sle-guide#cost/eastern-europe")
    nlu.knows("recovery", "ask_recovery", "sle-guide#recovery/all")
    nlu.knows("risks", "ask_risks", "sle-guide#risks/all")
    nlu.knows("can my insurance pay for it", "out_of_scope", "out_of_scope:insurance")
    nlu.knows("can somebody call me", "request_handoff", "request_handoff:call")
    nlu.knows("I want a person", "request_handoff", "request_handoff:human")
    nlu.knows("what do you store", "ask_privacy", "ask_privacy:retention")
    nlu.knows("tell me more", "ask_more").knows("say that again", "repeat")
    nlu.knows("start over", "start_over").knows("hello", "greet").knows("thanks", "thank")
    nlu.knows("yes", "affirm").knows("no", "deny").knows("that is not what i asked", "complain_unanswered")
    return Talk(knowledge, nlu)
