"""The peers that search: BM25 and plain MiniLM, over the passages alone and over passages and training utterances.

`python -m evaluation.benchmarks.retrieval prepare FOLDER` makes the indexes and chooses the thresholds;
`python -m evaluation.benchmarks.retrieval serve FOLDER --peer NAME --port N` answers on Rasa's REST form with the best passage.

Source:
    Robertson & Zaragoza (2009), The Probabilistic Relevance Framework, section 3; the weight of a word as in Lucene, never
    negative. MiniLM: sentence-transformers/all-MiniLM-L6-v2 as it came, nearest by cosine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from evaluation.benchmarks.open_set import OUT_OF_SCOPE, choose_threshold
from evaluation.benchmarks.utterances import Utterance, deciding, gold_of, read_utterances, split_utterances
from knowledge.passage import Knowledge, load_knowledge

K1, B = 1.2, 0.75
WORD = r"(?u)\b\w+\b"
REFUSAL = "The documents do not answer this."
PEERS = ("bm25-passages", "bm25-utterances", "minilm-passages", "minilm-utterances")


@dataclass(frozen=True)
class Entry:
    """What is searched: a text, the kind of reply that it leads to, the section shown for it, what is said."""

    text: str
    kind: str
    section: str
    say: str


class Index(Protocol):
    """Finds the entry most like a message."""

    def search(self, text: str) -> tuple[int, float]:
        """Number of the best entry and its score, 0 to 1."""


class Bm25Index:
    """BM25 over words in lower case, neither stemmed nor stopped."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = CountVectorizer(token_pattern=WORD)
        counts = self._words.fit_transform(texts).tocsr().astype(np.float64)
        rows, seen = counts.shape[0], np.bincount(counts.indices, minlength=counts.shape[1])
        self._idf = np.log(1 + (rows - seen + 0.5) / (seen + 0.5))
        self._unseen_idf = float(np.log(1 + (rows + 0.5) / 0.5))
        length = np.asarray(counts.sum(axis=1)).ravel()
        norm = np.repeat(K1 * (1 - B + B * length / length.mean()), np.diff(counts.indptr))
        counts.data = self._idf[counts.indices] * counts.data * (K1 + 1) / (counts.data + norm)
        self._weights: sparse.csr_matrix = counts.T.tocsr()
        self._split = self._words.build_analyzer()

    def scores(self, text: str) -> np.ndarray:
        """BM25 of every text, float64 (texts,); each word of the message counts once."""
        known = [self._words.vocabulary_[word] for word in set(self._split(text)) if word in self._words.vocabulary_]
        return np.asarray(self._weights[known].sum(axis=0)).ravel()

    def search(self, text: str) -> tuple[int, float]:
        """The best text; its score as a share of the most that a text can reach for these words, so that lengths compare."""
        scores = self.scores(text)
        best = int(scores.argmax())
        numbers = [self._words.vocabulary_.get(word) for word in set(self._split(text))]
        most = (K1 + 1) * sum(self._unseen_idf if number is None else float(self._idf[number]) for number in numbers)
        return best, float(scores[best] / most) if most else 0.0


class NearestIndex:
    """The nearest vector by cosine."""

    def __init__(self, encoder: Any, vectors: np.ndarray) -> None:
        """Keep the vectors, float32 (entries, 384), rows of length 1."""
        self._encoder, self._vectors = encoder, vectors

    def search(self, text: str) -> tuple[int, float]:
        """The nearest entry and its cosine, 0 where it is negative."""
        alike = self._vectors @ self._encoder.encode([text])[0]
        best = int(alike.argmax())
        return best, max(0.0, float(alike[best]))


def passage_entries(knowledge: Knowledge, *, apart: bool) -> list[Entry]:
    """The passages as what is searched: question and text apart for vectors, together with the title for words."""
    entries = []
    for passage in knowledge.passages.values():
        texts = [passage.question, passage.text] if apart else [f"{passage.title} {passage.question} {passage.text}"]
        entries += [Entry(text, "answer", passage.section_id, passage.text) for text in texts]
    return entries


def utterance_entries(utterances: Sequence[Utterance], knowledge: Knowledge) -> list[Entry]:
    """Training utterances as what is searched: each leads to its section, or to the kind of reply of its intent."""
    entries = []
    for utterance in utterances:
        if utterance.section:
            say = knowledge.sections[utterance.section].overview
            entries.append(Entry(utterance.text, "answer", utterance.section, say))
        else:
            entries.append(Entry(utterance.text, utterance.intent, "", REFUSAL))
    return entries


