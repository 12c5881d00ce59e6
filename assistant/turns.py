"""One turn inside the Rasa server: read the message in its conversation, let the policies choose the action, run it, collect
the reply.

Rasa keeps no conversation here. The tracker lives for one turn; what the next one needs goes out with the reply
(`dialogue.context`).
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from rasa.core.actions.action import action_for_index
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.interface import GraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT

from assistant.endpoint import run_inside
from assistant.runner import run_plainly
from dialogue.abroad import PRIVACY, wish_in
from dialogue.contact import find_details
from dialogue.context import MAX_QUESTION_CHARS, Context, context_from
from dialogue.followups import TELLING_KINDS
from dialogue.language import ANSWERED_IN_ALL, foreign_language
from dialogue.parse import Parse
from dialogue.places import Places
from dialogue.reading import Reader, Reading
from dialogue.segments import forget_texts
from garbage import keep_what_is_loaded
from knowledge.passage import Knowledge
from knowledge.retrieval import COUNTRY_KIND

logger = logging.getLogger(__name__)

# Of each model's graph, as long as it is loaded: state -> what its policies choose.
_predicted: WeakKeyDictionary[GraphRunner, dict[tuple[Any, ...], PolicyPrediction]] = WeakKeyDictionary()

FALLBACK = "nlu_fallback"
# How long, and of how many messages at once, it is kept what was understood before the turn has come: as long as a turn may take.
EXPECTED_S, MOST_EXPECTED = 20.0, 64
MOST_ACTIONS = 10
_GAP = re.compile(r"\s{3,}")
# Of what the NLU says, so much is read by no policy and no action.
UNREAD = frozenset({"text_tokens", "intent_ranking"})
MOST_HEARD = 3  # of what the visitor said to a person, so many are looked at for what "it" may mean now
SURE_HEARD = 0.5
# So sure, a wish or greeting is understood in other languages, too, and an emergency is no question on privacy.
SURE_ABROAD, SURE_EMERGENCY_ABROAD = 0.5, 0.6
ANSWERED_ABROAD = ANSWERED_IN_ALL | {"request_personal_advice"}


@dataclass(frozen=True)
class Turn:
    """One message of a visitor, as the gateway hands it over.

    Attributes:
        message_id: Unique within the conversation.
        conversation_id: Names the conversation.
        channel: Name of the visitor's channel.
        text: What the visitor wrote.
        context: What the turn before gave back, or None.
        previous_kind: Kind of the reply before, or None; it may have been the gateway's own.
        live: True if a coordinator could join the conversation at once.
        heard: In the first turn after a person held the conversation: (author, text) of what was said meanwhile.
    """

    message_id: str
    conversation_id: str
    channel: str
    text: str
    context: dict[str, Any] | None = None
    previous_kind: str | None = None
    live: bool = False
    heard: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a turn gives back.

    Attributes:
        messages: The reply in Rasa's REST form.
        context: For the next turn.
        effects: What the gateway is asked to store with the reply.
        understanding: Intent, confidence, labels and how the message was read, for the record.
    """

    messages: list[dict[str, Any]]
    context: dict[str, Any] | None
    effects: list[dict[str, Any]]
    understanding: dict[str, Any]


class TurnTracker(DialogueStateTracker):
    """The tracker of one turn: its events are the last message once more, and no action reads them."""

    def current_state(self, event_verbosity: EventVerbosity = EventVerbosity.NONE) -> dict[str, Any]:
        """What an action is given, without the events."""
        state: dict[str, Any] = super().current_state(EventVerbosity.NONE)
        return state


