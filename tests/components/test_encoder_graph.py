"""The encoder as a fused graph gives the vectors of TensorFlow; in 8 bits nearly so."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from components.encoder_graph import weights_of, write_graph
from components.encoding import BATCH_SIZE, MODEL_FILE, Encoder
from components.finetuning import _encode, pad_ids
from components.sentence_encoder import pretrained_folder

SENTENCES = (
    "how long would I stay in hospital",
    "price",
    "What are the risks of CAR-T, and how is cytokine release syndrome treated in specialised centres?",
    "i have lupus since 2009 and my kidneys are bad, my doctor says nothing helps any more. " * 6,
    "hw much 4 cart in turkey plz",
    "?",
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def encoder() -> Any:
    """The pretrained encoder in TensorFlow."""
    from transformers import TFBertModel

    return TFBertModel.from_pretrained(str(pretrained_folder()), local_files_only=True, add_pooling_layer=False)


def served(encoder: Any, folder: Path, *, eight_bit: bool) -> Encoder:
    """The encoder written as a graph, and loaded as it is served."""
    config = encoder.config
    layers, heads = config.num_hidden_layers, config.num_attention_heads
    write_graph(weights_of(encoder), folder / MODEL_FILE, layers=layers, heads=heads, eight_bit=eight_bit)
    shutil.copy(pretrained_folder() / "tokenizer.json", folder)
    return Encoder(folder)


def exact_vectors(encoder: Any, graph: Encoder) -> np.ndarray:
    """The vectors of the sentences by TensorFlow, all padded to the longest."""
    ids, mask = pad_ids([encoding.ids for encoding in graph._tokenizer.encode_batch(list(SENTENCES))])
    return np.asarray(_encode(encoder, ids, mask, False).numpy())


def test_the_exact_graph_gives_the_vectors_of_tensorflow(encoder: Any, tmp_path: Path) -> None:
    graph = served(encoder, tmp_path, eight_bit=False)

    assert np.allclose(graph.encode(SENTENCES), exact_vectors(encoder, graph), atol=1e-4)


def test_the_graph_in_8_bits_gives_nearly_the_same_vectors(encoder: Any, tmp_path: Path) -> None:
    graph = served(encoder, tmp_path, eight_bit=True)

    cosines = np.sum(graph.encode(SENTENCES) * exact_vectors(encoder, graph), axis=1)
    assert cosines.min() > 0.95


def test_the_graph_in_8_bits_is_smaller_though_its_word_vectors_are_exact(encoder: Any, tmp_path: Path) -> None:
    sizes = []
    for eight_bit in (True, False):
        folder = tmp_path / str(eight_bit)
        folder.mkdir()
        served(encoder, folder, eight_bit=eight_bit)
        sizes.append((folder / MODEL_FILE).stat().st_size)

    assert sizes[0] < 0.75 * sizes[1]


def test_padding_does_not_change_a_vector(encoder: Any, tmp_path: Path) -> None:
    graph = served(encoder, tmp_path, eight_bit=False)

    assert np.allclose(graph.encode([SENTENCES[0]])[0], graph.encode([SENTENCES[0], SENTENCES[3]])[0], atol=1e-5)


def test_vectors_have_length_one(encoder: Any, tmp_path: Path) -> None:
    vectors = served(encoder, tmp_path, eight_bit=True).encode(SENTENCES)

    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_batches_side_by_side_give_what_one_after_the_other_gives(
    encoder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = served(encoder, tmp_path, eight_bit=True)
    texts = [f"{sentence} {number}" for number in range(60) for sentence in SENTENCES]

    found = {}
    for cores in (1, 4):
        monkeypatch.setattr("components.encoding.os.cpu_count", lambda cores=cores: cores)
        found[cores] = graph.encode(texts)
    assert len(texts) > 2 * BATCH_SIZE
    assert np.array_equal(found[1], found[4])
