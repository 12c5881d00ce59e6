"""Retention, erasure and copies, on both databases: nothing left, nothing too much, holds untouched."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from conversations.accounts import write_deed
from conversations.database import Database
from conversations.dossier import add_note, give_feedback, set_hold
from conversations.errors import NotFoundError, RefusedError
from conversations.notices import queue_notices
from conversations.privacy import copy_visitor, delete_old, erase, find_of_visitor, find_old, list_receipts
from conversations.review import judge
from conversations.search import Wanted, find_conversations
from conversations.store import Store
from conversations.tables import METADATA, audit, cases, conversations, messages
from conversations.types import Author, Draft, Incoming, Outcome, TurnState

MARKER = "zanzibar"


def visit(store: Store, sender: str, *, days_ago: float = 0, text: str = "hello", email: str = "") -> str:
    """A conversation with something in every table that a visitor touches."""
    accepted = store.accept(Incoming("rest", sender, uuid.uuid4().hex, text))
    contact = {"name": sender, "email": email} if email else {}
    effects = [{"type": "handoff", "reason": "asked", "contact": contact, "questions": [text]}] if email else []
    draft = Draft(Author.ASSISTANT, f"you said {text}", "answer", {"custom": {"kind": "answer"}})
    understanding = {"intent": "ask_cost", "confidence": 0.3, "labels": [{"label": "x", "confidence": 0.3}]}
    assert accepted.work is not None
    said = store.finish(
        accepted.work, Outcome(TurnState.ANSWERED, [draft], "answer", {"said": text}, effects, understanding)
    ).replies[0]
    database = store.database
    add_note(database, accepted.conversation_id, "ana", f"note on {text}")
    give_feedback(database, "rest", sender, said.id, "down", text)
    judge(database, accepted.message_id, "confirmed", reviewer="ana", intent="ask_cost")
    queue_notices(database, ["email"])
    with database.write() as connection:
        at = datetime.now(timezone.utc) - timedelta(days=days_ago)
        connection.execute(sa.update(conversations).where(conversations.c.id == accepted.conversation_id).values(last_at=at))
    return accepted.conversation_id


def everything(database: Database) -> str:
    """All rows of all tables as one text."""
    with database.read() as connection:
        return "".join(str(row) for table in METADATA.sorted_tables for row in connection.execute(sa.select(table)))


def test_erasing_one_leaves_nothing_of_them_and_everything_of_the_others(database: Database) -> None:
    store = Store(database, owner="one", with_events=True)
    one = visit(store, f"{MARKER}-sender", text=f"{MARKER} here", email=f"{MARKER}@example.org")
    others = [visit(store, f"v{number}", text=f"other {number}", email=f"v{number}@example.org") for number in range(5)]
    assert everything(database).count(MARKER) > 8

    receipt = erase(database, [one], by="ana")

    assert MARKER not in everything(database) and one not in everything(database)
    assert find_conversations(database, Wanted(words=MARKER)) == []
    for table in (
        "messages",
        "turns",
        "outbox",
        "cases",
        "notes",
        "feedback",
        "reviews",
        "candidates",
        "notices",
        "case_events",
        "events",
    ):
        assert receipt.counts.get(table), table
    with database.read() as connection:
        left = set(connection.execute(sa.select(conversations.c.id)).scalars())
    assert left == set(others) and len(list_receipts(database)) == 1


def test_the_search_index_is_emptied_with_the_messages(database: Database) -> None:
    one = visit(Store(database, owner="one"), "s", text=MARKER)
    assert len(find_conversations(database, Wanted(words=MARKER))) == 1
    erase(database, [one], by="ana")
    with database.read() as connection:
        if database.is_sqlite:
            query = "select count(*) from message_search where message_search match 'zanzibar'"
        else:
            query = "select count(*) from message_search"

        assert connection.execute(sa.text(query)).scalar() == 0


def test_a_hold_stops_erasure_and_retention(database: Database) -> None:
    one = visit(Store(database, owner="one"), "s", days_ago=400)
    set_hold(database, one, "asked for by a court", by="ana")

    with pytest.raises(RefusedError, match="legal hold"):
        erase(database, [one], by="ana")
    assert delete_old(database, days=365, by="job") == {}
    with pytest.raises(DBAPIError), database.write() as connection:  # the database itself refuses
        connection.execute(sa.delete(conversations).where(conversations.c.id == one))


def test_retention_over_a_year_deletes_what_is_older_and_no_more(database: Database) -> None:
    store = Store(database, owner="one")
    ids = {visit(store, f"v{days}", days_ago=days, text=f"text {days}"): days for days in range(0, 720, 40)}

    due = set(find_old(database, days=365))
    delete_old(database, days=365, by="job")

    with database.read() as connection:
        left = set(connection.execute(sa.select(conversations.c.id)).scalars())
    assert due == {one for one, days in ids.items() if days > 365}
    assert left == {one for one, days in ids.items() if days <= 365}
    assert find_old(database, days=365) == []


def test_an_open_case_is_kept_whatever_its_age(database: Database) -> None:
    one = visit(Store(database, owner="one"), "s", days_ago=999, email="s@example.org")

    assert find_old(database, days=365) == []
    with database.write() as connection:
        connection.execute(sa.update(cases).values(state="closed"))
    assert find_old(database, days=365) == [one]


def test_a_copy_is_complete(database: Database) -> None:
    store = Store(database, owner="one")
    one = visit(store, "s", email="s@example.org")
    visit(store, "t")

    found = copy_visitor(database, [one])

    with database.read() as connection:
        for table in METADATA.sorted_tables:
            if "conversation_id" in table.c:
                rows = connection.execute(
                    sa.select(sa.func.count()).select_from(table).where(table.c.conversation_id == one)
                ).scalar()
                assert len(found.get(table.name, ())) == rows, table.name
    assert found["conversations"][0]["sender"] == "s" and len(found["candidates"]) == 1


def test_the_same_visitor_is_known_by_the_fingerprint_of_the_address(url: str) -> None:
    from conversations.database import migrate, open_database
    from conversations.sealing import Cipher, make_key

    database = Database(open_database(url, cipher=Cipher([make_key()])))
    migrate(database.engine)
    store = Store(database, owner="one")
    one, other = visit(store, "s", email="Olga@example.org"), visit(store, "t", email="olga@Example.org ")
    visit(store, "u", email="ben@example.org")

    assert find_of_visitor(database, one) == sorted([one, other])
    database.close()


def test_what_is_not_there_cannot_be_erased_or_copied(database: Database) -> None:
    with pytest.raises(NotFoundError):
        erase(database, ["0" * 32], by="ana")
    with pytest.raises(NotFoundError):
        copy_visitor(database, ["0" * 32])


@pytest.mark.parametrize("statement", ["update audit set action = 'x'", "delete from audit"])
def test_the_audit_log_only_grows(database: Database, statement: str) -> None:
    write_deed(database, "ana", "unmask", of="x")

    with pytest.raises(DBAPIError, match="only grows"), database.write() as connection:
        connection.execute(sa.text(statement))
    with database.read() as connection:
        assert connection.execute(sa.select(audit.c.action)).scalars().all() == ["unmask"]
        assert connection.execute(sa.select(messages.c.id)).first() is None
