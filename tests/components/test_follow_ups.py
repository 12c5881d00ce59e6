"""Follow-ups as training utterances: what is read, what is made of it, and what is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT

from components.follow_ups import FollowUpImporter, read_follow_ups
from components.labels import class_of
from knowledge.passage import ROOT, Knowledge, load_knowledge
from knowledge.told import MARK, behind_told

FOLDER = ROOT.parent / "data/follow_ups"
CRS, STAY = "sle-guide#risks/crs", "sle-guide#recovery/hospital-stay"
SMALL_NLU = """version: "3.1"
nlu:
- intent: ask_recovery
  metadata: {passage: "sle-guide#recovery/hospital-stay"}
  examples: |
    - how many weeks on the ward
- intent: out_of_scope
  metadata: {kind: "insurance"}
  examples: |
    - will the insurance pay
- intent: thank
  examples: |
    - thank you so much
- intent: ask_why
  examples: |
    - but why
"""
SMALL = f"""follow_ups:
- after: "{CRS}"
  means:
    "{STAY}":
    - "so how long would they keep me"
    "out_of_scope:success_rate":
    - "how many percent of them"
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The passages."""
    return load_knowledge()


def data_folder(folder: Path, follow_ups: str) -> Path:
    """A folder of training data with a few utterances and one file of follow-ups."""
    (folder / "nlu").mkdir(parents=True)
    (folder / "nlu/some.yml").write_text(SMALL_NLU, encoding="utf-8")
    (folder / "follow_ups").mkdir()
    (folder / "follow_ups/risks.yml").write_text(follow_ups, encoding="utf-8")
    return folder


def test_every_passage_has_follow_ups_that_mean_it_and_others(knowledge: Knowledge) -> None:
    meant: dict[str, Counter[bool]] = {name: Counter() for name in knowledge.passages}
    for file in FOLDER.glob("*.yml"):
        for after, label, _ in read_follow_ups(file, knowledge):
            meant[after][label.split("/")[0] == after.split("/")[0]] += 1

    assert not [name for name, counts in meant.items() if counts[True] < 4 or counts[False] < 2]


def test_nobody_says_the_same_after_the_same_passage_and_means_two_things(knowledge: Knowledge) -> None:
    rows = [row for file in FOLDER.glob("*.yml") for row in read_follow_ups(file, knowledge)]

    said = Counter((after, text.lower()) for after, _, text in rows)
    assert len(rows) > 4000
    assert [pair for pair, count in said.items() if count > 1] == []


def test_a_follow_up_stands_behind_what_was_told(tmp_path: Path, knowledge: Knowledge) -> None:
    data = FollowUpImporter(training_data_paths=[str(data_folder(tmp_path, SMALL))]).get_nlu_data()

    found = {message.get(TEXT): (message.get(INTENT), class_of(message)) for message in data.intent_examples}
    assert found[behind_told("so how long would they keep me", CRS, knowledge)] == ("ask_recovery", STAY)
    assert found[behind_told("how many percent of them", CRS, knowledge)] == ("out_of_scope", "out_of_scope:success_rate")
    # what means another passage than the one told stays true after an overview of the section
    assert found[behind_told("so how long would they keep me", "sle-guide#risks", knowledge)] == ("ask_recovery", STAY)


def test_what_is_complete_by_itself_keeps_its_meaning_behind_anything(tmp_path: Path) -> None:
    data = FollowUpImporter(training_data_paths=[str(data_folder(tmp_path, SMALL))]).get_nlu_data()

    texts = {message.get(TEXT): class_of(message) for message in data.intent_examples}
    assert texts["but why"] == "ask_why"  # the utterances themselves are there, too
    found = {text.split(MARK)[1]: label for text, label in texts.items() if MARK in text}
    assert found["how many weeks on the ward"] == STAY
    assert found["will the insurance pay"] == "out_of_scope:insurance"
    assert found["thank you so much"] == "thank"
    assert "but why" not in found  # it lives on what was told


def test_the_same_data_gives_the_same_utterances(tmp_path: Path) -> None:
    folder = str(data_folder(tmp_path, SMALL))

    once, again = (
        [message.get(TEXT) for message in FollowUpImporter(training_data_paths=[folder]).get_nlu_data().intent_examples]
        for _ in range(2)
    )
    assert once == again


def test_the_data_are_read_once(tmp_path: Path) -> None:
    importer = FollowUpImporter(training_data_paths=[str(data_folder(tmp_path, SMALL))])

    read = importer.get_nlu_data()
    assert importer.get_nlu_data("en") is read


def test_data_without_follow_ups_is_left_as_it_is(tmp_path: Path) -> None:
    importer = FollowUpImporter(training_data_paths=str(tmp_path))

    assert importer.get_nlu_data().is_empty()
    assert importer.get_domain().is_empty()
    assert importer.get_config() == {}
    assert importer.get_config_file_for_auto_config() is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- after: x", "must have `follow_ups`"),
        ("follow_ups: [1]", "block 1: after is None"),
        ('follow_ups: [{after: "sle-guide#risks/none"}]', "after is 'sle-guide#risks/none'; it must be the id of a passage"),
        (f'follow_ups: [{{after: "{CRS}", means: [a]}}]', "means must lead from labels to messages"),
        (f'follow_ups: [{{after: "{CRS}", means: {{"sle-guide#risks/none": [a]}}}}]', "'sle-guide#risks/none' is no passage"),
        (f'follow_ups: [{{after: "{CRS}", means: {{"{STAY}": [no]}}}}]', "put those like `no` in quotes"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path: Path, knowledge: Knowledge, text: str, says: str) -> None:
    file = tmp_path / "risks.yml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=r"risks\.yml") as caught:
        list(read_follow_ups(file, knowledge))
    assert says in str(caught.value)


def test_what_was_told_in_the_guide_on_china_says_so(knowledge: Knowledge) -> None:
    assert behind_told("how long?", "china-guide#risks/crs", knowledge).startswith("China. ")
    with pytest.raises(KeyError):
        behind_told("how long?", "sle-guide#nothing", knowledge)
