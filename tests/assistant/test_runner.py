"""The plain runner gives what Rasa's own gives, node by node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from spacy.tokens import Doc

from assistant.runner import run_plainly

RUNS: list[str] = []


class Adds(GraphComponent):
    """Adds its own number to what it is given."""

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Adds:
        return cls(config["number"])

    def add(self, left: int, right: int = 0) -> int:
        RUNS.append(str(self.number))
        return left + right + self.number


def node(number: int, **needs: str) -> SchemaNode:
    """A node that adds."""
    return SchemaNode(needs, Adds, "create", "add", {"number": number})


SCHEMA = {
    "sum": node(100, left="one", right="ten"),
    "one": node(1, left="start"),
    "ten": node(10, left="one"),
    "aside": node(5, left="start"),
}


@pytest.fixture()
def rasa(tmp_path: Any) -> DaskGraphRunner:
    """Rasa's runner over a graph whose nodes are not in order."""
    schema = GraphSchema(SCHEMA)
    return DaskGraphRunner.create(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))


@pytest.mark.parametrize("targets", [["sum"], ["ten", "aside"], ["one"]])
def test_results_are_those_of_rasas_runner(rasa: DaskGraphRunner, targets: list[str]) -> None:
    plain = run_plainly(rasa)

    for start in (2, 7):  # the second run goes by the order kept from the first
        assert plain.run({"start": start}, targets) == rasa.run({"start": start}, targets)


def test_only_what_a_target_needs_is_run_and_once(rasa: DaskGraphRunner) -> None:
    RUNS.clear()

    run_plainly(rasa).run({"start": 0}, ["ten"])

    assert RUNS == ["1", "10"]


def test_it_is_made_over_a_graph_only_once(rasa: DaskGraphRunner) -> None:
    plain = run_plainly(rasa)

    assert run_plainly(plain) is plain


class Reads(GraphComponent):
    """Reads a text with the pipeline that it is given."""

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Reads:
        return cls()

    def read(self, text: str, model: SpacyModel) -> Doc:
        return model.model(text)


def test_a_text_is_read_by_spacy_once_in_a_run_and_anew_in_the_next(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "language")
    schema = GraphSchema(
        {
            "language": SchemaNode({}, SpacyNLP, "create", "provide", {"model": str(tmp_path / "language")}, eager=True),
            "first": SchemaNode({"text": "start", "model": "language"}, Reads, "create", "read", {}),
            "second": SchemaNode({"text": "start", "model": "language"}, Reads, "create", "read", {}),
        }
    )
    made = DaskGraphRunner.create(schema, LocalModelStorage(tmp_path / "storage"), ExecutionContext(schema))
    plain = run_plainly(made)

    one, two = (plain.run({"start": text}, ["first", "second"]) for text in ("a fever", "a fever"))

    assert one["first"] is one["second"] and str(one["first"]) == "a fever"
    assert two["first"] is two["second"] is not one["first"]
    (language,) = plain._languages
    assert not language._read and language.lang == "en"
