"""Frequent words become one word piece each, and begin where their pieces were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from components.finetuning import TuningOptions, load_tokenizer, tune_encoder
from components.sentence_encoder import pretrained_folder
from components.word_pieces import SEEN, frequent_words, with_words

TEXTS = ["does rituximab help lupus", "Lupus and rituximab, how?", "my gran's lupus"] * ((SEEN + 1) // 2)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """That of the pretrained encoder."""
    return load_tokenizer(pretrained_folder())


def test_frequent_words_of_several_pieces_are_found_the_most_frequent_first(tokenizer: Any) -> None:
    found = frequent_words(tokenizer, TEXTS, 10)

    assert list(found) == ["lupus", "rituximab"]  # "gran" is in the texts as often, and in one piece
    assert found["lupus"] == tokenizer.encode("lupus", add_special_tokens=False).ids
    assert list(frequent_words(tokenizer, TEXTS, 1)) == ["lupus"]
    assert frequent_words(tokenizer, TEXTS[: SEEN // 2], 10) == {}


def test_an_utterance_is_cut_into_fewer_pieces(tokenizer: Any) -> None:
    shorter = with_words(tokenizer, frequent_words(tokenizer, TEXTS, 10))

    assert shorter.encode("What's the CAR-T price? Rituximab and lupus!").tokens == (
        "[CLS] what the cart price ? rituximab and lupus".split()
    )
    assert shorter.encode("car t or CAR -T").tokens == "[CLS] cart or cart".split()
    assert shorter.encode("that hospital").ids == tokenizer.encode("that hospital").ids[:-1]
    assert shorter.encode("!").tokens == ["[CLS]"]
    assert tokenizer.encode("lupus").tokens == ["[CLS]", "lu", "##pus", "[SEP]"]


def test_what_a_question_means_stays(tokenizer: Any) -> None:
    shorter = with_words(tokenizer, {})

    assert shorter.encode("1.5 million, or $180,000.").tokens == "[CLS] 1 . 5 million or $ 180 , 000".split()
    assert shorter.encode("Hepatitis A, not a cold").tokens == ["[CLS]", *"hepatitis a not a cold".split()]
    assert shorter.encode("take me to A&E").tokens == "[CLS] take me to a & e".split()


def test_more_words_than_places_are_refused(tokenizer: Any) -> None:
    words = {f"word{number}": [1000, 1001] for number in range(2000)}

    with pytest.raises(ValueError, match="whole_words is 2000"):
        with_words(tokenizer, words)


@pytest.mark.slow
def test_a_word_begins_with_the_mean_of_its_pieces_and_what_is_not_tuned_stays_as_it_came(tokenizer: Any) -> None:
    labels = [number % 3 for number in range(len(TEXTS))]
    options = TuningOptions(epochs=1, hard_share=1.0, whole_words=10)

    tuned, _, shorter = tune_encoder(TEXTS, labels, model_dir=pretrained_folder(), options=options)
    as_it_came, _, same = tune_encoder(
        TEXTS, labels, model_dir=pretrained_folder(), options=TuningOptions(epochs=0, whole_words=10)
    )

    before, after = (one.get_input_embeddings().weight.numpy() for one in (as_it_came, tuned))
    pieces = tokenizer.encode("rituximab", add_special_tokens=False).ids
    assert np.allclose(after[shorter.token_to_id("rituximab")], before[pieces].mean(axis=0))
    assert same.to_str() == tokenizer.to_str()
