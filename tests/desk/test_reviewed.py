"""From a doubtful message to the training data: two people, no personal data, no contradiction, no repetition, undone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from conversations.database import Database, migrate, open_database
from conversations.errors import NotFoundError, RefusedError
from conversations.review import decide, judge, list_candidates, list_doubts, send_back, undo_verdict
from conversations.store import Store
from conversations.tables import messages
from conversations.types import Author, Draft, Incoming, Outcome, TurnState
from desk.reviewed import FILE, take_in, withdraw

DATA = """version: "3.1"
nlu:
- intent: ask_cost
  metadata: {passage: "g#cost/all"}
  examples: |
    - What does it [cost](topic)?
- intent: ask_risks
  metadata: {passage: "g#risks/all"}
  examples: |
    - is it dangerous
"""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty record."""
    database = Database(open_database(f"sqlite:///{tmp_path / 'r.db'}"))
    migrate(database.engine)
    return database


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small set of training data."""
    (tmp_path / "data/nlu").mkdir(parents=True)
    (tmp_path / "data/nlu/cost.yml").write_text(DATA)
    return tmp_path / "data"


def ask(database: Database, text: str, *, kind: str = "out_of_scope", confidence: float = 0.9) -> int:
    """A message that needs eyes."""
    store = Store(database, owner="one")
    accepted = store.accept(Incoming("rest", f"s{text}", "m", text))
    assert accepted.work is not None
    understanding = {"intent": "ask_cost", "confidence": confidence}
    store.finish(accepted.work, Outcome(TurnState.ANSWERED, [Draft(Author.ASSISTANT, "r", kind)], kind, None, (), understanding))
    return accepted.message_id


def learn(database: Database, text: str, intent: str = "ask_cost", passage: str | None = "g#cost/all") -> int:
    """Ask, correct, approve by a second person; the candidate's id."""
    message = ask(database, text)
    judge(database, message, "corrected", reviewer="ana", intent=intent, passage=passage)
    candidate = next(one for one in list_candidates(database) if one.message_id == message)
    decide(database, candidate.id, "approved", by="ben")
    return int(candidate.id)


def read_file(data: Path) -> str:
    """What was written."""
    return (data / FILE).read_text() if (data / FILE).exists() else ""


@pytest.mark.parametrize(
    ("kind", "confidence", "why"), [("out_of_scope", 0.9, "unanswered"), ("clarify", 0.9, "clarified"), ("answer", 0.4, "unsure")]
)
def test_what_needs_eyes_is_in_the_queue_with_its_reason(database: Database, kind: str, confidence: float, why: str) -> None:
    ask(database, "hello", kind=kind, confidence=confidence)
    ask(database, "fine", kind="answer", confidence=0.95)

    assert [(one.text, one.why) for one in list_doubts(database)] == [("hello", why)]


def test_what_was_reviewed_leaves_the_queue_and_comes_back_when_undone(database: Database) -> None:
    message = ask(database, "hello")
    judge(database, message, "skipped", reviewer="ana")
    assert list_doubts(database) == []

    undo_verdict(database, message)

    assert len(list_doubts(database)) == 1


def test_an_approved_example_is_written_in_rasas_form(database: Database, data: Path) -> None:
    learn(database, "how many dollars must I pay")
    take_in(database, data)

    assert yaml.safe_load(read_file(data))["nlu"] == [
        {"intent": "ask_cost", "metadata": {"passage": "g#cost/all"}, "examples": "- how many dollars must I pay\n"}
    ]


def test_who_proposes_cannot_approve(database: Database, data: Path) -> None:
    judge(database, ask(database, "price please now"), "corrected", reviewer="ana", intent="ask_cost")
    (candidate,) = list_candidates(database)

    with pytest.raises(RefusedError, match="Another person"):
        decide(database, candidate.id, "approved", by="ana")
    take_in(database, data)
    assert read_file(data) == ""


def test_personal_data_do_not_get_into_an_example(database: Database, data: Path) -> None:
    learn(database, "I am Olga Petrova, +1 202-555-0187, what is the price of it all")
    take_in(database, data)

    assert "Petrova" not in read_file(data) and "0187" not in read_file(data) and "what is the price" in read_file(data)


