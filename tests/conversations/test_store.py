"""Accept once, claim alone, commit once, in order; on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from conversations.database import Database
from conversations.errors import LeaseLostError, MoveRefusedError
from conversations.holding import move_holder
from conversations.moves import ALLOWED_MOVES, Holder
from conversations.outbox import Outbox
from conversations.store import Store
from conversations.tables import conversations, messages, turns
from conversations.types import Accepted, Author, Draft, Incoming, Outcome, TurnState, Work


def message(number: int = 1, *, sender: str = "ann", text: str = "hello") -> Incoming:
    """A message of a visitor."""
    return Incoming("rest", sender, f"m-{number}", text)


def answer(text: str = "reply", **more: object) -> Outcome:
    """An answer of the assistant."""
    draft = Draft(Author.ASSISTANT, text, "answer", {"custom": {"kind": "answer", "citations": [], "suggestions": []}})
    return Outcome(TurnState.ANSWERED, [draft], "answer", **more)  # type: ignore[arg-type]


def claimed(accepted: Accepted | Work | None) -> Work:
    """The work that was claimed."""
    work = accepted.work if isinstance(accepted, Accepted) else accepted
    assert work is not None
    return work


def test_a_message_is_stored_and_its_turn_claimed_at_once(store: Store) -> None:
    accepted = store.accept(message())

    assert not accepted.repeated and accepted.state is TurnState.WAITING
    assert claimed(accepted).text == "hello" and claimed(accepted).context is None


def test_a_repeat_gets_the_stored_reply_and_no_second_turn(store: Store, other: Store) -> None:
    store.finish(claimed(store.accept(message())), answer("the reply"))

    again = other.accept(message())

    assert again.repeated and again.work is None
    assert [said.text for said in again.replies] == ["the reply"]


def test_a_repeat_is_counted(store: Store, database: Database) -> None:
    for _ in range(3):
        store.accept(message())

    with database.read() as connection:
        assert connection.execute(sa.select(turns.c.repeats)).scalars().all() == [2]


def test_the_same_id_in_another_conversation_is_another_message(store: Store) -> None:
    first, second = store.accept(message()), store.accept(message(sender="ben"))

    assert not second.repeated and second.conversation_id != first.conversation_id


def test_copies_at_the_same_instant_are_stored_once(store: Store, other: Store) -> None:
    gate = threading.Barrier(16)

    def deliver(number: int) -> Accepted:
        gate.wait()
        return (store if number % 2 else other).accept(message())

    with ThreadPoolExecutor(16) as threads:
        accepted = list(threads.map(deliver, range(16)))

    assert sum(not one.repeated for one in accepted) == 1
    assert len({one.message_id for one in accepted}) == 1
    assert sum(one.work is not None for one in accepted) == 1


def test_a_second_message_waits_for_the_first_and_follows_it(store: Store, other: Store) -> None:
    first = claimed(store.accept(message(1)))
    assert other.accept(message(2)).work is None

    following = store.finish(first, answer(context={"step": 1})).following

    assert following is not None and following.external_id == "m-2"
    assert following.context == {"step": 1} and following.previous_kind == "answer"


def test_conversations_do_not_wait_for_each_other(store: Store) -> None:
    store.accept(message())

    assert store.accept(message(sender="ben")).work is not None


def test_messages_are_numbered_in_order_without_a_gap(store: Store, database: Database) -> None:
    work: Work | None = claimed(store.accept(message(1)))
    for number in (2, 3):
        store.accept(message(number))
    while work is not None:
        work = store.finish(work, answer(f"to {work.external_id}")).following

    with database.read() as connection:
        rows = connection.execute(sa.select(messages.c.position, messages.c.text).order_by(messages.c.position)).all()
    assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.text for row in rows][3:] == ["to m-1", "to m-2", "to m-3"]


def test_a_commit_with_an_old_fence_is_refused(store: Store, database: Database) -> None:
    brief = Store(database, owner="two", lease_s=0.0)
    old = claimed(brief.accept(message()))
    new = claimed(store.claim_left())

    with pytest.raises(LeaseLostError):
        brief.finish(old, answer("of the dead"))
    assert [said.text for said in store.finish(new, answer("of the living")).replies] == ["of the living"]


def test_a_turn_is_not_claimed_while_its_worker_lives(store: Store, other: Store) -> None:
    store.accept(message())

    assert other.claim_left() is None


def test_what_is_left_is_claimed_once_by_many(database: Database) -> None:
    brief = Store(database, owner="dead", lease_s=0.0)
    for number in range(20):
        brief.accept(message(sender=f"s{number}"))
    stores = [Store(database, owner=f"g{number}") for number in range(4)]

    def claim_all(store: Store) -> list[Work]:
        found = []
        while (work := store.claim_left()) is not None:
            found.append(work)
        return found

    with ThreadPoolExecutor(4) as threads:
        works = [work for found in threads.map(claim_all, stores) for work in found]

    assert len(works) == len({work.message_id for work in works}) == 20
    assert {work.tries for work in works} == {2}


def test_a_voided_lease_lets_the_turn_be_taken_up_and_the_old_worker_commit_nothing(store: Store) -> None:
    old = claimed(store.accept(message()))
    store.void_leases()
    claimed(store.claim_left())

    with pytest.raises(LeaseLostError):
        store.finish(old, answer())


def test_finishing_twice_changes_nothing(store: Store, database: Database) -> None:
    work = claimed(store.accept(message()))
    first = store.finish(work, answer("once"))

    second = store.finish(work, answer("twice"))

    assert [said.text for said in second.replies] == [said.text for said in first.replies] == ["once"]
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one() == 2


def test_a_lease_in_the_far_future_is_void_since_the_clock_was_set_back(store: Store, database: Database) -> None:
    store.accept(message())
    with database.write() as connection:
        connection.execute(sa.update(conversations).values(lease_until=conversations.c.lease_until + 3600))

    assert store.claim_left() is not None


def test_an_outcome_at_once_is_committed_with_the_message(store: Store) -> None:
    accepted = store.accept(message(), at_once=answer("help"))

    assert accepted.state is TurnState.ANSWERED and accepted.work is None
    assert [said.text for said in accepted.replies] == ["help"]
    assert store.claim_left() is None


@pytest.mark.parametrize("holder", [Holder.WAITING, Holder.COORDINATOR])
def test_a_reply_in_flight_is_refused_when_a_person_holds_the_conversation(
    store: Store, database: Database, holder: Holder
) -> None:
    work = claimed(store.accept(message()))
    coordinator = "ana" if holder is Holder.COORDINATOR else None
    move_holder(database, work.conversation_id, before=Holder.ASSISTANT, after=holder, coordinator=coordinator)

    finished = store.finish(
        work,
        answer("of the assistant", effects=[{"type": "handoff", "reason": "asked"}]),
        if_held=[Draft(Author.GATEWAY, "passed on", "handoff")],
    )

    assert finished.state is TurnState.PASSED_ON
    assert [said.text for said in finished.replies] == ["passed on"]
    assert store.open_cases() == []


def test_of_two_coordinators_who_claim_at_once_one_wins(store: Store, database: Database) -> None:
    conversation_id = store.accept(message()).conversation_id
    move_holder(database, conversation_id, before=Holder.ASSISTANT, after=Holder.WAITING)
    gate = threading.Barrier(2)

    def claim(name: str) -> bool:
        gate.wait()
        try:
            move_holder(database, conversation_id, before=Holder.WAITING, after=Holder.COORDINATOR, coordinator=name)
        except MoveRefusedError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(claim, ["ana", "ben"])) == [False, True]


@pytest.mark.parametrize("before", list(Holder))
@pytest.mark.parametrize("after", list(Holder))
def test_only_listed_moves_are_made(store: Store, database: Database, before: Holder, after: Holder) -> None:
    conversation_id = store.accept(message()).conversation_id
    with database.write() as connection:
        connection.execute(sa.update(conversations).values(holder=before.value))
    coordinator = "ana" if after is Holder.COORDINATOR else None

    if (before, after) in ALLOWED_MOVES:
        move_holder(database, conversation_id, before=before, after=after, coordinator=coordinator)
    else:
        with pytest.raises(MoveRefusedError):
            move_holder(database, conversation_id, before=before, after=after, coordinator=coordinator)

    with database.read() as connection:
        holder = connection.execute(sa.select(conversations.c.holder)).scalar_one()
    assert holder == (after.value if (before, after) in ALLOWED_MOVES else before.value)


def test_a_handoff_opens_a_case_whose_reference_the_reply_names(store: Store) -> None:
    effect = {
        "type": "handoff",
        "reason": "asked",
        "priority": "normal",
        "contact": {"name": "Olga", "email": "olga@example.org", "phone": "+12025550187"},
        "consent": {"given": True, "wording": "May we write to you?"},
        "topics": ["cost"],
        "countries": ["Turkey"],
        "questions": ["What does it cost in Turkey?"],
        "language": "en",
    }
    work = claimed(store.accept(message()))

    finished = store.finish(work, answer("Your reference is {reference}.", effects=[effect]))

    (case,) = store.open_cases()
    assert finished.replies[0].text == f"Your reference is {case.reference}."
    assert (case.kind, case.reason, case.contact["email"]) == ("handoff", "asked", "olga@example.org")


@pytest.mark.parametrize(
    "effect",
    [
        {"type": "handoff"},
        {"type": "handoff", "reason": "a new one", "contact": "Olga", "topics": "cost", "consent": 7, "questions": [1, None]},
        {"type": "handoff", "reason": ["x"], "contact": {"name": 5, "email": None}, "language": {}},
    ],
)
def test_an_odd_handoff_is_kept_as_far_as_it_can_be(store: Store, effect: dict[str, object]) -> None:
    store.finish(claimed(store.accept(message())), answer(effects=[effect]))

    (case,) = store.open_cases()
    assert (case.kind, case.reason) == ("handoff", "other")


@pytest.mark.parametrize("effect", [{}, {"type": "dance"}, {"type": "flag"}, {"type": "flag", "what": ""}, "handoff", None, 7])
def test_what_is_no_effect_is_left_out(store: Store, effect: object) -> None:
    finished = store.finish(claimed(store.accept(message())), answer(effects=[effect]))

    assert finished.state is TurnState.ANSWERED and store.open_cases() == []


def test_emergencies_of_a_conversation_make_one_urgent_case_at_the_top(store: Store, database: Database) -> None:
    store.finish(claimed(store.accept(message(1, sender="ben"))), answer(effects=[{"type": "privacy_request", "what": "copy"}]))
    case = {"type": "case", "kind": "emergency", "reason": "emergency", "priority": "urgent", "questions": ["help"]}
    for number in range(3):
        store.accept(message(number), at_once=answer(effects=[case]))

    assert [(one.kind, one.priority) for one in store.open_cases()] == [("emergency", "urgent"), ("privacy", "normal")]
    with database.read() as connection:
        assert connection.execute(sa.select(conversations.c.urgent).where(conversations.c.sender == "ann")).scalar_one()


def test_the_outbox_keeps_the_order_of_a_conversation(store: Store, database: Database) -> None:
    outbox = Outbox(database)
    for number in (1, 2):
        store.finish(claimed(store.accept(message(number))), answer(f"reply {number}"))

    (first,) = outbox.claim("rest", limit=10, lease_s=5)
    assert first.said.text == "reply 1" and first.answers == "m-1"
    assert outbox.claim("rest", limit=10, lease_s=5) == []
    outbox.mark_sent([first.message_id], provider_id="p-1")

    assert [one.said.text for one in outbox.claim("rest", limit=10, lease_s=5)] == ["reply 2"]


def test_a_delivery_is_claimed_once_by_many(store: Store, database: Database) -> None:
    outbox = Outbox(database)
    for number in range(20):
        store.finish(claimed(store.accept(message(sender=f"s{number}"))), answer())

    with ThreadPoolExecutor(4) as threads:
        found = [one for batch in threads.map(lambda _: outbox.claim("rest", limit=10, lease_s=5), range(8)) for one in batch]

    assert len(found) == len({one.message_id for one in found}) == 20


def test_a_delivery_that_failed_for_good_is_seen_by_a_coordinator(store: Store, database: Database) -> None:
    outbox = Outbox(database)
    store.finish(claimed(store.accept(message())), answer())
    (delivery,) = outbox.claim("rest", limit=1, lease_s=5)

    outbox.give_up(delivery, error="410 gone")

    assert [case.reason for case in store.open_cases()] == ["delivery_failed"]
    assert outbox.claim("rest", limit=1, lease_s=5) == []


def test_the_backlog_is_counted(store: Store) -> None:
    store.accept(message(1))
    store.accept(message(2))

    backlog = store.count_backlog()

    assert (backlog.turns, backlog.deliveries) == (2, 0) and backlog.oldest_turn_s >= 0


def test_who_asks_is_told_of_a_claimed_turn_before_the_commit(store: Store, other: Store) -> None:
    told: list[Work] = []
    seen: list[int] = []

    def when_claimed(work: Work) -> None:
        told.append(work)
        with store.database.read() as connection:
            seen.append(connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one())

    accepted = store.accept(message(1), when_claimed=when_claimed)
    other.accept(message(2), when_claimed=when_claimed)  # waits behind the first
    store.accept(message(1), when_claimed=when_claimed)  # a repeat

    assert told == [claimed(accepted)]
    assert seen == [0]
