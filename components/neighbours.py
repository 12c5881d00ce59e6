"""Training utterances of one kind, searched for those nearest to a message, by sentence vector and by spelling.

Source:
    Votes: Cover & Hart (1967), weighted by similarity; spelling as TF-IDF over character n-grams, Cavnar & Trenkle (1994).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

# A message is compared with the training utterances of the classes that are likeliest by the linear layer, until these have so
# large a share of its probability, with so many at least and at most: those of the others are hardly ever among the nearest,
# and to read them all would take longer than the rest of the vote.
SHARE, FEWEST, MOST = 0.995, 300, 1500
# N-grams in a larger share of the utterances, and in more than so many, say nothing, and are most of what there would be to read.
COMMONEST, FEW = 0.02, 100
WORTH_A_LOOK = 0.4  # of the largest value; all are looked at if too few are as large
_NO_INDICES, _NO_SHARES = np.zeros(0, np.int32), np.zeros(0, np.float32)
_ARRAYS, _SPELLING, _WORDS = "{}.npz", "{}_spelling.npz", "{}_words.json"


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
        self,
        classes: int,
        *,
        vectors: np.ndarray,
        targets: np.ndarray,
        spelling: sparse.csr_matrix,
        idf: np.ndarray,
        words: Sequence[str],
    ) -> None:
        """Take over n training utterances.

        Args:
            classes: How many classes there are, in all kinds of utterances.
            vectors: float32 (n, 384), rows of length 1.
            targets: Their classes' numbers, int32 (n,), ascending.
            spelling: Their n-grams, TF-IDF, float32 (n, features), rows of length 1.
            idf: Weights of the n-grams, float32 (features,); 0 for those that do not count.
            words: Words, lower-cased, whose n-grams are kept ready.
        """
        self._classes, self._vectors, self._targets = classes, vectors, targets
        self._spelling, self._idf, self._words = spelling, idf, list(words)
        self._postings = spelling.tocsc()  # of each n-gram: the training utterances that have it
        self._sizes = np.bincount(targets, minlength=classes)
        self._ends = np.cumsum(self._sizes)
        self._hasher = _spelling_features()
        ready = self._hasher.transform(self._words)
        self._ngrams = {
            word: (ready.indices[start:end], ready.data[start:end])
            for word, start, end in zip(self._words, ready.indptr, ready.indptr[1:])
        }

    @classmethod
    def of(cls, texts: Sequence[str], vectors: np.ndarray, targets: np.ndarray, *, classes: int) -> Neighbours:
        """Make them from n >= 1 utterances, their vectors (n, 384) and their classes' numbers (n,)."""
        order = np.argsort(targets, kind="stable")
        counts = _spelling_features().transform([texts[i] for i in order])
        seen = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log((1 + len(texts)) / (1 + seen)).astype(np.float32) + 1
        idf *= seen <= max(COMMONEST * len(texts), FEW)
        words = Counter(word for text in texts for word in set(text.lower().split()))
        return cls(
            classes,
            vectors=vectors[order].astype(np.float32),
            targets=targets[order],
            spelling=_weighted(counts, idf),
            idf=idf,
            words=sorted(word for word, number in words.items() if number > 1),
        )

    def near(self, vector: np.ndarray, likely: np.ndarray, neighbours: int, temperature: float) -> np.ndarray:
        """Votes of the utterances whose vectors are nearest.

        Args:
            vector: float32 (384,).
            likely: Probability of each class by another view, float (classes,).
            neighbours: How many vote, at most.
            temperature: Similarities are divided by this before the softmax of the vote.

        Returns:
            Shares of the classes, float64 (classes,); they add up to 1.
        """
        order = np.argsort(-likely)
        compared, share = np.cumsum(self._sizes[order]), np.cumsum(likely[order])
        enough = max(np.searchsorted(share, SHARE), np.searchsorted(compared, max(FEWEST, neighbours)))
        order = order[: min(enough, np.searchsorted(compared, max(MOST, neighbours))) + 1]
        sizes, ends = self._sizes[order], self._ends[order]
        likeness = np.concatenate([self._vectors[end - size : end] @ vector for size, end in zip(sizes, ends)])
        return self._count(likeness, np.repeat(order, sizes), neighbours, temperature)

    def spelt_alike(self, text: str, neighbours: int, temperature: float) -> np.ndarray:
        """Votes of the utterances whose n-grams are likest; as `near`; all 0 if no n-gram of the text counts."""
        likeness = self._likeness(self._spell(text))
        return self._count(likeness, self._targets, neighbours, temperature) if likeness.any() else np.zeros(self._classes)

    def _count(self, likeness: np.ndarray, targets: np.ndarray, neighbours: int, temperature: float) -> np.ndarray:
        """Votes of the likest of some training utterances for their classes, float64 (classes,)."""
        nearest = _largest(likeness, min(neighbours, len(likeness)))
        weight = np.exp((likeness[nearest] - likeness[nearest].max()) / temperature)
        return np.bincount(targets[nearest], weights=weight / weight.sum(), minlength=self._classes)

    def _spell(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The n-grams of a text, int32 (k,), and their shares, float32 (k,)."""
        words = text.lower().split()  # n-grams do not reach beyond a word
        parts = [self._ngrams[word] for word in words if word in self._ngrams]
        unknown = [word for word in words if word not in self._ngrams]
        if unknown:
            row = self._hasher.transform([" ".join(unknown)])
            parts.append((row.indices, row.data))
        if not parts:
            return _NO_INDICES, _NO_SHARES
        ngrams, places = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
        idf = self._idf[ngrams]
        shares = np.log1p(np.bincount(places, weights=np.concatenate([part[1] for part in parts]))) * idf
        counting = idf > 0
        length = np.sqrt(max(float(shares @ shares), 1e-18))
        return ngrams[counting], (shares[counting] / length).astype(np.float32)

    def _likeness(self, row: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Cosines of one utterance's spelling with all training utterances', float64 (training utterances,).

        Only the columns of its own n-grams are read, all in one go: scipy would check and copy them once more.
        """
        ngrams, shares = row
        starts = self._postings.indptr[ngrams]
        lengths = self._postings.indptr[ngrams + 1] - starts
        places = np.arange(lengths.sum()) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        weights = self._postings.data[places] * np.repeat(shares, lengths)
        return np.bincount(self._postings.indices[places], weights=weights, minlength=len(self._targets))

    def save(self, folder: Path, name: str) -> None:
        """Write them under a name: arrays without pickles, and JSON."""
        np.savez(folder / _ARRAYS.format(name), vectors=self._vectors, targets=self._targets, idf=self._idf)
        sparse.save_npz(folder / _SPELLING.format(name), self._spelling)
        (folder / _WORDS.format(name)).write_text(json.dumps(self._words), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str, *, classes: int) -> Neighbours:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: If a file is missing or damaged.
        """
        with np.load(folder / _ARRAYS.format(name), allow_pickle=False) as arrays:
            data = {key: arrays[key] for key in ("vectors", "targets", "idf")}
        words = json.loads((folder / _WORDS.format(name)).read_text(encoding="utf-8"))
        return cls(classes, spelling=sparse.load_npz(folder / _SPELLING.format(name)), words=words, **data)
