"""A person in the conversation: claimed by one, spoken in by that one, given back; timers; races. On both databases."""

from __future__ import annotations

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from conversations.database import Database
from conversations.errors import LeaseLostError, MoveRefusedError, NotFoundError
from conversations.live import Waits, claim, find_heard, find_new, find_undelivered, hand_back, leave, run_timers, say
from conversations.moves import Holder
from conversations.store import Store
from conversations.tables import case_events, cases, conversations, messages, moves
from conversations.types import Accepted, Author, Draft, Incoming, Outcome, TurnState, Work

WAITS = Waits(claim_s=60, answer_s=120, visitor_s=600)
WORDS = {"claim": "nobody came, {reference}", "answer": "asking others", "visitor": "gone"}
LIVE = {"type": "handoff", "reason": "asked", "live": True}
# The whole number of races is run by `make resilience`; a share of them here, on each database.
RACES = int(os.environ.get("RACES", "100"))


def ask(store: Store, number: int = 1, text: str = "hello") -> Accepted:
    """A message of Ann's."""
    return store.accept(Incoming("rest", "ann", f"m{number}", text))


def finish(store: Store, work: Work | None, *effects: dict[str, object]) -> TurnState:
    """The assistant's answer to it."""
    assert work is not None
    draft = Draft(Author.ASSISTANT, "reply {reference}", "handoff")
    return store.finish(work, Outcome(TurnState.ANSWERED, [draft], "handoff", {"step": 1}, effects)).state


def waiting(store: Store) -> str:
    """A conversation that waits for a person."""
    accepted = ask(store)
    finish(store, accepted.work, LIVE)
    return accepted.conversation_id


def state(database: Database, conversation_id: str) -> tuple[str, str | None, str | None]:
    """Holder, coordinator and timer."""
    columns = conversations.c.holder, conversations.c.coordinator, conversations.c.timer
    with database.read() as connection:
        return tuple(connection.execute(sa.select(*columns).where(conversations.c.id == conversation_id)).one())  # type: ignore[return-value]


def texts(database: Database) -> list[str]:
    """All that was said to visitors."""
    with database.read() as connection:
        said = sa.select(messages.c.text).where(messages.c.author != "visitor").order_by(messages.c.id)
        return list(connection.execute(said).scalars())


def age(database: Database, seconds: float) -> None:
    """Let all waits have begun earlier."""
    with database.write() as connection:
        connection.execute(sa.update(conversations).values(timer_at=datetime.now(timezone.utc) - timedelta(seconds=seconds)))


def test_a_live_handoff_waits_for_a_person(store: Store, database: Database) -> None:
    conversation = waiting(store)

    assert state(database, conversation) == ("waiting", None, "claim")


def test_a_message_that_waits_behind_a_live_handoff_is_not_for_the_assistant(store: Store) -> None:
    first = ask(store).work
    ask(store, 2)
    assert first is not None

    following = store.finish(first, Outcome(TurnState.ANSWERED, [], "handoff", None, [LIVE])).following

    assert following is not None and following.holder is Holder.WAITING


