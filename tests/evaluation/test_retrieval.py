"""The peers that search find the best passage and refuse below their threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evaluation.benchmarks.retrieval import (
    REFUSAL,
    Bm25Index,
    Entry,
    NearestIndex,
    learn_threshold,
    passage_entries,
    reply_of,
    utterance_entries,
)
from evaluation.benchmarks.utterances import Utterance
from evaluation.judging import fold
from knowledge.passage import Knowledge

TEXTS = ["price in Turkey", "price in China", "side effects of the cells"]
ANSWER = Entry("how much", "answer", "g#cost", "It costs this.")


class FakeEncoder:
    """Knows the vectors of two messages."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """One row a text."""
        return np.array([{"east": [1.0, 0.0], "south": [0.0, -1.0]}[text] for text in texts])


def test_bm25_is_computed_as_in_the_source() -> None:
    scores = Bm25Index(TEXTS).scores("Turkey")

    mean = (3 + 3 + 5) / 3
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert scores == pytest.approx([idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 3 / mean)), 0, 0])


def test_bm25_prefers_the_rare_word() -> None:
    best, score = Bm25Index(TEXTS).search("price, China?")

    assert best == 1
    assert 0 < score < 1


@pytest.mark.parametrize("text", ["", "?!", "unseen words only"])
def test_bm25_scores_nothing_for_words_that_it_does_not_know(text: str) -> None:
    assert Bm25Index(TEXTS).search(text)[1] == 0


def test_a_word_that_no_passage_has_lowers_the_score() -> None:
    index = Bm25Index(TEXTS)

    assert index.search("price Turkey zebra")[1] < index.search("price Turkey")[1]


def test_the_nearest_vector_wins_and_no_score_is_negative() -> None:
    index = NearestIndex(FakeEncoder(), np.array([[0.6, 0.8], [0.8, 0.6]]))

    assert index.search("east") == (1, pytest.approx(0.8))
    assert index.search("south")[1] == 0


def test_a_reply_cites_its_section() -> None:
    assert fold(reply_of(ANSWER, 0.5, 0.4)).sections == ("g#cost",)


def test_a_score_below_the_threshold_is_refused() -> None:
    reply = fold(reply_of(ANSWER, 0.3, 0.4))

    assert (reply.kind, reply.sections, reply.text) == ("out_of_scope", (), REFUSAL)


def test_an_utterance_of_another_intent_leads_to_its_kind() -> None:
    assert fold(reply_of(Entry("hi", "greet", "", REFUSAL), 0.9, 0.4)).kind == "greet"


def test_vectors_are_made_of_question_and_text_apart(knowledge: Knowledge) -> None:
    together, apart = passage_entries(knowledge, apart=False), passage_entries(knowledge, apart=True)

    assert len(together) == len(knowledge.passages)
    assert len(apart) == 2 * len(together)


def test_utterances_lead_to_their_section_or_to_a_refusal(knowledge: Knowledge) -> None:
    question, outside = Utterance("x", "ask_cost", "sle-guide#cost"), Utterance("y", "out_of_scope")

    assert [(e.kind, e.section) for e in utterance_entries([question, outside], knowledge)] == [
        ("answer", "sle-guide#cost"),
        ("out_of_scope", ""),
    ]


def test_the_threshold_separates_held_out_utterances() -> None:
    entries = [Entry("price in turkey", "answer", "g#cost", "."), Entry("side effects", "answer", "g#risks", ".")]
    held_out = [Utterance("price in turkey", "ask_cost", "g#cost"), Utterance("side effects", "ask_risks", "g#risks")] * 3
    held_out += [Utterance("weather in rome tomorrow", "out_of_scope"), Utterance("effects of tea and of milk", "out_of_scope")]
    index = Bm25Index([entry.text for entry in entries])

    threshold = learn_threshold(index, entries, held_out)

    assert index.search("effects of tea and of milk")[1] < threshold <= index.search("side effects")[1]
