"""Conversations are found by words and by what happened in them, on both databases."""

from __future__ import annotations

import pytest

import conversations.search as search
from conversations.database import Database
from conversations.search import MARKS, Wanted, find_conversations
from conversations.store import Store
from tests.conversations.test_privacy import visit


def found(database: Database, **wanted: object) -> list[str]:
    """What visitors wrote first in the conversations found."""
    return [one.excerpt for one in find_conversations(database, Wanted(**wanted))]  # type: ignore[arg-type]


@pytest.mark.parametrize("many", [0, 5000])
@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("kidney", ["my kidney hurts", "kidney flare"]),
        ("KIDNEY hurts", ["my kidney hurts"]),
        ("fla", ["kidney flare"]),
        ("nothing", []),
        ("'; drop table messages --", []),
    ],
)
def test_words_are_found_whether_rare_or_common(
    database: Database, monkeypatch: pytest.MonkeyPatch, many: int, words: str, texts: list[str]
) -> None:
    monkeypatch.setattr(search, "MANY", many)
    store = Store(database, owner="one")
    for number, text in enumerate(["my kidney hurts", "kidney flare", "hello"]):
        visit(store, f"v{number}", text=text)

    assert sorted(text.removeprefix("you said ") for text in found(database, words=words)) == sorted(texts)


def test_marks_narrow(database: Database) -> None:
    store = Store(database, owner="one")
    visit(store, "one", text="plain")
    visit(store, "two", text="asked", email="two@example.org")

    assert found(database, marks=("handed_over",)) == ["asked"]
    assert len(found(database, marks=("thumbs_down", "not_reviewed"))) == 2
    assert found(database, marks=("emergency",)) == found(database, marks=("reviewed",)) == []
    assert set(MARKS) == {"handed_over", "emergency", "unanswered", "thumbs_down", "reviewed", "not_reviewed"}


def test_topics_kinds_and_channels_narrow(database: Database) -> None:
    visit(Store(database, owner="one"), "one", text="plain")

    assert found(database, topic="ask_cost", kind="answer", channel="rest") == ["plain"]
    assert found(database, topic="ask_risks") == found(database, kind="clarify") == found(database, channel="web") == []
