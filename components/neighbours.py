"""Training utterances of one kind, searched for those nearest to a message, by sentence vector and by spelling.

Source:
    Votes: Cover & Hart (1967), weighted by similarity; spelling as TF-IDF over character n-grams, Cavnar & Trenkle (1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

COARSE_DIMENSIONS = 64
COARSE_CANDIDATES = 200
WORTH_A_LOOK = 0.4  # of the largest value; all are looked at if too few are as large
# N-grams in a larger share of the utterances, and in more than so many, say nothing, and are most of what there would be to read.
COMMONEST, FEW = 0.1, 100
_NO_INDICES, _NO_SHARES = np.zeros(0, np.int32), np.zeros(0, np.float32)
_ARRAYS, _SPELLING = "{}.npz", "{}_spelling.npz"


def _spelling_features() -> HashingVectorizer:
    """Character n-grams without a stored vocabulary: unseen misspellings share most of them with the word."""
    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), n_features=2**18, norm=None, alternate_sign=False, lowercase=True
    )


def _weighted(counts: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_matrix:
    """Counts of n-grams as TF-IDF in rows of length 1, float32; in place, since scipy's products are slow on a single row."""
    counts.data *= idf[counts.indices] > 0
    counts.eliminate_zeros()
    shares = np.log1p(counts.data) * idf[counts.indices]
    squares = np.concatenate([[0.0], np.cumsum(shares * shares)])[counts.indptr]
    lengths = np.sqrt(np.maximum(np.diff(squares), 1e-18))
    counts.data = (shares / np.repeat(lengths, np.diff(counts.indptr))).astype(np.float32)
    return counts


def _largest(values: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k largest of n values, 1 <= k <= n, in any order.

    Most utterances are unlike any other; to look among the rest alone is several times faster.
    """
    rest = np.flatnonzero(values >= values.max() * WORTH_A_LOOK)
    if len(rest) < k:
        rest = np.arange(len(values))
    return rest[np.argpartition(values[rest], len(rest) - k)[-k:]]


class Neighbours:
    """Votes of the training utterances that are most like a message, for their classes."""

    def __init__(
        self, classes: int, *, vectors: np.ndarray, targets: np.ndarray, spelling: sparse.csr_matrix, idf: np.ndarray
    ) -> None:
        """Take over n training utterances.

        Args:
            classes: How many classes there are, in all kinds of utterances.
            vectors: float32 (n, 384), rows of length 1.
            targets: Their classes' numbers, int32 (n,).
            spelling: Their n-grams, TF-IDF, float32 (n, features), rows of length 1.
            idf: Weights of the n-grams, float32 (features,); 0 for those that do not count.
        """
        self._classes, self._vectors, self._targets = classes, vectors, targets
        self._spelling, self._idf = spelling, idf
        self._postings = spelling.tocsc()  # of each n-gram: the training utterances that have it
        # Most of a vector lies in a few directions: a search along these finds the candidates, the whole vectors rank them.
        self._directions = np.linalg.eigh(vectors.T @ vectors)[1][:, -COARSE_DIMENSIONS:].astype(np.float32)
        self._coarse = np.ascontiguousarray(vectors @ self._directions)
        self._hasher = _spelling_features()

    @classmethod
    def of(cls, texts: Sequence[str], vectors: np.ndarray, targets: np.ndarray, *, classes: int) -> Neighbours:
        """Make them from n >= 1 utterances, their vectors (n, 384) and their classes' numbers (n,)."""
        counts = _spelling_features().transform(texts)
        seen = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log((1 + len(texts)) / (1 + seen)).astype(np.float32) + 1
        idf *= seen <= max(COMMONEST * len(texts), FEW)
        return cls(classes, vectors=vectors.astype(np.float32), targets=targets, spelling=_weighted(counts, idf), idf=idf)

    def near(self, vector: np.ndarray, neighbours: int, temperature: float) -> np.ndarray:
        """Votes of the utterances whose vectors are nearest.

        Args:
            vector: float32 (384,).
            neighbours: How many vote, at most.
            temperature: Similarities are divided by this before the softmax of the vote.

        Returns:
            Shares of the classes, float64 (classes,); they add up to 1.
        """
        coarse = self._coarse @ (vector @ self._directions)
        candidates = _largest(coarse, min(COARSE_CANDIDATES, len(coarse)))
        return self._count(self._vectors[candidates] @ vector, candidates, neighbours, temperature)

    def spelt_alike(self, text: str, neighbours: int, temperature: float) -> np.ndarray:
        """Votes of the utterances whose n-grams are likest; as `near`."""
        return self._count(self._likeness(self._spell(text)), None, neighbours, temperature)

    def _count(self, likeness: np.ndarray, utterances: np.ndarray | None, neighbours: int, temperature: float) -> np.ndarray:
        """Votes of the likest of some training utterances, or of all of them, float64 (classes,)."""
        nearest = _largest(likeness, min(neighbours, len(likeness)))
        weight = np.exp((likeness[nearest] - likeness[nearest].max()) / temperature)
        of = nearest if utterances is None else utterances[nearest]
        return np.bincount(self._targets[of], weights=weight / weight.sum(), minlength=self._classes)

    def _spell(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The n-grams of a text, and their shares."""
        row = _weighted(self._hasher.transform([text]), self._idf)
        return row.indices, row.data

    def _likeness(self, row: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Cosines of one utterance's spelling with all training utterances', float32 (training utterances,).

        Only the columns of its own n-grams are read, and taken over as they lie: indexing would check and copy them once more.
        """
        ngrams, shares = row
        starts, ends = self._postings.indptr[ngrams], self._postings.indptr[ngrams + 1]
        indices = np.concatenate([self._postings.indices[start:end] for start, end in zip(starts, ends)] or [_NO_INDICES])
        data = np.concatenate([self._postings.data[start:end] for start, end in zip(starts, ends)] or [_NO_SHARES])
        offsets = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int32)
        return sparse.csc_matrix((data, indices, offsets), shape=(len(self._targets), len(ngrams))) @ shares

    def save(self, folder: Path, name: str) -> None:
        """Write them under a name: arrays without pickles."""
        np.savez(folder / _ARRAYS.format(name), vectors=self._vectors, targets=self._targets, idf=self._idf)
        sparse.save_npz(folder / _SPELLING.format(name), self._spelling)

    @classmethod
    def load(cls, folder: Path, name: str, *, classes: int) -> Neighbours:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: If a file is missing or damaged.
        """
        with np.load(folder / _ARRAYS.format(name), allow_pickle=False) as arrays:
            data = {key: arrays[key] for key in ("vectors", "targets", "idf")}
        return cls(classes, spelling=sparse.load_npz(folder / _SPELLING.format(name)), **data)
