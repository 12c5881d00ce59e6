"""The memory of a conversation: it survives its JSON form, is forgotten in time, and a damaged one counts as none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dialogue.context import FORGET_AFTER_S, MAX_SHOWN, Contact, Context, context_from

NOW = 1_800_000_000.0
FULL = Context(
    at=NOW,
    question="how long in hospital",
    section="sle-guide#recovery",
    passages=("sle-guide#recovery/hospital-stay",),
    shown=("sle-guide#recovery/hospital-stay",),
    countries=("china",),
    referent="crs",
    labels=(("sle-guide#recovery/hospital-stay", 0.9),),
    options=("What are the risks of CAR-T?",),
    offer="handoff",
    act="ask_recovery",
    failures=1,
    topics=("sle-guide#recovery",),
    all_countries=("china",),
    contact=Contact(step="reach", name="Ana", reason="call", tries=1),
    said_name="Ana",
)


def test_a_context_is_the_same_after_its_way_through_json() -> None:
    assert context_from(json.loads(json.dumps(FULL.as_data())), now=NOW) == FULL


def test_the_time_is_that_of_the_turn_under_way() -> None:
    assert context_from(FULL.as_data(), now=NOW + 60).at == NOW + 60


def test_a_context_of_less_than_an_hour_ago_is_kept() -> None:
    assert context_from(FULL.as_data(), now=NOW + FORGET_AFTER_S).section == "sle-guide#recovery"


def test_a_context_of_more_than_an_hour_ago_is_forgotten_with_its_contact_details() -> None:
    later = NOW + FORGET_AFTER_S + 1

    assert context_from(FULL.as_data(), now=later) == Context(at=later)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        5,
        [],
        {},
        {**FULL.as_data(), "version": 2},
        {key: value for key, value in FULL.as_data().items() if key != "version"},
        {**FULL.as_data(), "at": None},
        {**FULL.as_data(), "at": "yesterday"},
        {**FULL.as_data(), "section": 5},
        {**FULL.as_data(), "question": None},
        {**FULL.as_data(), "passages": "sle-guide#recovery/hospital-stay"},
        {**FULL.as_data(), "options": [1, 2]},
        {**FULL.as_data(), "labels": [["sle-guide#recovery/hospital-stay"]]},
        {**FULL.as_data(), "labels": ["sle-guide#recovery/hospital-stay"]},
        {**FULL.as_data(), "failures": "many"},
        {**FULL.as_data(), "shown": {}},
        {**FULL.as_data(), "contact": "Ana"},
        {**FULL.as_data(), "contact": {"step": "name", "colour": "red"}},
        {**FULL.as_data(), "contact": {"step": "name", "tries": "many"}},
        {**FULL.as_data(), "contact": {"step": None}},
    ],
)
def test_what_is_no_context_counts_as_none(data: Any) -> None:
    assert context_from(data, now=NOW) == Context(at=NOW)


def test_fields_of_a_later_release_are_ignored() -> None:
    assert context_from({**FULL.as_data(), "mood": "good"}, now=NOW) == FULL


def test_fields_that_an_earlier_release_did_not_have_are_empty() -> None:
    data = FULL.as_data()
    del data["said_name"]

    assert context_from(data, now=NOW) == replace(FULL, said_name="")


def test_whole_seconds_are_a_time_too() -> None:
    assert context_from({**FULL.as_data(), "at": int(NOW)}, now=NOW).section == FULL.section


def test_shown_passages_are_kept_once_and_the_oldest_go_first() -> None:
    shown = Context(shown=tuple(f"p{n}" for n in range(MAX_SHOWN))).with_shown(("p5", "new"))

    assert len(shown) == MAX_SHOWN
    assert shown[0] == "p1" and shown[-1] == "new"


@pytest.mark.parametrize(("contact", "active"), [(Contact(), False), (Contact(name="Ana"), False), (Contact(step="name"), True)])
def test_details_are_collected_while_there_is_a_step(contact: Contact, active: bool) -> None:
    assert contact.active is active
