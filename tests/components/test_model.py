"""The trained model as it is served: encoder, classifier, entities, intents."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

from components.encoding import Encoder
from components.sentence_encoder import SentenceEncoder, pretrained_folder
from deploy.models import ModelError, digest_inputs, find_model
from deploy.train import PROBES
from settings import load_settings


@pytest.fixture(scope="session")
def agent() -> Agent:
    """The model in use, which belongs to the current data."""
    return Agent.load(str(find_model(load_settings().data_dir, data_digest=digest_inputs()).archive))


@pytest.fixture(scope="session")
def parse(agent: Agent) -> Callable[[str], dict[str, Any]]:
    """Parse with the model in use."""
    return lambda text: asyncio.run(agent.parse_message(text))


@pytest.mark.parametrize(("utterance", "intent"), PROBES.items())
def test_the_probes_are_known(parse: Callable[[str], dict[str, Any]], utterance: str, intent: str) -> None:
    assert parse(utterance)["intent"]["name"] == intent


def test_the_ranked_labels_come_with_the_parse(parse: Callable[[str], dict[str, Any]]) -> None:
    labels = parse("how is cytokine release syndrome treated")["labels"]

    assert labels[0]["label"] in ("sle-guide#risks/crs", "china-guide#risks/crs")
    assert labels == sorted(labels, key=lambda row: -row["confidence"])


def test_misspelt_drugs_and_cities_are_found(parse: Callable[[str], dict[str, Any]]) -> None:
    found = {(e["entity"], e["value"]) for e in parse("is plaqunil used in istambul or shangai")["entities"]}

    # As typed, and as corrected.
    assert found >= {("drug", "plaqunil"), ("country", "istambul"), ("country", "shangai"), ("drug", "plaquenil")}


def test_a_misspelling_that_nobody_listed_is_corrected_and_its_place_found(parse: Callable[[str], dict[str, Any]]) -> None:
    parsed = parse("how much is it in Shanghhai")

    assert ("country", "shanghai") in {(e["entity"], e["value"].lower()) for e in parsed["entities"]}
    assert parsed["text"] == "how much is it in Shanghhai"


@pytest.mark.parametrize("text", ["???", "🙂🙂", "a" * 3000, "<script>alert(1)</script>", "SELECT * FROM x;", "\u200b", "你好"])
def test_odd_texts_are_parsed_without_error(parse: Callable[[str], dict[str, Any]], text: str) -> None:
    assert parse(text)["intent"]["name"]


def test_what_the_policies_choose_is_the_intents_alone(agent: Agent) -> None:
    """`assistant.turns` asks them once for an intent: neither entities, nor slots, nor the words may change their choice."""
    processor, domain = agent.processor, agent.domain
    assert processor is not None and domain is not None

    def choice(intent: str, text: str, entities: list[dict[str, Any]]) -> str:
        tracker = processor.tracker_store.init_tracker("somebody")
        slots = [
            SlotSet(name, {"said": text} if entities else None)
            for name in (slot.name for slot in domain.slots)
            if name in ("context", "effects")
        ]
        said = UserUttered(text, {"name": intent, "confidence": 0.9}, entities)
        for event in (ActionExecuted("action_session_start"), ActionExecuted("action_listen"), *slots, said):
            tracker.update(event, domain)
        return str(domain.action_names_or_texts[processor._predict_next_with_tracker(tracker).max_confidence_index])

    china = [{"entity": "country", "value": "china", "start": 0, "end": 5}]
    chosen = {intent: (choice(intent, "a", []), choice(intent, "b in China", china)) for intent in domain.intents}

    assert all(bare == full for bare, full in chosen.values())
    assert len({bare for bare, _ in chosen.values()}) > 5
    assert not any(slot.has_features() for slot in domain.slots)


def test_the_weights_are_the_official_ones() -> None:
    assert (pretrained_folder() / "tokenizer.json").is_file()


def test_an_encoder_without_its_file_is_an_error(tmp_path: Path) -> None:
    shutil.copy(pretrained_folder() / "tokenizer.json", tmp_path)

    with pytest.raises(FileNotFoundError, match="make train"):
        Encoder(tmp_path)


def test_a_bad_option_names_itself() -> None:
    with pytest.raises(ValueError, match=r"epochs is 'many' in config\.yml"):
        SentenceEncoder.validate_config({"epochs": "many"})


@pytest.mark.parametrize("share", [0, 1.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"hard_share is .* in config\.yml; it must be more than 0 and at most 1"):
        SentenceEncoder.validate_config({"hard_share": share})


def test_the_next_pass_takes_what_was_hardest_among_batches_of_one_time() -> None:
    from components.finetuning import COMPARED, _hardest

    batches = [[2 * i, 2 * i + 1] for i in range(COMPARED + 3)]
    # at first all losses are large, with the odd utterances harder; then all are small, with the even ones harder
    losses = [np.array([5.0, 6.0])] * COMPARED + [np.array([0.2, 0.1])] * 3

    chosen = _hardest(batches, losses, 0.5)
    assert chosen == [*range(1, 2 * COMPARED, 2), *range(2 * COMPARED, 2 * COMPARED + 6, 2)]
    assert _hardest(batches[:1], losses[:1], 1.0) == [0, 1]


def test_a_model_of_other_data_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    data_dir = load_settings().data_dir
    shutil.copytree(data_dir / "models", tmp_path / "models")
    with pytest.raises(ModelError, match="other data"):
        find_model(tmp_path, data_digest="0" * 64)

    archive = find_model(tmp_path).archive
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(ModelError, match="damaged"):
        find_model(tmp_path)

    archive.unlink()
    with pytest.raises(ModelError, match="is missing"):
        find_model(tmp_path)
    with pytest.raises(ModelError, match="no trained model"):
        find_model(tmp_path / "nowhere")


@pytest.mark.slow
def test_tuning_pulls_classes_apart_and_the_export_agrees(tmp_path: Path) -> None:
    from components.finetuning import TuningOptions, _encode, export_encoder, pad_ids, tune_encoder

    texts = ["how long in hospital", "hospital stay length", "what does it cost", "price please"] * 4
    encoder, head, _ = tune_encoder(
        texts, [0, 0, 1, 1] * 4, model_dir=pretrained_folder(), options=TuningOptions(epochs=3, batch_size=8)
    )
    export_encoder(encoder, tmp_path / "encoder.onnx")
    shutil.copy(pretrained_folder() / "tokenizer.json", tmp_path)

    served = Encoder(tmp_path)
    vectors = served.encode(texts[:4])
    ids, mask = pad_ids([served._tokenizer.encode(text).ids for text in texts[:4]])
    exact = _encode(encoder, ids, mask, False).numpy()
    assert np.sum(vectors * exact, axis=1).min() > 0.95  # it is served in 8 bits; test_encoder_graph.py has the exact one
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert head.shape == (384, 2)
