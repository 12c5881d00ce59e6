"""Narrower feed-forward parts: the units that say most stay, the others' part is taken over, and nothing else changes."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from components.encoder_graph import weights_of
from components.finetuning import TuningOptions, _batches, _encode, load_tokenizer, pad_ids, tune_encoder
from components.narrowing import fit_units, narrow_encoder
from components.sentence_encoder import pretrained_folder

SENTENCES = [
    f"{question} {place}"
    for question in (
        "how long would I stay in hospital",
        "what does it cost",
        "is it safe",
        "who can have CAR-T",
        "what is lupus",
    )
    for place in ("in China", "in Turkey", "", "for my daughter", "please?", "these days", "with kidney disease", "abroad")
]


def test_the_units_that_stay_are_those_that_say_most() -> None:
    rng = np.random.default_rng(0)
    active, output = rng.normal(size=(500, 6)), rng.normal(size=(6, 4))
    active[:, [1, 4]] *= 0.001

    kept, weights = fit_units(active, output, 4)

    assert kept.tolist() == [0, 2, 3, 5]
    assert np.allclose(active[:, kept] @ weights, active @ output, atol=0.05)


def test_what_units_that_go_said_is_said_by_those_that_stay() -> None:
    rng = np.random.default_rng(0)
    active, output = rng.normal(size=(500, 3)), np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    active[:, 2] = 0.5 * active[:, 0]  # goes, and is half of one that stays

    kept, weights = fit_units(active, output, 2)

    plain = active[:, kept] @ output[kept]
    whole = active @ output
    assert kept.tolist() == [0, 1]
    assert np.square(active[:, kept] @ weights - whole).mean() < 0.01 * np.square(plain - whole).mean()


@pytest.fixture(scope="module")
def encoder() -> Any:
    """The pretrained encoder in TensorFlow."""
    from transformers import TFBertModel

    return TFBertModel.from_pretrained(str(pretrained_folder()), local_files_only=True, add_pooling_layer=False)


def batches() -> list[tuple[np.ndarray, np.ndarray]]:
    """The sentences' word pieces."""
    tokenizer = load_tokenizer(pretrained_folder())
    rows = [tokenizer.encode(sentence).ids for sentence in SENTENCES]
    return [pad_ids([rows[i] for i in batch]) for batch in _batches(rows, range(len(rows)), 16, random.Random(1))]


@pytest.mark.slow
def test_a_narrow_encoder_says_nearly_the_same_of_such_sentences(encoder: Any) -> None:
    narrow = narrow_encoder(encoder, batches(), units=768, seed=1)

    for ids, mask in batches():
        cosines = np.sum(_encode(narrow, ids, mask, False).numpy() * _encode(encoder, ids, mask, False).numpy(), axis=1)
        assert cosines.min() > 0.9
    weights = weights_of(narrow)
    assert {weights[f"encoder.layer.{n}.intermediate.dense.weight"].shape for n in range(6)} == {(768, 384)}
    assert {weights[f"encoder.layer.{n}.output.dense.weight"].shape for n in range(6)} == {(384, 768)}


@pytest.mark.slow
@pytest.mark.parametrize("units", [0, 1537])
def test_as_many_units_as_there_are_not_is_refused(encoder: Any, units: int) -> None:
    with pytest.raises(ValueError, match=f"feed_forward_units is {units}; the encoder has 1536"):
        narrow_encoder(encoder, batches(), units=units, seed=1)


@pytest.mark.slow
def test_tuning_narrows_first_and_is_the_same_twice() -> None:
    options = TuningOptions(epochs=1, batch_size=8, feed_forward_units=256)
    labels = [number // 8 for number in range(len(SENTENCES))]

    first, second = (tune_encoder(SENTENCES, labels, model_dir=pretrained_folder(), options=options) for _ in range(2))

    assert first[0].config.intermediate_size == 256
    assert np.array_equal(first[1], second[1])
