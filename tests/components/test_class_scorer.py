"""The scorer: sound probabilities, spelling tolerance, the same after saving, no pickles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from components.class_scorer import ClassScorer, ScorerOptions, _largest

TEXTS = [
    "how long in hospital",
    "length of hospital stay",
    "what does it cost",
    "price of the treatment",
    "hello there",
    "good morning",
]
LABELS = ["stay", "stay", "cost", "cost", "greet", "greet"]


def made_up_vectors() -> np.ndarray:
    """Two utterances a class, near each other, unit length."""
    rng = np.random.RandomState(0)
    centres = np.repeat(np.eye(3, 384), 2, axis=0) + rng.normal(0, 0.01, (6, 384))
    return (centres / np.linalg.norm(centres, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def scorer() -> ClassScorer:
    """A scorer of six utterances in three classes."""
    return ClassScorer.train(TEXTS, made_up_vectors(), LABELS, options=ScorerOptions())


def test_shares_add_up_to_one_and_the_right_class_leads(scorer: ClassScorer) -> None:
    shares = scorer.score(TEXTS, made_up_vectors())

    assert np.allclose(shares.sum(axis=1), 1)
    assert [scorer.classes[i] for i in shares.argmax(axis=1)] == LABELS


def test_spelling_alone_tolerates_misspelling() -> None:
    options = ScorerOptions(linear_weight=0, vector_weight=0, spelling_weight=1)
    scorer = ClassScorer.train(TEXTS, made_up_vectors(), LABELS, options=options)

    shares = scorer.score(["lenth of hosptal sty"], np.zeros((1, 384), dtype=np.float32))

    assert scorer.classes[int(shares.argmax())] == "stay"


@pytest.mark.parametrize("text", ["how long in hospital", "lenth of hosptal sty", "zzz qqq", "", "🙂", "price " * 200])
def test_likeness_of_spelling_is_the_plain_sparse_product(scorer: ClassScorer, text: str) -> None:
    ((ngrams, shares),) = scorer._spell([text])
    row = sparse.csr_matrix((shares, ngrams, [0, len(ngrams)]), shape=(1, scorer._spelling.shape[1]))

    product = np.asarray((row @ scorer._spelling.T).todense()).ravel()

    assert np.allclose(scorer._likeness((ngrams, shares)), product, atol=1e-6)


def test_likeness_of_a_training_utterance_with_itself_is_one(scorer: ClassScorer) -> None:
    likeness = scorer._likeness(scorer._spell([TEXTS[2]])[0])

    assert likeness.argmax() == 2
    assert likeness[2] == pytest.approx(1)


def test_what_nearly_all_utterances_share_is_left_out() -> None:
    texts = [f"tell me about {word}" for word in ("cost", "stay")] * 100
    scorer = ClassScorer.train(texts, np.tile(made_up_vectors()[:2], (100, 1)), ["cost", "stay"] * 100, options=ScorerOptions())

    ((ngrams, _),) = scorer._spell(["tell me about"])

    assert len(ngrams) == 0


def test_a_saved_scorer_scores_the_same(scorer: ClassScorer, tmp_path: Path) -> None:
    scorer.save(tmp_path)

    loaded = ClassScorer.load(tmp_path)

    assert np.array_equal(loaded.score(TEXTS, made_up_vectors()), scorer.score(TEXTS, made_up_vectors()))


def test_a_missing_file_is_an_error_and_never_an_untrained_scorer(scorer: ClassScorer, tmp_path: Path) -> None:
    scorer.save(tmp_path)
    (tmp_path / "scorer.npz").unlink()

    with pytest.raises(OSError):
        ClassScorer.load(tmp_path)


def test_one_class_is_too_few() -> None:
    with pytest.raises(ValueError, match="fewer than two classes"):
        ClassScorer.train(["a", "b"], made_up_vectors()[:2], ["x", "x"], options=ScorerOptions())


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
