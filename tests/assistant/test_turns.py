"""One turn inside the Rasa server, with a processor made by hand instead of a trained model."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.actions.action import ActionSessionStart
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

import assistant.turns
from assistant.turns import MOST_ACTIONS, MOST_EXPECTED, ReplyCollector, Turn, Turns, TurnTrackerStore, parse_texts, plain_text
from dialogue.context import Contact, Context
from knowledge.passage import Knowledge

NOW = 1_800_000_000.0
DOMAIN = Domain.from_dict(
    {
        "version": "3.1",
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name in ("context", "effects")
        },
        "actions": ["action_reply"],
    }
)
STAY = "sle-guide#recovery/hospital-stay"


class FakeMessage:
    """A message as the NLU graph gives it back."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def as_dict(self, *, only_output_properties: bool) -> dict[str, Any]:
        """The NLU's output."""
        return self.data


class FakeEndpoint(EndpointConfig):
    """The actions: sets the slots and sends the replies that the processor was told."""

    def __init__(self, processor: FakeProcessor) -> None:
        super().__init__("http://127.0.0.1:1/webhook", enable_selective_domain=True)
        self._processor = processor

    async def request(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Answer a call as the actions do."""
        processor, json = self._processor, options["json"]
        processor.trackers.append(json["tracker"])
        if processor.error is not None:
            raise processor.error
        slots = [{"event": "slot", "timestamp": None, "name": name, "value": value} for name, value in processor.slots.items()]
        end = [{"event": "followup", "timestamp": None, "name": ACTION_LISTEN_NAME}] if processor.ends else []
        return {"events": [*slots, *end], "responses": [dict(reply) for reply in processor.replies]}


class FakeProcessor:
    """Understands what it was told; its policies choose the one action, which sends what it was told."""

    def __init__(
        self, known: dict[str, dict[str, Any]], *, slots: dict[str, Any] = (), replies: Sequence[dict[str, Any]] = ()
    ) -> None:
        self.known, self.slots, self.replies = known, dict(slots), replies
        self.model_metadata = SimpleNamespace(nlu_target="nlu")
        self.graph_runner = self
        self.tracker_store = TurnTrackerStore(DOMAIN)
        self.domain, self.nlg = DOMAIN, None
        self.runs: list[list[str]] = []
        self.trackers: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.asked_policies = 0
        self.action_endpoint = FakeEndpoint(self)
        self.ends = True

    def run(self, inputs: dict[str, Any], targets: list[str]) -> dict[str, Any]:
        """Run the NLU graph."""
        texts = [message.text for message in inputs["__message__"]]
        self.runs.append(texts)
        return {targets[0]: [FakeMessage(self.known.get(text, {})) for text in texts]}

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        """What follows an action, or what the visitor said."""
        self.asked_policies += not tracker.followup_action
        name = tracker.followup_action or "action_reply"
        return PolicyPrediction.for_action_name(self.domain, name, "played")


def understood(
    intent: str, *labels: str, confidence: float = 0.9, unclear: bool = False, entities: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The NLU's output for one text."""
    return {
        "intent": {"name": "nlu_fallback" if unclear else intent, "confidence": confidence},
        "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.3}, {"name": intent, "confidence": confidence}],
        "labels": [{"label": label, "confidence": confidence} for label in labels],
        "entities": [{"entity": kind, "value": value} for kind, value in entities],
    }


@pytest.fixture
def take(knowledge: Knowledge) -> Callable[..., Any]:
    """Take one turn with a processor."""
    return lambda processor, turn: asyncio.run(Turns(knowledge).take(SimpleNamespace(processor=processor), turn))


def turn_of(text: str, **more: Any) -> Turn:
    """A message of Ann."""
    return Turn("m1", "ann", "rest", text, **more)


# -- understanding ---------------------------------------------------------------------------------------------------------


def test_several_texts_are_understood_in_one_run(knowledge: Knowledge) -> None:
    processor = FakeProcessor({"a": understood("greet"), "b": understood("thank")})

    parses = parse_texts(processor, knowledge.spellings(), ["a", "b"])  # type: ignore[arg-type]

    assert [parse.intent for parse in parses] == ["greet", "thank"]
    assert processor.runs == [["a", "b"]]


def test_a_question_that_buttons_ask_is_understood_once_with_a_model_and_nothing_else_is_kept(knowledge: Knowledge) -> None:
    turns, offered = Turns(knowledge), knowledge.passages[STAY].question
    first, second = FakeProcessor({offered: understood("ask_recovery", STAY)}), FakeProcessor({offered: understood("greet")})
    acts = [
        turns.read(processor, turn_of(text), NOW).act  # type: ignore[arg-type]
        for processor in (first, second)
        for text in (offered, "my own words", offered, "my own words")
    ]

    assert first.runs == second.runs == [[offered], ["my own words"], ["my own words"]]
    assert acts[::2] == ["ask_recovery"] * 2 + ["greet"] * 2


def test_an_unclear_text_keeps_its_likeliest_intent(knowledge: Knowledge) -> None:
    processor = FakeProcessor({"a": understood("ask_cost", "sle-guide#cost/all", confidence=0.2, unclear=True)})

    (parse,) = parse_texts(processor, knowledge.spellings(), ["a"])  # type: ignore[arg-type]

    assert (parse.intent, parse.unclear, parse.labels) == ("ask_cost", True, (("sle-guide#cost/all", 0.2),))


def test_entities_become_terms_whatever_their_case_and_unknown_ones_are_left_out(knowledge: Knowledge) -> None:
    processor = FakeProcessor({"a": understood("ask_cost", entities=[("country", "Istanbul"), ("country", "Narnia")])})

    (parse,) = parse_texts(processor, knowledge.spellings(), ["a"])  # type: ignore[arg-type]

    assert parse.terms == (("country", "turkey"),)


def test_a_text_that_the_model_says_nothing_of_is_a_fallback(knowledge: Knowledge) -> None:
    (parse,) = parse_texts(FakeProcessor({}), knowledge.spellings(), ["a"])  # type: ignore[arg-type]

    assert (parse.intent, parse.confidence, parse.labels) == ("nlu_fallback", 0.0, ())


def test_no_part_of_a_message_is_a_command(knowledge: Knowledge) -> None:
    processor = FakeProcessor({})

    Turns(knowledge).read(processor, turn_of("no, I meant /restart"), NOW)  # type: ignore[arg-type]

    assert not any(text.startswith("/") for texts in processor.runs for text in texts)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("how much" + " " * 1900 + "in china", "how much in china"),
        ("one\n\n\n\n\ntwo", "one\ntwo"),
        ("one" + " \n" * 900 + "two", "one\ntwo"),
        ("a \t \t b", "a b"),
        ("a  b\n\nc", "a  b\n\nc"),
    ],
)
def test_long_gaps_are_made_short(typed: str, plain: str) -> None:
    assert plain_text(typed) == plain


