"""Places in a text, and the text without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialogue.places import _AS_WRITTEN, Places
from knowledge.passage import Knowledge


@pytest.fixture(scope="module")
def places(knowledge: Knowledge) -> Places:
    """The places of the real knowledge base."""
    return Places(knowledge)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how much in the US?", ["usa"]),
        ("Istanbul or Shanghai", ["turkey", "china"]),
        ("turkey's price", ["turkey"]),
        ("Korean clinics vs China", ["south-korea", "china"]),
        ("prices in istambul", ["turkey"]),
        ("CHINA, china and China", ["china"]),
        ("and in japan?", ["japan"]),
    ],
)
def test_places_are_found_in_their_order(places: Places, text: str, found: list[str]) -> None:
    assert places.find(text) == found


@pytest.mark.parametrize("text", ["", "tell us more", "is it for us?", "chinaware", "what does it cost"])
def test_what_names_no_place_has_none(places: Places, text: str) -> None:
    assert places.find(text) == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("how much is it in Turkey?", "how much is it?"),
        ("how much in the US?", "how much?"),
        ("price in germany or turkey", "price"),
        ("Korean clinics vs China", "clinics"),
        ("in Istanbul or Shanghai", ""),
        ("how long is the stay?", "how long is the stay?"),
    ],
)
def test_the_rest_has_no_place_and_no_dangling_preposition(places: Places, text: str, rest: str) -> None:
    assert places.without(text) == rest


@pytest.mark.parametrize(
    "change",
    [str, str.upper, str.title, lambda word: f"({word})", lambda word: f"-- {word}'s", lambda word: word.replace("i", "İ")],
)
def test_every_spelling_is_found_however_it_is_written(places: Places, change: Callable[[str], str]) -> None:
    for spelling, place in places._ids.items():
        text = f"how much in {change(spelling)}, please"
        by_the_pattern = [m.group() for m in places._pattern.finditer(text)]
        assert bool(places.find(text)) == bool(by_the_pattern)
        if change is str and spelling.upper() not in _AS_WRITTEN:
            assert place in places.find(text)


def test_a_place_is_a_word_of_its_own(places: Places) -> None:
    assert places.find("x2china, China2 and KOREA") == ["south-korea"]
    assert places.find("x2china, TÜRKİYE") == ["turkey"]