class TurnTrackerStore(TrackerStore):
    """Keeps nothing: a tracker lives for one turn, in `Turns.take`; `endpoints.yml` names it."""

    def __init__(self, domain: Any, event_broker: Any = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep nothing."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """There is nothing."""
        return None

    async def keys(self) -> Iterable[str]:
        """There are none."""
        return ()


class ReplyCollector(OutputChannel):
    """Collects a turn's messages whole: text, buttons and custom object stay one message."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Name in the tracker."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message of the assistant."""
        kept = {key: message[key] for key in ("text", "buttons", "image", "custom") if message.get(key)}
        if kept:
            self.messages.append(kept)


def plain_text(text: str) -> str:
    """What people write is text: Rasa would take a leading slash as an intent, and obey.

    Long gaps are made short: they say nothing, and patterns take their time over them.
    """
    return _GAP.sub(lambda gap: "\n" if "\n" in gap.group() else " ", text.lstrip("/ \t\n")) or "?"


def parse_texts(processor: MessageProcessor, spellings: dict[tuple[str, str], str], texts: Sequence[str]) -> list[Parse]:
    """Let the NLU understand texts in one run of its graph.

    Args:
        processor: Of the loaded model.
        spellings: (entity kind, lower-cased value) -> term id.
        texts: n >= 1 texts.

    Returns:
        n results, in order.
    """
    target = processor.model_metadata.nlu_target
    results = processor.graph_runner.run(
        inputs={PLACEHOLDER_MESSAGE: [UserMessage(plain_text(text)) for text in texts], PLACEHOLDER_TRACKER: None},
        targets=[target],
    )
    return [
        _parse_from(text, message.as_dict(only_output_properties=True), spellings)
        for text, message in zip(texts, results[target])
    ]


def _parse_from(text: str, data: dict[str, Any], spellings: dict[tuple[str, str], str]) -> Parse:
    data = {TEXT: text, INTENT: {"name": None, "confidence": 0.0}, ENTITIES: [], **data}
    ranking = [row for row in data.get("intent_ranking") or () if row["name"] != FALLBACK]
    first = ranking[0] if ranking else data[INTENT]
    found = [(e.get("entity", ""), str(e.get("value", "")).lower()) for e in data[ENTITIES]]
    return Parse(
        text=text,
        intent=str(first["name"] or FALLBACK),
        confidence=float(first["confidence"]),
        labels=tuple((str(row["label"]), float(row["confidence"])) for row in data.get("labels") or ()),
        terms=tuple((kind, spellings[kind, value]) for kind, value in found if (kind, value) in spellings),
        unclear=data[INTENT]["name"] == FALLBACK,
        data=data,
    )


def after_hearing(context: Context, parse: Parse, knowledge: Knowledge) -> Context:
    """The context after a question that a person has answered: a follow-up may lean on it, and nothing of it was shown."""
    lead = parse.topical_labels[0][0]
    return replace(
        context,
        question=parse.text[:MAX_QUESTION_CHARS],
        section=lead.split("/")[0],
        passages=(lead,) if lead in knowledge.passages else (),
        countries=tuple(term for kind, term in parse.terms if kind == COUNTRY_KIND),
        referent=next((term for kind, term in parse.terms if kind in TELLING_KINDS), ""),
        labels=parse.labels[:5],
        options=(),
    )


class Turns:
    """Takes turns with one loaded model."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._spellings = knowledge.spellings()
        self._places = Places(knowledge)
        # Of the questions that buttons ask, what the model understood; what visitors write is kept for EXPECTED_S at most.
        self._offered = {one.question for one in (*knowledge.passages.values(), *knowledge.topics.values())}
        self._understood: dict[str, Parse] = {}
        self._expected: dict[str, Parse] = {}
        self._understood_by: object = None

    def read(self, processor: MessageProcessor, turn: Turn, now: float) -> Reading:
        """What the message means in its conversation."""
        return self._read(processor, turn, self._context(processor, turn, now))

    def _context(self, processor: MessageProcessor, turn: Turn, now: float) -> Context:
        """The conversation before this turn, what a person took part in included."""
        context = context_from(turn.context, now=now)
        if turn.previous_kind == "emergency":  # by the door's own rules, it may be
            context = replace(context, offer="", act="emergency")
        elif turn.previous_kind == "unavailable":
            context = replace(context, offer="")
        if not turn.heard:
            return context
        if any(author == "coordinator" for author, _ in turn.heard):
            context = replace(context, waited=False)
        said = [text for author, text in turn.heard if author == "visitor" and text.strip()][-MOST_HEARD:]
        parses = self._parse(processor, said)
        return next((after_hearing(context, p, self._knowledge) for p in reversed(parses) if self._is_question(p)), context)

    def _parse(self, processor: MessageProcessor, texts: Sequence[str]) -> list[Parse]:
        """Understand texts; a question that the assistant itself offers only once with a model, an expected one before."""
        if processor.graph_runner is not self._understood_by:
            self._understood_by, self._understood, self._expected = processor.graph_runner, {}, {}
        parses = {text: self._expected.pop(text) for text in texts if text in self._expected}
        new = [text for text in texts if text not in parses and text not in self._understood]
        if new:
            parses.update(zip(new, parse_texts(processor, self._spellings, new)))
        self._understood.update((text, parse) for text, parse in parses.items() if text in self._offered)
        return [parses.get(text) or self._understood[text] for text in texts]

    def expect(self, agent: Agent, text: str) -> None:
        """Understand a text now that may soon come as a turn; it is forgotten with that turn, or after EXPECTED_S."""
        processor = agent.processor
        if processor is None or len(self._expected) >= MOST_EXPECTED or text in self._expected:
            return
        _make_ready(processor)
        (parse,) = self._parse(processor, [text])
        if text not in self._understood:
            self._expected[text] = parse
            asyncio.get_running_loop().call_later(EXPECTED_S, self._forget, text, parse)

    def _forget(self, text: str, parse: Parse) -> None:
        if self._expected.get(text) is parse:
            del self._expected[text]

    def _is_question(self, parse: Parse) -> bool:
        return parse.intent in self._knowledge.topics and parse.confidence >= SURE_HEARD and bool(parse.topical_labels)

    def _read(self, processor: MessageProcessor, turn: Turn, context: Context) -> Reading:
        reader = Reader(self._knowledge, self._places, lambda texts: self._parse(processor, texts))
        try:
            reading = reader.read(turn.text, context)
        finally:
            forget_texts()
        foreign = foreign_language(turn.text, reading.parse, in_collection=context.contact.active and reading.act != "emergency")
        return self._read_abroad(turn.text, foreign, reading) if foreign else reading

    def _read_abroad(self, text: str, language: str, reading: Reading) -> Reading:
        """A message in another language: an emergency, a wish, a greeting, a decision for a doctor; else the wish for English."""
        wish = wish_in(text, language)
        # A doubtful emergency may be a question on privacy in a language that is hardly understood, but no wish for a person.
        in_danger = reading.act == "emergency" and (reading.parse.confidence >= SURE_EMERGENCY_ABROAD or wish != PRIVACY)
        act = wish.split(":")[0] or reading.act
        understood = reading.act == act and act in ANSWERED_ABROAD and (wish or reading.parse.confidence >= SURE_ABROAD)
        if in_danger or understood:
            return replace(reading, language=language)
        label = wish or f"out_of_scope:other_language_{language}"
        act = label.split(":")[0]
        parse = replace(reading.parse, intent=act, labels=((label, 1.0), *reading.parse.labels))
        return Reading(act, "plain", (), parse, language)

    async def take(self, agent: Agent, turn: Turn) -> Outcome:
        """Take one turn.

        Raises:
            RuntimeError: If no model is loaded.
        """
        processor = agent.processor
        if processor is None:
            raise RuntimeError("no model is loaded")
        _make_ready(processor)
        now = time.time()
        before = self._context(processor, turn, now)
        reading = self._read(processor, turn, before)
        parse = reading.parse
        data = {
            **{key: value for key, value in (parse.data or {}).items() if key not in UNREAD},
            TEXT: turn.text,
            INTENT: {"name": reading.act, "confidence": parse.confidence},
            "labels": [{"label": label, "confidence": share} for label, share in parse.labels],
            "reading": reading.as_data(),
        }
        key = f"{turn.conversation_id}\0{turn.message_id}"
        uttered = UserUttered(
            turn.text,
            data[INTENT],
            data.get(ENTITIES) or [],
            data,
            input_channel=turn.channel,
            message_id=turn.message_id,
            metadata={"context": before.as_data(), "now": now, "live": turn.live},
        )
        collector = ReplyCollector()
        tracker = await _act(processor, key, uttered, collector)
        slots = tracker.current_slot_values()
        understanding = {
            "intent": reading.act,
            "confidence": round(parse.confidence, 4),
            "labels": [{"label": label, "confidence": round(share, 4)} for label, share in parse.labels[:5]],
            "how": reading.how,
        }
        context = slots.get("context")
        if context is not None and not context.get("said_name") and not context["contact"].get("step"):
            context = {**context, "said_name": find_details(turn.text).name}
        messages = [{"recipient_id": turn.conversation_id, **message} for message in collector.messages]
        return Outcome(messages, context, slots.get("effects") or [], understanding)


def _make_ready(processor: MessageProcessor) -> None:
    """Let a model that has just been loaded run its graph plainly, and its actions in this process."""
    if processor.action_endpoint is not None:
        processor.action_endpoint = run_inside(processor.action_endpoint)
    runner = run_plainly(processor.graph_runner)
    if runner is not processor.graph_runner:
        processor.graph_runner = runner
        keep_what_is_loaded()


def _predict(processor: MessageProcessor, tracker: DialogueStateTracker, done: Sequence[str]) -> PolicyPrediction:
    """What the policies choose; worked out once for an intent and the actions since, with one model.

    A tracker lives for one turn here, the slots do not count for the policies (domain.yml), and the rules do not look at
    entities: nothing else is different between two turns with the same intent.
    """
    if tracker.followup_action or tracker.latest_message is None or any(slot.has_features() for slot in tracker.slots.values()):
        return processor._predict_next_with_tracker(tracker)
    state = (tracker.latest_message.intent.get("name"), *done)
    known = _predicted.setdefault(processor.graph_runner, {})
    if state not in known:
        known[state] = processor._predict_next_with_tracker(tracker)
    return known[state]


async def _act(processor: MessageProcessor, sender_id: str, uttered: UserUttered, channel: OutputChannel) -> DialogueStateTracker:
    """Let the policies choose actions and run them until they choose to listen, as Rasa's own loop does.

    Rasa's copies the tracker and its events for its log, several times a turn, and keeps sessions, reminders and forms, which
    this assistant does not have.

    Args:
        processor: Of the loaded model.
        sender_id: Names the turn.
        uttered: What the visitor said, understood.
        channel: Takes what the actions say.

    Returns:
        The tracker after the turn. An action that fails ends it; what it would have said is missing.
    """
    domain = processor.domain
    tracker = TurnTracker(sender_id, domain.slots)
    for event in (ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME), uttered):
        tracker.update(event, domain)
    done: list[str] = []
    for _ in range(MOST_ACTIONS):
        prediction = _predict(processor, tracker, done)
        action = action_for_index(prediction.max_confidence_index, domain, processor.action_endpoint)
        if action.name() == ACTION_LISTEN_NAME:
            break
        try:
            events = await action.run(channel, processor.nlg, tracker, domain)
        except Exception:
            logger.exception("action %s failed", action.name())
            break
        done.append(action.name())
        for event in (*prediction.events, action.event_for_successful_execution(prediction), *events):
            tracker.update(event, domain)
            if isinstance(event, BotUttered):
                await channel.send_response(sender_id, event.message())
    else:
        logger.error("%d actions and no end", MOST_ACTIONS)
    return tracker
