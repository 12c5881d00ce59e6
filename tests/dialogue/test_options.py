"""Choosing an offered question: by number, by ordinal, by its words; or not at all."""

from __future__ import annotations

import pytest

from dialogue.options import choose_option, is_out_of_range

OPTIONS = (
    "How long would I stay in hospital?",
    "How often are check-ups after I leave hospital?",
    "What are the risks of CAR-T?",
)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 0),
        (" 2 ", 1),
        ("3.", 2),
        ("2)", 1),
        ("(2)", 1),
        ("#2", 1),
        ("no. 2", 1),
        ("number two", 1),
        ("option 3", 2),
        ("Option 3 please", 2),
        ("question 1, thanks", 0),
        ("two", 1),
        ("one", 0),
        ("a)", 0),
        ("b.", 1),
        ("c", 2),
    ],
)
def test_a_number_or_letter_chooses(text: str, index: int) -> None:
    assert choose_option(text, OPTIONS) == index


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("first", 0),
        ("the second", 1),
        ("2nd", 1),
        ("the third one, thanks", 2),
        ("last", 2),
        ("the last one", 2),
        ("the latter", 2),
        ("the top one", 0),
        ("I'd like the second one", 1),
        ("show me the last", 2),
        ("yes, the first one please", 0),
        ("first of these", 0),
    ],
)
def test_an_ordinal_chooses(text: str, index: int) -> None:
    assert choose_option(text, OPTIONS) == index


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("How long would I stay in hospital?", 0),
        ("how long would i stay in hospital", 0),
        ("how long wuld I stay in hospitl?", 0),
        ("check-ups", 1),
        ("the risks", 2),
        ("risks one", 2),
        ("the hospital stay one", 0),
        ("tell me about the risks please", 2),
    ],
)
def test_its_words_choose(text: str, index: int) -> None:
    assert choose_option(text, OPTIONS) == index


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hospital",
        "none",
        "both",
        "yes",
        "that one",
        "I have two questions",
        "how much is it?",
        "what are the costs",
        "1 or 2",
        "the price",
        "ok and after that",
        "how often",
    ],
)
def test_what_fits_none_or_several_chooses_nothing(text: str) -> None:
    assert choose_option(text, OPTIONS) is None


@pytest.mark.parametrize("text", ["yes", "Yes please", "ok", "that one", "exactly", "sure"])
def test_yes_chooses_the_only_option(text: str) -> None:
    assert choose_option(text, OPTIONS[:1]) == 0


@pytest.mark.parametrize("text", ["1", "first", "How long would I stay in hospital?"])
def test_nothing_can_be_chosen_when_nothing_was_offered(text: str) -> None:
    assert choose_option(text, ()) is None


@pytest.mark.parametrize("text", ["0", "4", "12", "fourth", "option 7"])
def test_a_number_that_no_option_has_is_out_of_range(text: str) -> None:
    assert choose_option(text, OPTIONS) is None
    assert is_out_of_range(text, OPTIONS)


@pytest.mark.parametrize("text", ["3", "last", "hospital", "4 weeks?", "+44 20 7946 0000", "2024"])
def test_other_texts_are_not_out_of_range(text: str) -> None:
    assert not is_out_of_range(text, OPTIONS)


def test_no_number_is_out_of_range_when_nothing_was_offered() -> None:
    assert not is_out_of_range("7", ())


@pytest.mark.parametrize("text", ["why", "and when", "where", "how come", "can i", "must they"])
def test_a_question_word_alone_chooses_nothing(text: str) -> None:
    options = ("Why read the protocol of a trial?", "When do they come home?", "Where can I go?", "Can I stay? Must they agree?")

    assert choose_option(text, options) is None
