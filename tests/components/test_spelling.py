"""Spelling: unknown words become the likeliest known ones, all else stays as it was typed."""

from __future__ import annotations

import pytest

from components.spelling import SpellingCorrector, count_words
from components.spelling_correction import common_words, known_misspellings


@pytest.fixture(scope="module")
def corrector() -> SpellingCorrector:
    """A corrector with a small vocabulary."""
    counts = {"hospital": 40, "hospitals": 5, "visa": 20, "research": 9, "rituximab": 12, "rare": 1, "much": 50}
    return SpellingCorrector(counts, ["mush", "table"], {"plaqunil": "plaquenil"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how long in hosptal", "how long in hospital"),
        ("a vissa?", "a visa?"),
        ("Reserch, please", "research, please"),
        ("ritoximub", "rituximab"),
        ("plaqunil", "plaquenil"),
    ],
)
def test_a_slip_is_corrected(corrector: SpellingCorrector, typed: str, meant: str) -> None:
    assert corrector.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["", "CRS 40 mg!", "my brain is mush", "a table", "vsa", "zyxwvut", "rar", "你好 ¿qué?", "hospital\tvisa\n\nrituximab"],
)
def test_known_short_and_far_words_stay(corrector: SpellingCorrector, text: str) -> None:
    assert corrector.correct(text) == text


def test_words_are_counted_once_an_utterance() -> None:
    assert count_words(["visa visa", "a visa"])["visa"] == 2


def test_the_real_tables_are_there() -> None:
    assert {"mush", "table"} <= set(common_words(-15.0))
    assert known_misspellings()["plaqunil"] == "plaquenil"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("recvry tme", "recovery time"), ("trtmnt", "treatment"), ("hsptl", "hospital"), ("th rsk", "th rsk"), ("crs", "crs")],
)
def test_vowels_left_out_are_put_back(typed: str, meant: str) -> None:
    counts = {
        "recovery": 400,
        "recovry": 5,
        "treatment": 900,
        "tretment": 4,
        "hospital": 300,
        "time": 500,
        "risk": 9,
        "cars": 500,
        "crs": 80,
    }

    assert SpellingCorrector(counts, [], {}).correct(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("is the treetment good", "is the treatment good"),  # three wrote so, 90 and more as they meant
        ("treetment", "treetment"),  # nothing tells that this is English
        ("je veux la mort", "je veux la mort"),
        ("what is mort", "what is more"),
        ("is the treatmant good", "is the treatmant good"),  # too many wrote so
        ("is the dwelling good", "is the dwelling good"),  # common English
        ("is the benlisto good", "is the benlisto good"),  # the name of a term
    ],
)
def test_a_slip_of_the_training_data_is_corrected_in_an_english_message(typed: str, meant: str) -> None:
    counts = {"treatment": 100, "treetment": 3, "treatmant": 9, "mort": 3, "more": 300, "dwelling": 3, "swelling": 200}
    counts |= {"benlista": 90, "benlisto": 3}
    corrector = SpellingCorrector(counts, ["dwelling", "good"], {"benlistos": "benlisto"})

    assert corrector.correct(typed) == meant
