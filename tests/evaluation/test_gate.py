"""The gate before a model that has learnt approved examples: what it counts, and the model in use passing it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from deploy.models import find_model
from evaluation.gate import find_fallen, is_right, measure, measure_of, read_cases, reply_to
from settings import load_settings


def reading(act: str, *labels: str) -> Any:
    """A reading of a message."""
    return SimpleNamespace(act=act, parts=[SimpleNamespace(labels=[(label, 0.9)]) for label in labels])


@pytest.mark.parametrize(
    ("case", "act", "labels", "right"),
    [
        ({"expect": ["g#cost"]}, "ask_cost", ["g#cost/all"], True),
        ({"expect": ["g#cost"]}, "ask_cost", ["g#risks/all"], False),
        ({"expect": ["g#cost"]}, "out_of_scope", [], False),
        ({"all": [["g#cost"], ["g#risks"]]}, "ask_cost", ["g#cost/all", "g#risks/crs"], True),
        ({"all": [["g#cost"], ["g#risks"]]}, "ask_cost", ["g#cost/all"], False),
        ({"kind": "out_of_scope"}, "nlu_fallback", [], True),
        ({"kind": "out_of_scope"}, "ask_cost", ["g#cost/all"], False),
        ({"kind": "personal_advice"}, "request_personal_advice", ["g#cost/all"], True),
        ({"kind": "chitchat"}, "greet", [], True),
        ({"kind": "emergency"}, "greet", [], False),
        ({"kind": "not_emergency"}, "ask_risks", ["g#risks/all"], True),
        ({"kind": "not_emergency"}, "emergency", [], False),
    ],
)
def test_a_reading_is_judged_by_the_reply_it_leads_to(case: dict[str, Any], act: str, labels: list[str], right: bool) -> None:
    assert is_right({"q": "x", **case}, reply_to(reading(act, *labels))) is right


def test_every_measure_that_falls_is_named() -> None:
    before = {"sections": (50, 60), "emergency": (60, 60), "handoff": (10, 10)}

    assert find_fallen(before, {"sections": (55, 60), "emergency": (59, 60), "handoff": (10, 10)}) == [
        "emergency: 60 of 60 before, 59 now"
    ]
    assert find_fallen(before, {"sections": (55, 60), "emergency": (60, 60)}) == ["handoff: 10 of 10 before, 0 now"]


def test_all_kinds_of_held_out_questions_have_their_measure() -> None:
    assert {measure_of(case) for case in read_cases()} == {
        "sections",
        "compound",
        "near misses",
        "out_of_scope",
        "personal_advice",
        "handoff",
        "privacy",
        "chitchat",
        "emergency",
        "not_emergency",
    }


def test_the_model_in_use_is_measured() -> None:
    cases = [case for case in read_cases() if measure_of(case) in ("sections", "not_emergency")][::20]

    found = measure(find_model(load_settings().data_dir).archive, cases)

    assert sum(asked for _, asked in found.values()) == len(cases)
    assert all(right / asked > 0.7 for right, asked in found.values())
