"""The documents keep step: settings, targets, components, links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.name)
def test_every_setting_is_documented(row: object) -> None:
    line = f"| `{row.name}` | {'`' + row.default + '`' if row.default else ''} | {row.accepts} | {row.unit} | {row.help} |"

    assert line in (ROOT / "docs/settings.md").read_text(encoding="utf-8")


def test_every_make_target_has_help_and_stands_in_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"\.PHONY: (.*)", makefile)
    assert phony is not None
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in set(phony[1].split()) - {"help"}:
        assert re.search(rf"^{target}:.*## ", makefile, re.M), target
        assert f"`{target}`" in readme or f"make {target}" in readme, target


def test_every_own_component_has_its_page_and_test() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/components/README.md").read_text(encoding="utf-8")
    for component in config["pipeline"]:
        assert component["name"] in page
        if component["name"].startswith("components."):
            assert f"## {component['name'].rsplit('.', 1)[1]}" in page


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/knowledge.md", "docs/assistant-call.md", "docs/operations.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (path.parent / link).exists(), link


def test_cross_validation_differs_from_the_real_pipeline_in_epochs_only() -> None:
    real = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    folded = yaml.safe_load((ROOT / "evaluation/cross_validation.yml").read_text(encoding="utf-8"))
    for one, other in zip(real["pipeline"], folded["pipeline"], strict=True):
        assert {**one, "epochs": 0} == {**other, "epochs": 0}


def test_no_held_out_question_is_trained_on() -> None:
    def words(text: str) -> str:
        return " ".join(re.findall(r"[a-z0-9$%]+", text.lower()))

    trained = {
        words(line.strip()[2:])
        for path in (ROOT / "data").rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("- ")
    }
    for path in (ROOT / "evaluation/questions").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            for asked in [case.get("q"), *(turn["user"] for turn in case.get("turns", ()))]:
                assert not asked or len(words(asked).split()) < 4 or words(asked) not in trained, asked
