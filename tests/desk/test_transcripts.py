"""Transcripts: exports hold no formula and no personal data, and what is looked for is found."""

from __future__ import annotations

import csv
import io
import uuid

import pytest

from desk.views.transcripts import guard_cell
from tests.desk.conftest import Client, Door


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert guard_cell(text).startswith("'")


def test_an_export_holds_what_is_filtered_without_personal_data(door: Door, ana: Client) -> None:
    word = f"word{uuid.uuid4().hex[:8]}"
    door.say(f"=cmd|{word} I am Olga Petrova, +1 202-555-0187", sender=f"e-{word}")
    door.say("something else", sender=f"other-{word}")

    rows = list(csv.DictReader(io.StringIO(ana.get(f"/desk/transcripts/export?form=csv&q={word}").text)))

    assert len(rows) == 2 and rows[0]["author"] == "visitor" and rows[0]["text"].startswith("'=cmd|")
    assert "Petrova" not in str(rows) and "0187" not in str(rows)
    assert len(ana.get(f"/desk/transcripts/export?form=json&q={word}").json()) == 2


@pytest.mark.parametrize("query", ['"', "a AND", "NEAR(", "*", "-", "^x", "a:b", "' OR 1=1 --", "\\", "😀", "a" * 500])
def test_odd_searches_are_searches(ana: Client, query: str) -> None:
    assert ana.get("/desk/transcripts", params={"q": query}).status_code == 200


@pytest.mark.parametrize("query", ["since=never", "until=2026-13-45", "before=x", "mark=bad", "kind=bad", "page=-1", "view=bad"])
def test_odd_filters_filter_nothing(ana: Client, query: str) -> None:
    assert ana.get(f"/desk/transcripts?{query}").status_code == 200
    assert ana.get(f"/desk?{query}").status_code == 200


def test_search_finds_words_without_accents_and_beginnings(door: Door, ana: Client) -> None:
    door.say("Wie lange dauert die Erholung nach der Übelkeitsphase", sender="accent")

    assert "Erholung" in ana.get("/desk/transcripts?q=ubelkeits").text
