"""Replies of all systems are judged by one rule, and the generous one is used for Rasa's default only."""

from __future__ import annotations

import pytest

from evaluation.judging import Reply, fold_intent, is_refused, is_section_right, is_topic_right

CASE = {"q": "?", "expect": ["g#cost"], "facts": ["180"]}
SECTIONS = {"ask_cost": ("g#cost", "h#cost"), "ask_risks": ("g#risks",)}


def test_the_first_section_decides_and_facts_do_not() -> None:
    assert is_section_right(CASE, Reply("answer", ("g#cost", "g#risks"), "no figure"))
    assert not is_section_right(CASE, Reply("answer", ("g#risks", "g#cost"), "180"))


def test_a_refusal_is_no_right_answer() -> None:
    assert not is_section_right(CASE, Reply("out_of_scope", (), ""))
    assert not is_topic_right(CASE, Reply("out_of_scope", (), ""))


def test_a_topic_is_right_if_any_of_its_sections_is_expected() -> None:
    case = {"q": "?", "expect": ["h#cost"]}

    assert is_topic_right(case, fold_intent("ask_cost", 0.9, threshold=0.5, sections_of=SECTIONS))
    assert not is_topic_right(case, fold_intent("ask_risks", 0.9, threshold=0.5, sections_of=SECTIONS))


@pytest.mark.parametrize(
    ("intent", "confidence", "refused"),
    [
        ("ask_cost", 0.4, True),
        ("ask_cost", 0.5, False),
        ("out_of_scope", 0.9, True),
        ("nlu_fallback", 0.9, True),
        ("greet", 0.9, False),
    ],
)
def test_an_intent_is_refused_below_the_threshold_or_out_of_scope(intent: str, confidence: float, refused: bool) -> None:
    assert is_refused(fold_intent(intent, confidence, threshold=0.5, sections_of=SECTIONS)) is refused
