"""Probabilities of classes from sentence vectors and spelling: a linear layer and nearest neighbours.

Utterances that stand behind what was told before them, and those that stand alone, have one linear layer, but neighbours of their
own kind only: two messages behind the same question are alike by that question, whatever they ask.

Source:
    Linear layer: multinomial logistic regression (scikit-learn). Neighbours: components/neighbours.py.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from components.neighbours import Neighbours
from knowledge.told import is_behind

_ARRAYS, _META = "scorer.npz", "scorer.json"
_KINDS = {False: "alone", True: "behind"}


@dataclass(frozen=True)
class ScorerOptions:
    """How the views are made and mixed.

    Attributes:
        neighbours: How many training utterances vote.
        vector_temperature: Similarities of vectors are divided by this before the softmax of the vote.
        spelling_temperature: The same for spelling.
        linear_weight, vector_weight, spelling_weight: Shares of the views in the mix; need not add up to 1.
        sure: A class to which linear layer and vectors together give such a share stays first whatever the spelling says, which
            is not asked then; more than 1: it is always asked.
        linear_scale: Factor on the linear layer's input; larger is surer.
        c: Inverse strength of the linear layer's regularisation.
        seed: Fixes the solver.
    """

    neighbours: int = 15
    vector_temperature: float = 0.05
    spelling_temperature: float = 0.08
    linear_weight: float = 0.4
    vector_weight: float = 0.4
    spelling_weight: float = 0.2
    sure: float = 0.8
    linear_scale: float = 10.0
    c: float = 1.0
    seed: int = 42


def _softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


class ClassScorer:
    """Scores utterances against the classes of the training data."""

    def __init__(
        self,
        classes: Sequence[str],
        options: ScorerOptions,
        *,
        weights: np.ndarray,
        bias: np.ndarray,
        neighbours: Mapping[bool, Neighbours],
    ) -> None:
        """Take over what was learnt.

        Args:
            classes: Their names.
            options: How the views are mixed.
            weights, bias: The linear layer, float32 (384, classes) and (classes,).
            neighbours: Of utterances behind something (True), or alone (False); at least one of the two.
        """
        self.classes = list(classes)
        self.options = options
        self._weights, self._bias, self._neighbours = weights, bias, dict(neighbours)

    @classmethod
    def train(cls, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str], *, options: ScorerOptions) -> ClassScorer:
        """Learn from labelled utterances.

        Args:
            texts: n utterances.
            vectors: Their sentence vectors, float32 (n, 384), rows of length 1.
            labels: Their classes, at least two different ones.
            options: How to learn and mix.

        Raises:
            ValueError: If there are fewer than two classes.
        """
        from sklearn.linear_model import LogisticRegression

        classes = sorted(set(labels))
        if len(classes) < 2:
            raise ValueError("The training data has fewer than two classes; add utterances to data/.")
        numbers = {label: index for index, label in enumerate(classes)}
        targets = np.asarray([numbers[label] for label in labels], dtype=np.int32)
        linear = LogisticRegression(C=options.c, max_iter=80, random_state=options.seed, tol=1e-3)
        with warnings.catch_warnings():
            # 80 steps agree with 200 on 99.6 % of held-out questions; the last digits of the optimum are not worth the time.
            warnings.simplefilter("ignore", ConvergenceWarning)
            linear.fit(vectors * options.linear_scale, targets)
        weights, bias = linear.coef_, linear.intercept_
        if len(classes) == 2:
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        behind = np.array([is_behind(text) for text in texts], dtype=bool)
        neighbours = {}
        for kind in _KINDS:
            (of,) = np.nonzero(behind == kind)
            if len(of):
                neighbours[kind] = Neighbours.of([texts[i] for i in of], vectors[of], targets[of], classes=len(classes))
        return cls(classes, options, weights=weights.T.astype(np.float32), bias=bias.astype(np.float32), neighbours=neighbours)

    def _of_its_kind(self, text: str) -> Neighbours:
        """The training utterances of the kind of a text; if there are none, the others."""
        behind = is_behind(text)
        return self._neighbours[behind if behind in self._neighbours else not behind]

    def score(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Probabilities of the classes.

        Args:
            texts: n utterances.
            vectors: Their sentence vectors, float32 (n, 384).

        Returns:
            float64 (n, classes); rows add up to 1.
        """
        options = self.options
        linear = _softmax(vectors * options.linear_scale @ self._weights + self._bias)
        return np.stack([self._mix(text, vector, likely) for text, vector, likely in zip(texts, vectors, linear)])

    def _mix(self, text: str, vector: np.ndarray, linear: np.ndarray) -> np.ndarray:
        """Probabilities of the classes for one utterance, from its vector and the linear layer's probabilities."""
        options, neighbours = self.options, self._of_its_kind(text)
        near = neighbours.near(vector, linear, options.neighbours, options.vector_temperature)
        mixed: np.ndarray = options.linear_weight * linear + options.vector_weight * near
        weight = options.linear_weight + options.vector_weight
        if not weight or (options.spelling_weight and mixed.max() < options.sure * weight):
            by_spelling = neighbours.spelt_alike(text, options.neighbours, options.spelling_temperature)
            mixed = mixed + options.spelling_weight * by_spelling
        total = mixed.sum()
        return mixed / total if total else np.full(len(mixed), 1 / len(mixed))

    def save(self, folder: Path) -> None:
        """Write the scorer: arrays without pickles, and JSON."""
        np.savez(folder / _ARRAYS, weights=self._weights, bias=self._bias)
        for kind, neighbours in self._neighbours.items():
            neighbours.save(folder, _KINDS[kind])
        kinds = [_KINDS[kind] for kind in self._neighbours]
        meta = {"classes": self.classes, "options": asdict(self.options), "neighbours": kinds}
        (folder / _META).write_text(json.dumps(meta), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> ClassScorer:
        """Read a scorer.

        Raises:
            OSError, ValueError, KeyError: If a file is missing or damaged.
        """
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        classes = meta["classes"]
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], arrays["bias"]
        neighbours = {
            kind: Neighbours.load(folder, name, classes=len(classes))
            for kind, name in _KINDS.items()
            if name in meta["neighbours"]
        }
        return cls(classes, ScorerOptions(**meta["options"]), weights=weights, bias=bias, neighbours=neighbours)
