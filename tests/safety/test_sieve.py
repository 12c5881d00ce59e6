"""The sieve never keeps back a rule that finds something."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safety.emergency import SIEVE, load_safety
from safety.sieve import Sieve
from safety.wording import fold

RULES = load_safety().rules
EXAMPLES = sorted({text for rule in RULES for text in (*rule.catches, *rule.passes)})


def is_possible(pattern: str, text: str) -> bool:
    """What the sieve of one expression says of a text."""
    return Sieve([re.compile(pattern, re.M)], []).possible(text) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_catches_an_example_is_possible_in_it(rule: object) -> None:
    safety = load_safety()
    number = RULES.index(rule)  # type: ignore[arg-type]
    messages = [safety.wording.read(text) for text in EXAMPLES]

    caught = [message for message in messages if RULES[number].matches(message)]

    assert caught
    assert all(safety.sieve.possible(message.whole) >> number & 1 for message in caught)


@pytest.mark.parametrize("number", range(len(RULES)), ids=[rule.id for rule in RULES])
def test_whatever_a_rules_expression_can_find_is_possible(number: int) -> None:
    pattern = RULES[number].pattern

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def check(text: str) -> None:
        assert pattern.search(text)
        assert load_safety().sieve.possible(text) >> number & 1

    check()


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("chest .. pain", ["chest .. pain"]),
        (r"(?<!\w)(?:fit|seizure)s?(?!\w)", ["a fit", "seizures"]),
        (r"(?:my )?(?:heart|chest) (?:hurts|aches)", ["chest aches", "my heart hurts"]),
        (r"\d+ pills", ["40 pills"]),
        (r"(?:a|b|\w+)", ["a", "x"]),  # nothing can be derived
        (r"(?:stop(?:ped)?|cant) breath\w*", ["stopped breathing", "cant breathe"]),
        (r"(?:help ){2,}", ["help help "]),
        (r"(?i:help)", ["HELP"]),
        (r"o2|hr", ["o2", "hr"]),
        (r"x", ["x"]),
    ],
)
def test_what_an_expression_finds_is_possible(pattern: str, texts: list[str]) -> None:
    assert all(re.search(pattern, text) and is_possible(pattern, text) for text in texts)


def test_most_rules_are_not_tried_on_an_ordinary_question() -> None:
    safety = load_safety()
    tried = [bin(safety.sieve.possible(safety.wording.read(text).whole)).count("1") for rule in RULES for text in rule.passes]

    assert sum(tried) / len(tried) < len(RULES) / 2


def test_an_expression_that_ignores_case_is_always_tried() -> None:
    assert Sieve([re.compile("HELP", re.I)], []).possible("nothing of it") == 1


def test_what_was_made_is_taken_over(tmp_path: Path) -> None:
    patterns, file = [re.compile("chest pain"), re.compile("HELP", re.I)], tmp_path / "sieve.json"
    derived = Sieve(patterns, [])
    derived.write(file)
    changed = json.loads(file.read_text())
    changed["anchors"][0] = ["zz"]
    file.write_text(json.dumps(changed))

    assert Sieve(patterns, [], file).anchors == [frozenset({"zz"}), None]
    assert derived.anchors == Sieve(patterns, []).anchors != Sieve(patterns, [], file).anchors


@pytest.mark.parametrize("content", ["", "[]", "{", '{"made_of": "other", "anchors": [["zz"], null]}', None])
def test_what_was_made_of_other_expressions_or_is_damaged_is_not_taken_over(tmp_path: Path, content: str | None) -> None:
    patterns, file = [re.compile("chest pain"), re.compile("HELP", re.I)], tmp_path / "sieve.json"
    if content is not None:
        file.write_text(content)

    assert Sieve(patterns, [], file).anchors == Sieve(patterns, []).anchors


def test_another_expression_or_sample_is_another_sieve() -> None:
    one = Sieve([re.compile("chest pain")], ["a"]).made_of

    assert one == Sieve([re.compile("chest pain")], ["a"]).made_of
    assert one != Sieve([re.compile("chest pains")], ["a"]).made_of
    assert one != Sieve([re.compile("chest pain")], ["b"]).made_of


def test_the_sieve_made_at_setup_is_that_of_the_rules() -> None:
    sieve = load_safety().sieve
    assert json.loads(SIEVE.read_text())["made_of"] == sieve.made_of  # it is there, and was taken over
    samples = [fold(text) for rule in RULES for text in rule.passes]

    assert sieve.anchors == Sieve([rule.pattern for rule in RULES], samples).anchors
