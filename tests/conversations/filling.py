"""A record with something of everything in it, for tests of migrations and backups."""

from __future__ import annotations

from conversations.database import Database
from conversations.holding import move_holder
from conversations.leases import take_lease
from conversations.moves import Holder
from conversations.outbox import Outbox
from conversations.store import Store
from conversations.types import Author, Draft, Incoming, Outcome, TurnState


def fill(database: Database, *, conversations: int = 20) -> None:
    """Put conversations with turns in all states, cases, labels, moves, deliveries and events into a record."""
    store = Store(database, owner="filler", with_events=True)
    handoff = {"type": "handoff", "reason": "asked", "contact": {"name": "Ólga 明"}, "consent": {"given": True}}
    for number in range(conversations):
        for turn in range(3):
            accepted = store.accept(Incoming("rest", f"s{number}", f"m{turn}", f"Frage {turn} “ü” 😀 \\u0000"))
            if accepted.work is None or (number % 5 == 0 and turn == 2):
                continue  # left waiting
            body = {"custom": {"kind": "answer", "citations": [{"id": "a#b/c", "lines": [1, 2]}]}}
            draft = Draft(Author.ASSISTANT, "Antwort {reference}", "answer", body)
            effects = [handoff, {"type": "flag", "what": "urgent"}] if turn == 1 else []
            understanding = {"intent": "ask_cost", "confidence": 0.1 + number / 100}
            outcome = Outcome(TurnState.ANSWERED, [draft], "answer", {"turn": turn}, effects, understanding, "model")
            finished = store.finish(accepted.work, outcome)
            if number % 2:
                Outbox(database).mark_sent([said.id for said in finished.replies], provider_id=f"p{number}-{turn}")
        if number % 4 == 0:
            held = accepted.conversation_id
            move_holder(database, held, before=Holder.ASSISTANT, after=Holder.COORDINATOR, coordinator="ana")
    take_lease(database, "job", owner="filler", for_s=10)
