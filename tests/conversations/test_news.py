"""Who looks now and then sees everything once: also what is committed late, on both databases."""

from __future__ import annotations

import threading
import time

import pytest

from conversations.database import Database
from conversations.news import LATE_BY_S, MOST_AT_ONCE, Change, News, begin_news, find_changes, find_said
from conversations.store import Store
from conversations.types import Incoming


def say(store: Store, sender: str, number: int = 1, channel: str = "widget") -> str:
    """A message of a visitor; returns the conversation's id."""
    return store.accept(Incoming(channel, sender, f"m{number}", "hello")).conversation_id


def look(database: Database, news: dict[str, News]) -> set[str]:
    """What the desk is told now."""
    found = find_changes(database, {name: one.after for name, one in news.items()})
    return set().union(*(news[name].take(changes, time.monotonic()) for name, changes in found.items()))


def test_what_was_said_before_is_no_news_and_what_comes_is_news_once(database: Database, store: Store) -> None:
    say(store, "ann")
    news = begin_news(database)
    assert look(database, news) == set()
    ann, bob = say(store, "ann", 2), say(store, "bob")
    assert look(database, news) == {ann, bob}
    assert look(database, news) == set()


def test_messages_are_found_by_visitor_and_those_of_other_channels_concern_nobody(database: Database, store: Store) -> None:
    after = begin_news(database)["messages"].after
    say(store, "ann")
    say(store, "ann", channel="rest")
    assert [change.of for change in find_said(database, "widget", after=after)] == ["ann", None]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_transaction_that_ends_late_is_seen(database: Database, store: Store, other: Store) -> None:
    """On PostgreSQL; SQLite has one writer at a time."""
    news, begun, go_on = begin_news(database), threading.Event(), threading.Event()
    late: list[str] = []

    def wait(_: object) -> None:
        begun.set()
        assert go_on.wait(10)

    def speak() -> None:
        late.append(store.accept(Incoming("widget", "ann", "m1", "hello"), when_claimed=wait).conversation_id)

    thread = threading.Thread(target=speak)
    thread.start()
    assert begun.wait(10)
    bob = say(other, "bob")
    assert look(database, news) == {bob}
    go_on.set()
    thread.join()
    assert look(database, news) == set(late)


def test_the_ids_looked_at_again_are_few() -> None:
    news = News(10, late_by_s=LATE_BY_S)
    assert news.take([Change(12, "bob")], 0.0) == {"bob"}
    assert (news.after, news.take([Change(11, "ann"), Change(12, "bob")], 0.5)) == (10, {"ann"})
    assert (news.take([Change(11, "ann"), Change(12, "bob")], LATE_BY_S), news.after) == (set(), 12)
    many = [Change(number, "ann") for number in range(13, 13 + MOST_AT_ONCE)]
    assert (news.take(many, LATE_BY_S), news.after) == ({"ann"}, 12 + MOST_AT_ONCE)