def test_a_live_handoff_asked_for_twice_has_one_case(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    hand_back(database, conversation, "ana", words="")
    finish(store, ask(store, 2).work, LIVE)

    with database.read() as connection:
        assert connection.execute(sa.select(cases.c.occurrences)).scalars().all() == [2]


def test_a_coordinator_claims_and_the_visitor_is_told(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="Ana is here")

    assert state(database, conversation) == ("coordinator", "ana", "answer")
    assert texts(database)[-1] == "Ana is here"


def test_a_claimed_case_is_assigned_and_its_history_written(store: Store, database: Database) -> None:
    claim(database, waiting(store), "ana", words="")

    with database.read() as connection:
        assert connection.execute(sa.select(cases.c.assigned_to)).scalar_one() == "ana"
        history = connection.execute(sa.select(case_events.c.what, case_events.c.coordinator).order_by(case_events.c.id)).all()
    assert [tuple(row) for row in history] == [("opened", None), ("claimed", "ana")]


def test_a_held_conversation_cannot_be_claimed(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")

    with pytest.raises(MoveRefusedError, match="ana has it"):
        claim(database, conversation, "ben", words="Ben is here")
    assert "Ben is here" not in texts(database)


def test_only_the_holder_speaks(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")

    with pytest.raises(MoveRefusedError):
        say(database, conversation, "ben", "hello", client_id="1")
    assert say(database, conversation, "ana", "hello", client_id="1").message_id
    assert texts(database)[-1] == "hello"


def test_the_same_words_sent_again_are_said_once(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    first = say(database, conversation, "ana", "hello", client_id="1")

    again = say(database, conversation, "ana", "hello", client_id="1")

    assert again.repeated and again.message_id == first.message_id
    assert texts(database).count("hello") == 1


def test_after_a_hand_back_the_assistant_has_its_context(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    hand_back(database, conversation, "ana", words="")

    work = ask(store, 2).work

    assert work is not None and work.holder is Holder.ASSISTANT and work.context == {"step": 1}


def test_what_was_said_meanwhile_is_found_for_the_assistant(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="Ana is here")
    say(database, conversation, "ana", "which country?", client_id="1")
    held = ask(store, 2, "Spain").work
    assert held is not None
    store.finish(held, Outcome(TurnState.PASSED_ON))
    hand_back(database, conversation, "ana", words="bye")
    work = ask(store, 3, "and the cost?").work
    assert work is not None and work.was_held

    assert find_heard(database, conversation, before=work.message_id) == [("coordinator", "which country?"), ("visitor", "Spain")]


def test_only_the_holder_or_a_supervisor_hands_back(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")

    with pytest.raises(MoveRefusedError):
        hand_back(database, conversation, "ben", words="")
    hand_back(database, conversation, None, words="")
    assert state(database, conversation)[0] == "assistant"


def test_who_leaves_lets_another_take_over(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    leave(database, conversation, "ana", words="")

    claim(database, conversation, "ben", words="")
    assert state(database, conversation)[1] == "ben"


@pytest.mark.parametrize("act", [claim, hand_back, leave])
def test_an_unknown_conversation_is_said_to_be_unknown(database: Database, act: object) -> None:
    with pytest.raises(NotFoundError):
        act(database, "0" * 32, "ana", words="")  # type: ignore[operator]


def test_what_a_coordinator_said_is_found_by_who_asks(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="Ana is here")
    spoken = say(database, conversation, "ana", "hello", client_id="1")

    news = find_new(database, "rest", "ann", after=0)

    assert [one.text for one in news][1:] == ["Ana is here", "hello"]
    assert find_new(database, "rest", "ann", after=spoken.message_id) == []
    assert find_new(database, "rest", "ben", after=0) == []
    assert [one.text for one in find_undelivered(database, conversation)] == ["Ana is here", "hello"]


# ------------------------------------------------------------------ timers


def test_nobody_takes_it_so_the_assistant_answers_again_and_the_case_stays_open(store: Store, database: Database) -> None:
    conversation = waiting(store)
    age(database, 61)

    assert run_timers(database, WAITS, WORDS) == 1
    assert state(database, conversation) == ("assistant", None, None)
    with database.read() as connection:
        reference, case_state = connection.execute(sa.select(cases.c.reference, cases.c.state)).one()
    assert texts(database)[-1] == f"nobody came, {reference}" and case_state == "open"


def test_a_coordinator_who_does_not_answer_makes_room_for_another(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    age(database, 121)

    assert run_timers(database, WAITS, WORDS) == 1
    assert state(database, conversation) == ("waiting", None, "claim")
    assert texts(database)[-1] == "asking others"


def test_a_visitor_who_has_left_goes_back_to_the_assistant(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    say(database, conversation, "ana", "are you there?", client_id="1")
    age(database, 601)

    assert run_timers(database, WAITS, WORDS) == 1
    assert state(database, conversation)[0] == "assistant"
    assert texts(database)[-1] == "gone"


def test_the_answer_timer_runs_from_the_first_unanswered_message(store: Store, database: Database) -> None:
    conversation = waiting(store)
    claim(database, conversation, "ana", words="")
    say(database, conversation, "ana", "hello", client_id="1")
    first = ask(store, 2).work
    age(database, 121)
    assert first is not None
    store.finish(first, Outcome(TurnState.PASSED_ON))
    ask(store, 3)

    assert run_timers(database, WAITS, WORDS) == 1


@pytest.mark.parametrize("seconds", [0, 59])
def test_no_timer_ends_early(store: Store, database: Database, seconds: int) -> None:
    waiting(store)
    age(database, seconds)

    assert run_timers(database, WAITS, WORDS) == 0


def test_two_clocks_end_a_wait_once(store: Store, database: Database) -> None:
    waiting(store)
    age(database, 61)

    with ThreadPoolExecutor(4) as threads:
        ended = list(threads.map(lambda _: run_timers(database, WAITS, WORDS), range(4)))

    assert sum(ended) == 1
    assert sum(text.startswith("nobody came") for text in texts(database)) == 1


# ------------------------------------------------------------------ races


def test_of_two_who_claim_at_once_exactly_one_wins(database: Database) -> None:
    store = Store(database, owner="one")
    with ThreadPoolExecutor(2) as threads:
        for number in range(RACES):
            accepted = store.accept(Incoming("rest", f"v{number}", "m", "hello"))
            finish(store, accepted.work, LIVE)
            gate = threading.Barrier(2)

            def press(who: str, of: str = accepted.conversation_id, gate: threading.Barrier = gate) -> bool:
                gate.wait()
                try:
                    claim(database, of, who, words=f"{who} is here")
                except MoveRefusedError:
                    return False
                return True

            assert sum(threads.map(press, ("ana", "ben"))) == 1

    with database.read() as connection:
        taken = sa.select(sa.func.count()).select_from(moves).where(moves.c.after == "coordinator")
        assert connection.execute(taken).scalar_one() == RACES
        said = sa.select(sa.func.count()).select_from(messages).where(messages.c.text.like("% is here"))
        assert connection.execute(said).scalar_one() == RACES


def test_no_reply_of_the_assistant_gets_out_once_a_person_holds_it(database: Database) -> None:
    """The reply is committed and the conversation claimed at the same instant, in any order."""
    store = Store(database, owner="one")
    dice = random.Random(5)
    refused = 0
    with ThreadPoolExecutor(2) as threads:
        for number in range(RACES):
            accepted = store.accept(Incoming("rest", f"v{number}", "m", "hello"))
            work = accepted.work
            assert work is not None
            gate = threading.Barrier(2)
            first = dice.random() < 0.5

            def commit(work: Work = work, gate: threading.Barrier = gate) -> None:
                gate.wait()
                finish(store, work)

            def take(of: str = accepted.conversation_id, gate: threading.Barrier = gate) -> None:
                gate.wait()
                claim(database, of, "ana", words="Ana is here")

            acts = [commit, take] if first else [take, commit]
            for future in [threads.submit(act) for act in acts]:
                future.result()

    with database.read() as connection:
        rows = connection.execute(
            sa.select(messages.c.conversation_id, messages.c.author, messages.c.position).order_by(
                messages.c.conversation_id, messages.c.position
            )
        ).all()
    held: set[str] = set()
    for row in rows:
        if row.author == "gateway":
            held.add(row.conversation_id)
        elif row.author == "assistant":
            assert row.conversation_id not in held
        refused += row.author == "visitor"
    assert len(held) == RACES


def test_a_worker_that_was_thought_dead_says_nothing_after_a_takeover(store: Store, database: Database) -> None:
    brief = Store(database, owner="two", lease_s=0.0)
    accepted = brief.accept(Incoming("rest", "ann", "m", "hello"))
    claim(database, accepted.conversation_id, "ana", words="")
    taken_up = store.claim_left()

    assert taken_up is not None and taken_up.holder is Holder.COORDINATOR
    with pytest.raises(LeaseLostError):
        finish(brief, accepted.work)
