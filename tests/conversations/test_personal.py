"""Personal data are found, what only looks like them is left, on sentences that the rules were not made from."""

from __future__ import annotations

import pytest

from conversations.personal import find_kinds, mask, mask_contact, mask_repeated
from tests.desk.sentences import make_plain, make_sentences


def test_recall_is_high_for_every_kind() -> None:
    found: dict[str, list[bool]] = {}
    for kind, text, names in make_sentences(1):
        found.setdefault(kind, []).append(kind in find_kinds(text, names=names))

    assert sum(map(len, found.values())) >= 500
    for kind, hits in found.items():
        assert sum(hits) / len(hits) >= (0.85 if kind == "name" else 0.95), kind


def test_ordinary_questions_stay_as_they_are() -> None:
    false = [text for text in make_plain() if find_kinds(text)]

    assert len(false) <= 0.005 * len(make_plain()), false


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("I am Olga Petrova, +1 202-555-0187", "I am [name], [phone]"),
        ("it costs 50,000 to 100,000 USD", "it costs 50,000 to 100,000 USD"),
        ("I am German and 34 years old", "I am German and 34 years old"),
        ("wait 14 days, then 2 weeks", "wait 14 days, then 2 weeks"),
        ("olga", "[name]"),
    ],
)
def test_what_is_replaced(text: str, masked: str) -> None:
    assert mask(text, names=["Olga"]) == masked


def test_our_own_words_lose_only_what_they_repeat() -> None:
    text = "Thank you, Olga. We will use olga@example.org. It took 12 March 2021 and cost 50,000."

    assert (
        mask_repeated(text, names=["Olga"]) == "Thank you, [name]. We will use [e-mail]. It took 12 March 2021 and cost 50,000."
    )


def test_a_contact_shows_that_it_is_there_and_not_what_it_is() -> None:
    shown = mask_contact({"name": "Olga Petrova", "email": "olga@example.org", "phone": "+12025550187"})

    assert "Petrova" not in str(shown) and "example" not in str(shown) and "555" not in str(shown)
    assert shown["name"].startswith("O")
