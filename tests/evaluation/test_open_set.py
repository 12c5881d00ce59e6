"""The open-set split leaks nothing, and the threshold separates what can be separated."""

from __future__ import annotations

import numpy as np

from evaluation.benchmarks.open_set import OUT_OF_SCOPE, choose_threshold, split_open_set

LABELS = [name for name in "abcdefgh" for _ in range(6)]
GROUPS = [i // 2 for i in range(len(LABELS))]


def test_no_intent_and_no_paraphrase_is_learned_and_held_out() -> None:
    left_out = []
    for fold in split_open_set(LABELS, GROUPS, folds=4, seed=0):
        learned = {LABELS[i] for i in fold.train}
        assert not learned & {LABELS[i] for i in fold.unknown}
        assert {LABELS[i] for i in fold.known} <= learned
        assert not {GROUPS[i] for i in fold.train} & {GROUPS[i] for i in fold.known}
        left_out += fold.unknown

    assert sorted(left_out) == list(range(len(LABELS)))


def test_the_threshold_lies_between_known_and_unknown() -> None:
    gold = ["a"] * 5 + ["b"] * 5 + [OUT_OF_SCOPE] * 30
    predicted = ["a"] * 5 + ["b"] * 5 + ["a"] * 15 + ["b"] * 15
    scores = np.concatenate([np.linspace(0.6, 0.9, 10), np.linspace(0.1, 0.4, 30)])

    assert 0.4 < choose_threshold(gold, predicted, scores) <= 0.6