def test_another_language_is_out_of_scope_of_its_kind(knowledge: Knowledge) -> None:
    reading = Turns(knowledge).read(FakeProcessor({}), turn_of("你好，费用是多少"), NOW)  # type: ignore[arg-type]

    assert (reading.act, reading.parse.labels[0][0]) == ("out_of_scope", "out_of_scope:other_language_zh")


def test_an_emergency_in_another_language_stays_one(knowledge: Knowledge) -> None:
    processor = FakeProcessor({"我不能呼吸": understood("emergency", "emergency:breathing")})

    reading = Turns(knowledge).read(processor, turn_of("我不能呼吸"), NOW)  # type: ignore[arg-type]

    assert (reading.act, reading.language) == ("emergency", "zh")


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "act"),
    [
        ("Quiero hablar con una persona, por favor", "request_handoff", 0.8, "request_handoff"),
        ("Wie lange werden meine Daten gespeichert?", "ask_privacy", 0.8, "ask_privacy"),
        ("merci beaucoup", "thank", 0.8, "thank"),
        ("Wer kann diesen Chat mitlesen?", "ask_privacy", 0.9, "ask_privacy"),
        ("Necesito alguna ayuda con los papeles del viaje", "request_handoff", 0.3, "out_of_scope"),
        ("Soll ich mein Quensyl absetzen?", "request_personal_advice", 0.8, "request_personal_advice"),
        ("Soll ich mein Quensyl absetzen?", "request_personal_advice", 0.3, "request_personal_advice"),
        ("Das Quensyl besser weglassen, was denken Sie?", "request_personal_advice", 0.8, "request_personal_advice"),
        ("Das Quensyl besser weglassen, was denken Sie?", "request_personal_advice", 0.3, "out_of_scope"),
        ("¿Cuánto cuesta el tratamiento en China?", "ask_cost", 0.8, "out_of_scope"),
    ],
)
def test_persons_privacy_and_thanks_are_understood_in_other_languages_too(
    text: str, intent: str, confidence: float, act: str, knowledge: Knowledge
) -> None:
    processor = FakeProcessor({text: understood(intent, confidence=confidence)})

    reading = Turns(knowledge).read(processor, turn_of(text), NOW)  # type: ignore[arg-type]

    assert reading.act == act
    assert reading.language in ("es", "de", "fr")


