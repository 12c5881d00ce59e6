"""Emergency rules: each catches and lets pass what it says, and no ordinary training utterance is taken for an emergency."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from safety.emergency import Rule, load_safety, normalise

ROOT = Path(__file__).resolve().parent.parent.parent
SAFETY = load_safety()


@pytest.mark.parametrize("rule", SAFETY.rules, ids=lambda rule: rule.id)
def test_a_rule_catches_what_it_says(rule: Rule) -> None:
    missed = [message for message in rule.catches if not rule.matches(normalise(message))]

    assert rule.catches and missed == []


@pytest.mark.parametrize("rule", SAFETY.rules, ids=lambda rule: rule.id)
def test_all_rules_let_pass_what_one_names(rule: Rule) -> None:
    caught = [message for message in rule.passes if SAFETY.find(message)]

    assert rule.passes and caught == []


def test_no_ordinary_utterance_is_taken_for_an_emergency() -> None:
    caught = []
    for path in (ROOT / "data").rglob("*.yml"):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).get("nlu", ()):
            if block["intent"] != "emergency":
                lines = (line.strip()[2:] for line in block["examples"].splitlines() if line.strip().startswith("- "))
                caught += [line for line in lines if SAFETY.find(line)]

    assert caught == []


@pytest.mark.parametrize(
    ("message", "kind", "language"),
    [
        ("HELP I CAN’T BREATHE!!!", "medical", "en"),
        ("i wanna dieeeee", "self_harm", "en"),
        ("no puedo respirar", "medical", "es"),
        ("Artık yaşamak istemiyorum", "self_harm", "tr"),
        ("我不想活了", "self_harm", "zh"),
        ("لا أستطيع التنفس", "medical", "ar"),
    ],
)
def test_form_and_language_do_not_matter_and_the_reply_is_in_the_language(message: str, kind: str, language: str) -> None:
    rule = SAFETY.find(message)

    assert rule is not None and (rule.kind, rule.language) == (kind, language)
    assert any(number in SAFETY.reply_to(rule) for number in ("112", "911", "988", "110"))


def test_self_harm_goes_before_a_medical_emergency() -> None:
    rule = SAFETY.find("I can't breathe, I want to kill myself")

    assert rule is not None and rule.kind == "self_harm"