def entries_of(peer: str) -> list[Entry]:
    """What a peer searches; utterances held out for the thresholds are not in it."""
    knowledge = load_knowledge()
    entries = passage_entries(knowledge, apart=peer.startswith("minilm"))
    if peer.endswith("utterances"):
        entries += utterance_entries(split_utterances(read_utterances())[0], knowledge)
    return entries


def make_index(peer: str, entries: Sequence[Entry], folder: Path) -> Index:
    """The index of a peer; vectors are computed once and kept in the folder."""
    if peer.startswith("bm25"):
        return Bm25Index([entry.text for entry in entries])
    from components.encoding import Encoder

    encoder, kept = Encoder(folder), folder / f"{peer}.npy"
    if not kept.exists():
        np.save(kept, encoder.encode([entry.text for entry in entries]))
    return NearestIndex(encoder, np.load(kept))


def reply_of(entry: Entry, score: float, threshold: float) -> list[dict[str, Any]]:
    """The reply in Rasa's REST form, with kind and citation as our own system gives them."""
    if score < threshold or entry.kind != "answer":
        kind = "out_of_scope" if score < threshold else entry.kind
        return [{"text": REFUSAL, "custom": {"kind": kind, "citations": []}}]
    return [{"text": entry.say, "custom": {"kind": "answer", "citations": [{"id": entry.section}]}}]


def learn_threshold(index: Index, entries: Sequence[Entry], held_out: Sequence[Utterance]) -> float:
    """The threshold with the best correlation on held-out training utterances."""
    asked = deciding(held_out)
    found = [index.search(utterance.text) for utterance in asked]
    outside = {"out_of_scope": OUT_OF_SCOPE}
    guessed = [entries[row].section or outside.get(entries[row].kind, entries[row].kind) for row, _ in found]
    return choose_threshold([gold_of(utterance) for utterance in asked], guessed, np.array([score for _, score in found]))


def export_untuned(folder: Path) -> None:
    """Write MiniLM as it came in the form in which our own is served."""
    from components.encoding import MODEL_FILE, TOKENIZER_FILE
    from components.finetuning import TuningOptions, export_encoder, tune_encoder
    from components.sentence_encoder import pretrained_folder

    source = pretrained_folder()
    encoder, _, tokenizer = tune_encoder(("a", "b"), (0, 1), model_dir=source, options=TuningOptions(epochs=0))
    export_encoder(encoder, folder / MODEL_FILE)
    tokenizer.save(str(folder / TOKENIZER_FILE))


def prepare(folder: Path) -> None:
    """Make the indexes anew and write for each peer its threshold and the seconds that its index took."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    export_untuned(folder)
    _, held_out = split_utterances(read_utterances())
    for peer in PEERS:
        entries = entries_of(peer)
        began = time.monotonic()
        index = make_index(peer, entries, folder)
        took = time.monotonic() - began
        record = {"threshold": learn_threshold(index, entries, held_out), "train_s": took}
        (folder / f"{peer}.json").write_text(json.dumps(record), encoding="utf-8")


def serve(folder: Path, peer: str, port: int) -> None:
    """Answer POST /webhooks/rest/webhook on loopback until stopped."""
    from sanic import Sanic, response
    from sanic.request import Request
    from sanic.response import HTTPResponse

    threshold = json.loads((folder / f"{peer}.json").read_text(encoding="utf-8"))["threshold"]
    entries = entries_of(peer)
    index = make_index(peer, entries, folder)
    app = Sanic("peer", configure_logging=False)

    @app.get("/")
    async def ready(request: Request) -> HTTPResponse:
        return response.text("ready")

    @app.post("/webhooks/rest/webhook")
    async def answer(request: Request) -> HTTPResponse:
        row, score = index.search(request.json["message"])
        return response.json(reply_of(entries[row], score, threshold))

    app.run("127.0.0.1", port, access_log=False)


def main() -> int:
    """Prepare or serve."""
    parser = argparse.ArgumentParser(description="The peers that search.")
    parser.add_argument("what", choices=("prepare", "serve"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", choices=PEERS, default=PEERS[0])
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.what == "prepare":
        prepare(options.folder)
    else:
        serve(options.folder, options.peer, options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
