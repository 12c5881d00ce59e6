"""The terms of the knowledge base in a message, with the real pipeline of spaCy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from components.language import build_language
from components.spelling_correction import CORRECTED
from components.terms import TermExtractor


def extractor(model: Path) -> TermExtractor:
    """The component, as Rasa makes it."""
    return TermExtractor.create({"model": str(model)}, None, None, None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> TermExtractor:
    """The component with the terms as they are."""
    folder = tmp_path_factory.mktemp("language") / "pipeline"
    build_language().to_disk(folder)
    return extractor(folder)


def found(terms: TermExtractor, **data: Any) -> list[tuple[str, str, str]]:
    """Kind and value of each entity, and what stands at its place in the text or the corrected text."""
    (message,) = terms.process([Message(data=data)])
    texts = (data["text"], data.get(CORRECTED, ""))
    return [
        (e["entity"], e["value"], next((t[e["start"] : e["end"]] for t in texts if t[e["start"] : e["end"]] == e["value"]), ""))
        for e in message.get("entities", [])
    ]


def test_terms_are_found_as_typed_whatever_their_case(terms: TermExtractor) -> None:
    assert found(terms, text="is PREDNISONE dearer in Istanbul?") == [
        ("drug", "PREDNISONE", "PREDNISONE"),
        ("country", "Istanbul", "Istanbul"),
    ]


def test_a_short_name_is_found_only_as_it_is_written(terms: TermExtractor) -> None:
    assert found(terms, text="tell us more, no aza") == []
    assert [value for _, value, _ in found(terms, text="I took AZA for years")] == ["AZA"]


def test_the_corrected_text_adds_what_the_typed_one_does_not_have(terms: TermExtractor) -> None:
    both = found(terms, text="istanbul or shanghhai", **{CORRECTED: "istanbul or shanghai"})

    assert both == [("country", "istanbul", "istanbul"), ("country", "shanghai", "shanghai")]


def test_what_others_found_stays(terms: TermExtractor) -> None:
    (message,) = terms.process([Message(data={"text": "in China", "entities": [{"entity": "x", "value": "in"}]})])

    assert [e["value"] for e in message.get("entities")] == ["in", "China"]


def test_a_message_without_text_is_left(terms: TermExtractor) -> None:
    (message,) = terms.process([Message(data={"intent": "greet"})])

    assert message.get("entities") is None


def test_a_missing_pipeline_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere cannot be loaded .*Run `make setup`\."):
        extractor(tmp_path / "nowhere")