@pytest.mark.parametrize(
    ("confidence", "text", "act"),
    [
        (0.4, "هل يتم حفظ محادثتي ومن يراها؟", "ask_privacy"),
        (0.8, "هل يتم حفظ محادثتي ومن يراها؟", "emergency"),
        (0.4, "Necesito hablar con alguien, no puedo seguir así", "emergency"),
    ],
)
def test_an_emergency_goes_before_a_wish_in_another_language(
    confidence: float, text: str, act: str, knowledge: Knowledge
) -> None:
    processor = FakeProcessor({text: understood("emergency", "emergency:self_harm", confidence=confidence)})

    assert Turns(knowledge).read(processor, turn_of(text), NOW).act == act  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["أريد التحدث مع شخص حقيقي من فضلكم", "Beni arayabilir misiniz?", "请转人工客服"])
def test_a_wish_for_a_person_in_another_language_is_taken_by_its_words(text: str, knowledge: Knowledge) -> None:
    processor = FakeProcessor({text: understood("out_of_scope", "out_of_scope:other_language", confidence=0.5)})

    reading = Turns(knowledge).read(processor, turn_of(text), NOW)  # type: ignore[arg-type]

    assert (reading.act, reading.parse.labels[0][0]) == ("request_handoff", "request_handoff:person")


def test_a_wish_that_is_understood_in_another_language_keeps_its_kind(knowledge: Knowledge) -> None:
    text = "Können Sie den Chat bitte löschen?"
    processor = FakeProcessor({text: understood("ask_privacy", "ask_privacy:erasure", confidence=0.4)})

    reading = Turns(knowledge).read(processor, turn_of(text), NOW)  # type: ignore[arg-type]

    assert (reading.act, reading.parse.labels[0][0], reading.language) == ("ask_privacy", "ask_privacy:erasure", "de")


def test_an_emergency_in_another_language_is_seen_as_such_while_details_are_collected(knowledge: Knowledge) -> None:
    processor = FakeProcessor({"no puedo respirar bien": understood("emergency", "emergency:breathing")})
    context = Context(at=NOW, contact=Contact(step="name")).as_data()

    reading = Turns(knowledge).read(processor, turn_of("no puedo respirar bien", context=context), NOW)  # type: ignore[arg-type]

    assert (reading.act, reading.language) == ("emergency", "es")


def test_a_name_while_details_are_collected_has_no_language(knowledge: Knowledge) -> None:
    context = Context(at=NOW, contact=Contact(step="name")).as_data()

    reading = Turns(knowledge).read(FakeProcessor({}), turn_of("李雷", context=context), NOW)  # type: ignore[arg-type]

    assert reading.act == "give_contact"


