"""The scorer: sound probabilities, spelling tolerance, the same after saving, no pickles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from components.class_scorer import ClassScorer, ScorerOptions
from components.neighbours import Neighbours

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


BEHIND = [f"What does it cost | {text}" for text in TEXTS]


def test_a_message_has_neighbours_of_its_own_kind_only() -> None:
    vectors = np.concatenate([made_up_vectors(), made_up_vectors()])
    labels = [*LABELS, *(f"{label} behind" for label in LABELS)]
    options = ScorerOptions(linear_weight=0, vector_weight=0.5, spelling_weight=0.5)
    scorer = ClassScorer.train([*TEXTS, *BEHIND], vectors, labels, options=options)

    shares = scorer.score([*TEXTS, *BEHIND], vectors)

    assert [scorer.classes[i] for i in shares.argmax(axis=1)] == labels
    behind = np.array([name.endswith("behind") for name in scorer.classes])
    assert not shares[:6, behind].any()
    assert not shares[6:, ~behind].any()


def test_both_kinds_are_saved(tmp_path: Path) -> None:
    vectors = np.concatenate([made_up_vectors(), made_up_vectors()])
    scorer = ClassScorer.train([*TEXTS, *BEHIND], vectors, [*LABELS, *LABELS], options=ScorerOptions())
    scorer.save(tmp_path)

    loaded = ClassScorer.load(tmp_path)

    assert np.array_equal(loaded.score([*TEXTS, *BEHIND], vectors), scorer.score([*TEXTS, *BEHIND], vectors))


def test_without_utterances_of_its_kind_a_message_has_the_others_as_neighbours(scorer: ClassScorer) -> None:
    shares = scorer.score(BEHIND, made_up_vectors())

    assert [scorer.classes[i] for i in shares.argmax(axis=1)] == LABELS


@pytest.mark.parametrize(("sure", "asked"), [(0.8, 0), (1.1, 6)])
def test_the_spelling_is_asked_only_where_it_could_change_the_first_class(
    sure: float, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = ClassScorer.train(TEXTS, made_up_vectors(), LABELS, options=ScorerOptions(sure=sure, linear_scale=100))
    spelt = Neighbours.spelt_alike
    calls: list[str] = []
    monkeypatch.setattr(Neighbours, "spelt_alike", lambda self, text, *more: (calls.append(text), spelt(self, text, *more))[1])

    shares = scorer.score(TEXTS, made_up_vectors())

    assert len(calls) == asked
    assert [scorer.classes[i] for i in shares.argmax(axis=1)] == LABELS
    assert np.allclose(shares.sum(axis=1), 1)


def test_a_doubtful_message_is_decided_by_its_spelling(scorer: ClassScorer) -> None:
    between = made_up_vectors()[[0, 2]].mean(axis=0, keepdims=True)

    for text, label in (("hospital stay", "stay"), ("price of treatment", "cost")):
        assert scorer.classes[int(scorer.score([text], between).argmax())] == label


@pytest.mark.parametrize("text", ["ßß ññ", ""])
def test_spelling_that_is_like_nothing_does_not_vote(scorer: ClassScorer, text: str) -> None:
    vectors = made_up_vectors()[:1]
    alone = ScorerOptions(linear_weight=0, vector_weight=0, spelling_weight=1)

    of_nothing = ClassScorer.train(TEXTS, made_up_vectors(), LABELS, options=alone).score([text], vectors)
    by_meaning = scorer.score([text], vectors)

    assert np.allclose(of_nothing, 1 / 3)
    assert scorer.classes[int(by_meaning.argmax())] == "stay" and np.allclose(by_meaning.sum(), 1)