@pytest.mark.parametrize(
    ("text", "intent", "passage", "problem"),
    [
        ("what does it cost", "ask_cost", "g#cost/all", "is there already"),
        ("Is it dangerous?", "ask_cost", "g#cost/all", "contradicts ask_risks"),
        ("What does it COST", "ask_cost", "g#cost/other", "contradicts ask_cost g#cost/all"),
        ("hm", "ask_cost", None, "too short"),
        ("what is this about", "ask_nonsense", None, "no such intent"),
    ],
)
def test_a_bad_candidate_is_left_out_and_the_reason_kept(
    database: Database, data: Path, text: str, intent: str, passage: str | None, problem: str
) -> None:
    learn(database, text, intent, passage)
    take_in(database, data)

    assert read_file(data) == ""
    assert problem in list_candidates(database)[0].problem


def test_of_two_that_contradict_each_other_the_first_is_taken(database: Database, data: Path) -> None:
    learn(database, "tell me all of it", "ask_cost")
    second = ask(database, "Tell me all of it!")
    judge(database, second, "corrected", reviewer="ana", intent="ask_risks", passage="g#risks/all")
    decide(database, list_candidates(database, state="proposed")[0].id, "approved", by="ben")
    take_in(database, data)

    assert read_file(data).count("ell me all of it") == 1 and "ask_risks" not in read_file(data)


def test_a_correction_applied_twice_or_by_two_people_is_one_example(database: Database, data: Path) -> None:
    message = ask(database, "how many dollars must I pay")
    assert judge(database, message, "corrected", reviewer="ana", intent="ask_cost")
    assert not judge(database, message, "corrected", reviewer="ben", intent="ask_cost")
    assert not judge(database, ask(database, "How many DOLLARS must I pay"), "corrected", reviewer="cem", intent="ask_cost")

    assert len(list_candidates(database)) == 1


def test_undone_examples_are_gone_and_cannot_be_decided_twice(database: Database, data: Path) -> None:
    candidate = learn(database, "how many dollars must I pay")
    take_in(database, data)
    with pytest.raises(NotFoundError):
        decide(database, candidate, "rejected", by="cem")
    decide(database, candidate, "undone", by="cem")

    assert "gone" in take_in(database, data) and read_file(data) == ""


def test_an_erased_visitor_is_gone_from_the_training_data_too(database: Database, data: Path) -> None:
    from conversations.privacy import erase

    learn(database, "how many dollars must I pay")
    take_in(database, data)
    with database.read() as connection:
        conversation = connection.execute(sa.select(messages.c.conversation_id)).scalars().first()
    erase(database, [str(conversation)], by="ana")
    take_in(database, data)

    assert read_file(data) == ""


@pytest.mark.parametrize("text", ["[x](intent) {y}", "- # nlu: intent", "a | b ] c"])
def test_no_text_breaks_the_form(database: Database, data: Path, text: str) -> None:
    learn(database, f"{text} how many dollars")
    take_in(database, data)

    (block,) = yaml.safe_load(read_file(data))["nlu"]
    assert block["intent"] == "ask_cost" and block["examples"].count("\n") == 1 and "(" not in block["examples"]


def test_after_a_refused_model_only_its_new_examples_are_proposals_again(database: Database, data: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    learn(database, "how many dollars must I pay")
    take_in(database, data)
    (models / "reviewed.yml").write_text(read_file(data))  # the model in use has learnt it
    before = read_file(data)
    learn(database, "is it dear, the cure [thing](x)")
    take_in(database, data)
    (models / "refused.json").write_text(json.dumps({"fallen": ["emergency: 60 of 60 before, 59 now"]}))

    said = withdraw(database, data, models)

    states = {one.text: (one.state, one.problem) for one in list_candidates(database)}
    assert said.startswith("withdraw: 1 examples")
    assert states["how many dollars must I pay"] == ("approved", None)
    state, problem = states["is it dear, the cure [thing](x)"]
    assert state == "proposed" and "emergency: 60 of 60 before, 59 now" in problem
    assert read_file(data) == before and not (models / "refused.json").exists()


def test_a_proposal_sent_back_can_be_approved_again(database: Database, data: Path) -> None:
    candidate = learn(database, "how many dollars must I pay")
    send_back(database, {candidate: "answered worse"})
    take_in(database, data)
    assert read_file(data) == ""

    decide(database, candidate, "approved", by="ben")
    take_in(database, data)

    assert "how many dollars" in read_file(data)
