"""`make content` finds each kind of problem, and all of them at once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.check import find_problems


def change(root: Path, place: str, edit: Any) -> None:
    """Apply `edit` to the data of a YAML file of the content."""
    path = root / place
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


RECOVERY = "passages/sle-guide/recovery.yml"


def test_the_real_content_has_no_problem() -> None:
    assert find_problems() == []


@pytest.mark.parametrize(
    ("place", "edit", "complaint"),
    [
        (RECOVERY, lambda d: d.update(colour="red"), "unknown field 'colour'"),
        (RECOVERY, lambda d: d["passages"][0].pop("title"), "title is missing"),
        (RECOVERY, lambda d: d["passages"][0].update(lines="62"), "lines is str"),
        (RECOVERY, lambda d: d["passages"][0].update(lines=[70, 60]), "must be [first, last]"),
        (RECOVERY, lambda d: d["passages"][0]["say"][0].update(about="weather"), "about is 'weather'"),
        (RECOVERY, lambda d: d["passages"][0].update(say=["just text"]), "must be {text, about}"),
        (RECOVERY, lambda d: d.update(section="sle-guide#other"), "the place of the file says"),
        (RECOVERY, lambda d: d["passages"][0].update(figures=[{"kind": "count"}]), "no bound"),
        (RECOVERY, lambda d: d["passages"][0].update(same_as=["sle-guide#recovery/nowhere"]), "which is no passage"),
        (RECOVERY, lambda d: d["passages"][0].update(same_as=["sle-guide#risks/crs"]), "not the other way round"),
        (RECOVERY, lambda d: d["passages"][0].update(terms=["unheard-of"]), "not in terms.yml"),
        (RECOVERY, lambda d: d["passages"][1].update(id=d["passages"][0]["id"]), "used twice"),
        (RECOVERY, lambda d: d["overview"].update({"from": ["nowhere"]}), "which the section does not have"),
        (RECOVERY, lambda d: d["passages"][0]["say"][0].update(text="Stay 77 days."), "shows 77"),
        (RECOVERY, lambda d: d["passages"][0].update(figures=[{"kind": "count", "low": 77}]), "does not show"),
        (RECOVERY, lambda d: d["passages"][0]["say"][0].update(text="It takes long."), "points back"),
        (RECOVERY, lambda d: d["passages"][0]["say"][0].update(text="No full stop"), "no full stop"),
        (RECOVERY, lambda d: d["passages"][1].update(question=d["passages"][0]["question"]), "asks the same"),
        ("topics.yml", lambda d: d["topics"].pop(), "no topic of topics.yml"),
        ("topics.yml", lambda d: d["topics"][0]["sections"].append("sle-guide#nowhere"), "not in knowledge/passages"),
        ("follow_ups.yml", lambda d: d["follow_ups"].update({"sle-guide#nowhere": {}}), "no such passage or section"),
        (
            "follow_ups.yml",
            lambda d: d["follow_ups"]["sle-guide#risks"].update(whence="sle-guide#risks/crs"),
            "whence is none of",
        ),
        (
            "follow_ups.yml",
            lambda d: d["follow_ups"]["sle-guide#risks"].update(why="sle-guide#risks/all"),
            "not in knowledge/passages",
        ),
        ("terms.yml", lambda d: d["terms"].append({"id": "x", "kind": "drug", "name": "Benlysta"}), "is claimed by"),
    ],
)
def test_each_problem_is_named(content: Path, place: str, edit: Any, complaint: str) -> None:
    change(content, place, edit)

    problems = find_problems(content)

    assert any(complaint in problem for problem in problems), problems


def test_all_problems_are_listed_at_once(content: Path) -> None:
    change(content, RECOVERY, lambda d: d["passages"][0].pop("title"))
    change(content, "passages/china-guide/cost.yml", lambda d: d["passages"][0].pop("lines"))

    assert len(find_problems(content)) == 2


def test_a_missing_file_and_broken_yaml_are_named(content: Path) -> None:
    (content / "passages/china-guide/cost.yml").write_text("passages: [", encoding="utf-8")
    broken = find_problems(content)
    (content / "passages/china-guide/cost.yml").unlink()

    assert "is not YAML" in broken[0]
    assert "the file is missing" in find_problems(content)[0]


def _with_source(content: Path, tmp_path: Path, line: str) -> list[str]:
    """Problems of one passage checked against a made-up source of our own."""
    sources = tmp_path / "sources"
    sources.mkdir()
    text = "A title\nA heading?\n" + line + "\n"
    (sources / "made-up.txt").write_text(text, encoding="utf-8")
    change(
        content,
        "sources.yml",
        lambda d: d.update(
            documents=[
                {
                    **d["documents"][0],
                    "file": "made-up.txt",
                    "sections": ["recovery"],
                    "title": "A title",
                    "sha256": hashlib.sha256(text.encode()).hexdigest(),
                }
            ]
        ),
    )
    change(content, "follow_ups.yml", lambda d: d.update(follow_ups={}))
    change(content, "topics.yml", lambda d: d.update(topics=[t for t in d["topics"] if t["sections"] == ["sle-guide#recovery"]]))
    passage = {
        "id": "stay",
        "lines": [3],
        "title": "Stay",
        "question": "How long?",
        "figures": [{"kind": "duration", "low": 5, "unit": "day"}],
        "say": [{"text": "After rituximab the JCI ward keeps people 5 days.", "about": "duration"}],
    }
    change(
        content,
        RECOVERY,
        lambda d: d.update(heading="A heading?", passages=[passage], overview={"say": "People stay.", "from": ["stay"]}),
    )
    return find_problems(content, sources)


def test_a_passage_that_its_lines_bear_out_passes(content: Path, tmp_path: Path) -> None:
    assert _with_source(content, tmp_path, "Rituxan patients remain five days in the JCI unit.") == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Rituximab patients remain six days in the JCI unit.", "figure 5"),
        ("Rituximab patients remain five days in the unit.", "JCI is not"),
        ("Patients remain five days in the JCI unit.", "rituximab is not"),
        ("After rituximab the JCI ward keeps people 5 days.", "copies"),
    ],
)
def test_what_the_lines_do_not_say_is_found(content: Path, tmp_path: Path, line: str, complaint: str) -> None:
    assert any(complaint in problem for problem in _with_source(content, tmp_path, line))


def test_another_file_than_the_one_read_is_found(content: Path, tmp_path: Path) -> None:
    for name in ("000_550665a8075db7c4.txt", "001_0a795914afb736ae.txt"):
        (tmp_path / name).write_text("something else", encoding="utf-8")

    assert sum("another SHA-256" in problem for problem in find_problems(content, tmp_path)) == 2