@pytest.mark.parametrize(
    ("previous", "act"),
    [("emergency", "affirm"), ("unavailable", "affirm"), ("out_of_scope", "request_handoff"), (None, "request_handoff")],
)
def test_a_yes_after_a_reply_of_the_gateways_own_accepts_no_older_offer(
    knowledge: Knowledge, previous: str | None, act: str
) -> None:
    context = Context(at=NOW, offer="handoff", act="out_of_scope").as_data()
    processor = FakeProcessor({"yes": understood("affirm")})

    reading = Turns(knowledge).read(processor, turn_of("yes", context=context, previous_kind=previous), NOW)  # type: ignore[arg-type]

    assert reading.act == act


def test_who_leaves_for_help_after_an_emergency_that_the_door_has_answered_wants_no_call(knowledge: Knowledge) -> None:
    context = Context(at=NOW, act="ask_risks").as_data()
    processor = FakeProcessor({"ok calling now": understood("request_handoff")})
    turn = turn_of("ok calling now", context=context, previous_kind="emergency")

    reading = Turns(knowledge).read(processor, turn, NOW)  # type: ignore[arg-type]

    assert reading.act == "thank"


# -- taking a turn ---------------------------------------------------------------------------------------------------------


def test_a_turn_gives_the_reply_the_context_the_effects_and_what_was_understood(take: Callable[..., Any]) -> None:
    context = Context(section="sle-guide#recovery", said_name="Ana").as_data()
    processor = FakeProcessor(
        {"how long in hospital": understood("ask_recovery", STAY)},
        slots={"context": context, "effects": [{"type": "flag", "what": "urgent"}]},
        replies=[{"text": "2 to 4 weeks"}],
    )

    outcome = take(processor, turn_of("how long in hospital"))

    assert outcome.messages == [{"recipient_id": "ann", "text": "2 to 4 weeks"}]
    assert outcome.context == context
    assert outcome.effects == [{"type": "flag", "what": "urgent"}]
    assert outcome.understanding == {
        "intent": "ask_recovery",
        "confidence": 0.9,
        "labels": [{"label": STAY, "confidence": 0.9}],
        "how": "plain",
    }


def test_the_action_gets_the_reading_the_context_and_the_time(take: Callable[..., Any]) -> None:
    processor = FakeProcessor({"how long in hospital": understood("ask_recovery", STAY)})

    take(processor, turn_of("how long in hospital", context={"version": 1}))

    (tracker,) = processor.trackers
    message = tracker["latest_message"]
    assert (tracker["sender_id"], message["text"], message["message_id"]) == ("ann\0m1", "how long in hospital", "m1")
    assert message["intent"]["name"] == "ask_recovery"
    assert message["reading"]["parts"][0]["labels"] == ((STAY, 0.9),)
    assert message["metadata"]["context"]["version"] == 1 and message["metadata"]["context"]["section"] == ""
    assert message["metadata"]["now"] > NOW - 10**9 and message["metadata"]["live"] is False
    assert tracker["events"] is None and "intent_ranking" not in message


def test_nothing_of_a_turn_stays_in_the_server(take: Callable[..., Any]) -> None:
    processor = FakeProcessor({"hello": understood("greet")}, slots={"context": Context().as_data()})

    take(processor, turn_of("hello"))

    assert list(asyncio.run(processor.tracker_store.keys())) == []
    assert asyncio.run(processor.tracker_store.retrieve("ann\0m1")) is None


