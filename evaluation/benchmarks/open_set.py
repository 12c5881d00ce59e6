"""How familiar a message is, and from which familiarity on it is answered, learned from in-scope utterances only.

Source:
    Leave-out of whole classes as pseudo unknowns: Scheirer et al. (2013), Toward Open Set Recognition. Distance to class
    means: Bendale & Boult (2016). Correlation coefficient of several classes: Gorodkin (2004).
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import matthews_corrcoef

OUT_OF_SCOPE = "NO_NODES_DETECTED"
PARAPHRASE = 0.8  # utterances of one intent more alike than this (cosine, untuned vectors) are held out together
HALF_WIDTH = 0.02  # a threshold counts as the mean of its neighbourhood, so that no lucky point wins


@dataclass(frozen=True)
class Fold:
    """Row numbers: what is learned, held-out rows of the intents learned, all rows of the intents left out."""

    train: list[int]
    known: list[int]
    unknown: list[int]


def paraphrase_groups(vectors: np.ndarray, labels: Sequence[str]) -> list[int]:
    """Number the groups of near-paraphrases: connected rows of one intent."""
    group = list(range(len(labels)))

    def root(row: int) -> int:
        while group[row] != row:
            row = group[row]
        return row

    alike = vectors @ vectors.T
    for i in range(len(labels)):
        for j in range(i):
            if labels[i] == labels[j] and alike[i, j] > PARAPHRASE:
                group[root(i)] = root(j)
    return [root(row) for row in range(len(labels))]


def split_open_set(labels: Sequence[str], groups: Sequence[int], *, folds: int, seed: int) -> Iterator[Fold]:
    """Leave out each intent once as a whole, and each group of paraphrases once from the intents learned.

    Args:
        labels: Intent of each row.
        groups: Group of each row.
        folds: How many.
        seed: Fixes the split.
    """
    rng = random.Random(seed)
    sizes = Counter(labels)
    intents = sorted(sizes)
    rng.shuffle(intents)
    intents.sort(key=lambda intent: -sizes[intent])
    # Back and forth over the folds, the largest first: folds of like size.
    fold_of_intent = {name: i % folds if (i // folds) % 2 == 0 else folds - 1 - i % folds for i, name in enumerate(intents)}
    members: dict[str, set[int]] = defaultdict(set)
    for label, group in zip(labels, groups):
        members[label].add(group)
    fold_of_group = {}
    for intent in intents:
        ordered = sorted(members[intent])
        rng.shuffle(ordered)
        offset = rng.randrange(folds)
        fold_of_group.update({group: (i + offset) % folds for i, group in enumerate(ordered)})
    for fold in range(folds):
        unknown = [i for i, label in enumerate(labels) if fold_of_intent[label] == fold]
        left = [i for i, label in enumerate(labels) if fold_of_intent[label] != fold]
        train = [i for i in left if fold_of_group[groups[i]] != fold]
        learned = {labels[i] for i in train}
        known = [i for i in left if fold_of_group[groups[i]] == fold and labels[i] in learned]
        yield Fold(train, known, unknown)


class Familiarity:
    """How near a message is to the class that the pipeline gives it, 0 to 1."""

    def __init__(self, texts: Sequence[str], tuned: np.ndarray, frozen: np.ndarray, labels: Sequence[str]) -> None:
        """Keep the training utterances.

        Args:
            texts: n utterances.
            tuned, frozen: Their vectors from the tuned and the untuned encoder, rows of length 1.
            labels: Their classes.
        """
        self._classes = sorted(set(labels))
        self._rows = [np.flatnonzero(np.asarray(labels) == name) for name in self._classes]
        self._tuned, self._frozen = tuned, frozen
        means = np.stack([tuned[rows].mean(axis=0) for rows in self._rows])
        self._prototypes = means / np.linalg.norm(means, axis=1, keepdims=True)
        self._spelling = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._spelled = self._spelling.fit_transform(texts)

    def score(self, texts: Sequence[str], tuned: np.ndarray, frozen: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Familiarity with the best class.

        The cosine with the class's mean, by a share each of the probability and the nearest utterance of the class, by
        tuned vector, untuned vector and spelling. Tuning draws everything towards some class; the untuned vectors and
        the spelling have not learned to.

        Args:
            texts: m messages.
            tuned, frozen: Their vectors.
            shares: Their class probabilities, columns in sorted order of the class names.
        """
        best = shares.argmax(axis=1)
        spelled = np.asarray((self._spelling.transform(texts) @ self._spelled.T).todense())
        nearest = sum(self._nearest(alike, best) for alike in (tuned @ self._tuned.T, frozen @ self._frozen.T, spelled))
        prototype = np.einsum("nd,nd->n", tuned, self._prototypes[best])
        return np.asarray((prototype + 0.3 * (shares.max(axis=1) + nearest)) / 2.2)

    def _nearest(self, alike: np.ndarray, best: np.ndarray) -> np.ndarray:
        return np.array([row[self._rows[name]].max() for row, name in zip(alike, best)])


def choose_threshold(gold: Sequence[str], predicted: Sequence[str], scores: np.ndarray) -> float:
    """The threshold with the best correlation, known and unknown weighing the same in sum.

    How many messages will be out of scope the training data do not say; half is the choice that favours neither side.
    """
    truth, names = np.asarray(gold), np.asarray(predicted)
    unknown = truth == OUT_OF_SCOPE
    weights = np.where(unknown, 0.5 / unknown.mean(), 0.5 / (~unknown).mean())
    grid = np.arange(0, 1, 0.005)
    curve = np.array([matthews_corrcoef(truth, np.where(scores < t, OUT_OF_SCOPE, names), sample_weight=weights) for t in grid])
    smooth = [curve[np.abs(grid - t) <= HALF_WIDTH + 1e-9].mean() for t in grid]
    return float(grid[int(np.argmax(smooth))])
