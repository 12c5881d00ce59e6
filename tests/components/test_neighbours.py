"""Neighbours: the likeness of spelling is what the plain product says, votes are those of the likest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import components.neighbours
from components.neighbours import Neighbours, _largest, _weighted

TEXTS = [
    "how long in hospital",
    "length of hospital stay",
    "what does it cost",
    "price of the treatment",
    "hello there",
    "good morning",
]
LIKELY = np.array([0.3, 0.3, 0.4])  # what another view says of the three classes


@pytest.fixture(scope="module")
def neighbours() -> Neighbours:
    """Six utterances in three classes, each class a direction of its own."""
    vectors = np.repeat(np.eye(3, 384, dtype=np.float32), 2, axis=0)
    return Neighbours.of(TEXTS, vectors, np.array([0, 0, 1, 1, 2, 2]), classes=3)


@pytest.mark.parametrize("text", ["how long in hospital", "lenth of hosptal sty", "zzz qqq", "", "🙂", "price " * 200])
def test_likeness_of_spelling_is_the_plain_sparse_product(neighbours: Neighbours, text: str) -> None:
    ngrams, shares = neighbours._spell(text)
    row = sparse.csr_matrix((shares, ngrams, [0, len(ngrams)]), shape=(1, neighbours._spelling.shape[1]))

    product = np.asarray((row @ neighbours._spelling.T).todense()).ravel()

    assert np.allclose(neighbours._likeness((ngrams, shares)), product, atol=1e-6)


def test_likeness_of_a_training_utterance_with_itself_is_one(neighbours: Neighbours) -> None:
    likeness = neighbours._likeness(neighbours._spell(TEXTS[2]))

    assert likeness.argmax() == 2
    assert likeness[2] == pytest.approx(1)


def test_what_nearly_all_utterances_share_is_left_out() -> None:
    texts = [f"tell me about {word}" for word in ("cost", "stay")] * 100
    vectors = np.eye(2, 384, dtype=np.float32)[[0, 1] * 100]
    neighbours = Neighbours.of(texts, vectors, np.array([0, 1] * 100), classes=2)

    ngrams, _ = neighbours._spell("tell me about")

    assert len(ngrams) == 0


def test_the_nearest_vectors_vote_for_their_classes(neighbours: Neighbours) -> None:
    vector = np.eye(3, 384, dtype=np.float32)[1]

    assert neighbours.near(vector, LIKELY, 2, 0.05) == pytest.approx([0, 1, 0])
    assert neighbours.near(vector, LIKELY, 6, 1.0).argmax() == 1


def test_only_utterances_of_the_likeliest_classes_are_compared(monkeypatch: pytest.MonkeyPatch, neighbours: Neighbours) -> None:
    monkeypatch.setattr(components.neighbours, "MOST", 3)  # two classes of two utterances each
    vector = np.eye(3, 384, dtype=np.float32)[1]

    assert neighbours.near(vector, np.array([0.6, 0.1, 0.3]), 2, 1.0)[1] == 0
    assert neighbours.near(vector, np.array([0.6, 0.3, 0.1]), 2, 1.0)[1] == 1


def test_where_another_view_is_sure_few_are_compared(monkeypatch: pytest.MonkeyPatch, neighbours: Neighbours) -> None:
    monkeypatch.setattr(components.neighbours, "FEWEST", 2)
    vector = np.eye(3, 384, dtype=np.float32)[1]

    assert neighbours.near(vector, np.array([0.997, 0.002, 0.001]), 2, 1.0)[1] == 0
    assert neighbours.near(vector, np.array([0.99, 0.006, 0.004]), 2, 1.0)[1] == 1


def test_utterances_in_any_order_vote_for_their_own_classes() -> None:
    order = [5, 2, 0, 4, 1, 3]
    vectors, targets = np.repeat(np.eye(3, 384, dtype=np.float32), 2, axis=0), np.array([0, 0, 1, 1, 2, 2])
    mixed = Neighbours.of([TEXTS[i] for i in order], vectors[order], targets[order], classes=3)

    for text, vector, target in zip(TEXTS, vectors, targets):
        assert mixed.near(vector, LIKELY, 2, 0.05).argmax() == target
        assert mixed.spelt_alike(text, 1, 0.08).argmax() == target


@pytest.mark.parametrize("text", ["how long in HOSPITAL", "stay  stay\tcost", "lenth of hosptal sty in hospital"])
def test_n_grams_that_are_kept_ready_are_those_of_the_whole_text(neighbours: Neighbours, text: str) -> None:
    ngrams, shares = neighbours._spell(text)

    row = _weighted(neighbours._hasher.transform([text]), neighbours._idf)
    row.sort_indices()

    assert neighbours._ngrams  # "hospital", "of" and the like stand in two utterances
    assert np.array_equal(ngrams, row.indices)
    assert np.allclose(shares, row.data, atol=1e-6)


def test_misspelt_text_votes_with_what_is_spelt_like_it(neighbours: Neighbours) -> None:
    assert neighbours.spelt_alike("lenth of hosptal sty", 2, 0.08).argmax() == 0


def test_saved_neighbours_vote_the_same(neighbours: Neighbours, tmp_path: Path) -> None:
    neighbours.save(tmp_path, "alone")
    vector = np.full(384, 384**-0.5, dtype=np.float32)

    loaded = Neighbours.load(tmp_path, "alone", classes=3)

    assert np.array_equal(loaded.near(vector, np.ones(3), 3, 0.05), neighbours.near(vector, np.ones(3), 3, 0.05))
    assert np.array_equal(loaded.spelt_alike("price", 3, 0.08), neighbours.spelt_alike("price", 3, 0.08))


def test_missing_neighbours_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Neighbours.load(tmp_path, "alone", classes=3)


@pytest.mark.parametrize("k", [1, 3, 40])
@pytest.mark.parametrize("kind", ["spread", "few_large", "all_equal", "negative"])
def test_the_largest_are_the_largest_however_the_values_lie(k: int, kind: str) -> None:
    generator = np.random.default_rng(4)
    values = {
        "spread": generator.random(500),
        "few_large": np.where(np.arange(500) % 250 == 0, 9.0, generator.random(500)),
        "all_equal": np.ones(500),
        "negative": -generator.random(500) - 1,
    }[kind]

    found = _largest(values, k)

    assert len(set(found)) == k
    assert np.allclose(np.sort(values[found]), np.sort(values)[-k:])