def test_an_action_that_fails_leaves_no_reply_and_no_context(take: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    processor = FakeProcessor({"hello": understood("greet")}, replies=[{"text": "hi"}])
    processor.error = ValueError("broken")

    outcome = take(processor, turn_of("hello"))

    assert (outcome.messages, outcome.context, outcome.effects) == ([], None, [])
    assert "action_reply failed" in caplog.text


def test_actions_that_never_listen_are_stopped(take: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    processor = FakeProcessor({"hello": understood("greet")}, replies=[{"text": "hi"}])
    processor.ends = False

    outcome = take(processor, turn_of("hello"))

    assert len(outcome.messages) == MOST_ACTIONS and "no end" in caplog.text


def test_the_policies_are_asked_once_for_an_intent_with_one_model(take: Callable[..., Any]) -> None:
    known = {
        "hello": understood("greet"),
        "hi": understood("greet", entities=[("country", "china")]),
        "bye": understood("goodbye"),
    }
    first, second = (FakeProcessor(known, replies=[{"text": "hi"}]) for _ in range(2))

    said = [take(first, turn_of(text)).messages for text in ("hello", "hi", "hello", "bye")]

    assert said == [[{"recipient_id": "ann", "text": "hi"}]] * 4
    assert first.asked_policies == 2
    take(second, turn_of("hello"))
    assert second.asked_policies == 1


# -- what is about to come -------------------------------------------------------------------------------------------------


def expecting(knowledge: Knowledge, processor: FakeProcessor, texts: Sequence[str], after_s: float = 0) -> Turns:
    """Turns that were told of messages to come, some time ago."""

    async def tell() -> Turns:
        turns = Turns(knowledge)
        for text in texts:
            turns.expect(SimpleNamespace(processor=processor), text)  # type: ignore[arg-type]
        await asyncio.sleep(after_s)
        return turns

    return asyncio.run(tell())


def test_an_expected_text_is_understood_before_it_comes_and_forgotten_with_its_turn(knowledge: Knowledge) -> None:
    processor = FakeProcessor({"how long in hospital": understood("ask_recovery", STAY)})
    turns = expecting(knowledge, processor, ["how long in hospital"])

    acts = [turns.read(processor, turn_of("how long in hospital"), NOW).act for _ in range(2)]  # type: ignore[arg-type]

    assert acts == ["ask_recovery"] * 2
    assert processor.runs == [["how long in hospital"]] * 2  # once before, and once more for the second turn


def test_an_expected_text_that_does_not_come_is_forgotten(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant.turns, "EXPECTED_S", 0.01)
    processor = FakeProcessor({"how long in hospital": understood("ask_recovery", STAY)})

    turns = expecting(knowledge, processor, ["how long in hospital"], after_s=0.05)

    assert turns._expected == {}


def test_of_many_expected_texts_the_last_are_left(knowledge: Knowledge) -> None:
    processor = FakeProcessor({})

    turns = expecting(knowledge, processor, [f"text {number}" for number in range(MOST_EXPECTED + 5)])

    assert len(turns._expected) == len(processor.runs) == MOST_EXPECTED


def test_what_one_model_understood_is_nothing_to_the_next(knowledge: Knowledge) -> None:
    first, second = (
        FakeProcessor({"how long in hospital": understood("greet")}),
        FakeProcessor({"how long in hospital": understood("ask_recovery", STAY)}),
    )
    turns = expecting(knowledge, first, ["how long in hospital"])

    assert turns.read(second, turn_of("how long in hospital"), NOW).act == "ask_recovery"  # type: ignore[arg-type]


def test_without_a_model_nothing_is_expected(knowledge: Knowledge) -> None:
    assert expecting(knowledge, None, ["how long in hospital"])._expected == {}  # type: ignore[arg-type]


def test_without_a_model_a_turn_is_an_error(take: Callable[..., Any]) -> None:
    with pytest.raises(RuntimeError, match="no model"):
        take(None, turn_of("hello"))


def test_an_action_that_says_nothing_leaves_no_context(take: Callable[..., Any]) -> None:
    outcome = take(FakeProcessor({"hello": understood("greet")}), turn_of("hello"))

    assert (outcome.messages, outcome.context, outcome.effects) == ([], None, [])


@pytest.mark.parametrize(
    ("text", "contact", "name"),
    [
        ("hi, my name is Ines", Contact(), "Ines"),
        ("hello", Contact(), ""),
        ("my name is Ines", Contact(step="reach", name="Ana"), ""),
    ],
)
def test_a_name_said_in_passing_is_noted_outside_a_collection(
    take: Callable[..., Any], text: str, contact: Contact, name: str
) -> None:
    processor = FakeProcessor({text: understood("greet")}, slots={"context": Context(contact=contact).as_data()})

    assert take(processor, turn_of(text)).context["said_name"] == name


# -- the parts -------------------------------------------------------------------------------------------------------------


def test_text_buttons_and_custom_stay_one_message() -> None:
    message = {"text": "one\n\ntwo", "buttons": [{"title": "t"}], "custom": {"kind": "answer"}, "attachment": None}
    collector = ReplyCollector()

    asyncio.run(collector.send_response("ann", message))

    assert collector.messages == [{"text": "one\n\ntwo", "buttons": [{"title": "t"}], "custom": {"kind": "answer"}}]


def test_an_empty_message_is_none() -> None:
    collector = ReplyCollector()

    asyncio.run(collector.send_response("ann", {"text": None, "buttons": []}))

    assert collector.messages == []


def test_a_tracker_begins_as_rasas_session_start_leaves_it(take: Callable[..., Any]) -> None:
    processor = FakeProcessor({"hello": understood("greet")})
    begun: list[DialogueStateTracker] = []
    predict = processor._predict_next_with_tracker
    processor._predict_next_with_tracker = lambda tracker: (begun.append(tracker.copy()), predict(tracker))[1]  # type: ignore[method-assign,func-returns-value]
    take(processor, turn_of("hello"))
    by_rasa = DialogueStateTracker("ann", DOMAIN.slots)
    by_rasa.update(ActionExecuted(ACTION_SESSION_START_NAME), DOMAIN)
    for event in asyncio.run(ActionSessionStart().run(ReplyCollector(), None, by_rasa, DOMAIN)):
        by_rasa.update(event, DOMAIN)

    assert [type(event) for event in begun[0].events][:-1] == [type(event) for event in by_rasa.events]
    assert begun[0].latest_action_name == by_rasa.latest_action_name == ACTION_LISTEN_NAME
    assert begun[0].current_slot_values() == by_rasa.current_slot_values()


# -- what was said while a person held the conversation --------------------------------------------------------------------


def heard(take: Callable[..., Any], *said: tuple[str, str], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The context that the action gets after these words."""
    processor = FakeProcessor({"thanks": understood("thank"), **known})
    context = json.loads(json.dumps(Context(at=time.time(), section="sle-guide#cost", waited=True).as_data()))
    take(processor, turn_of("thanks", context=context, heard=said))
    context = processor.trackers[0]["latest_message"]["metadata"]["context"]
    assert isinstance(context, dict)
    return context


def test_the_last_question_that_a_person_took_is_what_a_follow_up_leans_on(take: Callable[..., Any]) -> None:
    known = {"how long is it": understood("ask_recovery", STAY), "thank you": understood("thank")}

    context = heard(take, ("visitor", "how long is it"), ("coordinator", "some weeks"), ("visitor", "thank you"), known=known)

    assert (context["section"], context["question"]) == ("sle-guide#recovery", "how long is it")
    assert context["passages"] == (STAY,) and context["shown"] == ()


def test_words_of_a_coordinator_are_no_question_and_end_the_waiting(take: Callable[..., Any]) -> None:
    known = {"how long is it": understood("ask_recovery", STAY)}

    context = heard(take, ("coordinator", "how long is it"), known=known)

    assert context["section"] == "sle-guide#cost" and context["waited"] is False


def test_who_was_not_answered_still_waits(take: Callable[..., Any]) -> None:
    assert heard(take, ("visitor", "hello?"), known={})["waited"] is True
