"""The training utterances are read as Rasa reads them, and their split is fixed and fair."""

from __future__ import annotations

from evaluation.benchmarks.open_set import OUT_OF_SCOPE
from evaluation.benchmarks.utterances import Utterance, deciding, gold_of, split_utterances, utterances_of

UTTERANCES = [Utterance(f"{intent} {i}", intent) for intent in ("a", "b") for i in range(40)] + [Utterance("c 0", "c")]


def test_a_block_gives_its_lines_with_the_section_of_its_passage() -> None:
    block = {"intent": "ask_cost", "metadata": {"passage": "g#cost/turkey"}, "examples": "- how much\n\n- 5 - 6 k?\n"}

    assert utterances_of(block) == [Utterance("how much", "ask_cost", "g#cost"), Utterance("5 - 6 k?", "ask_cost", "g#cost")]


def test_a_block_without_metadata_has_no_section() -> None:
    assert utterances_of({"intent": "greet", "examples": "- hi\n"}) == [Utterance("hi", "greet")]


def test_the_split_takes_its_share_of_each_intent_and_at_least_one() -> None:
    _, held_out = split_utterances(UTTERANCES, share=0.1)

    assert [sum(u.intent == intent for u in held_out) for intent in "abc"] == [4, 4, 1]


def test_nothing_is_learned_and_held_out() -> None:
    learned, held_out = split_utterances(UTTERANCES)

    assert not set(learned) & set(held_out)
    assert set(learned) | set(held_out) == set(UTTERANCES)


def test_the_same_seed_gives_the_same_split_and_another_gives_another() -> None:
    assert split_utterances(UTTERANCES, seed=1) == split_utterances(UTTERANCES, seed=1)
    assert split_utterances(UTTERANCES, seed=1) != split_utterances(UTTERANCES, seed=2)


def test_questions_and_what_is_out_of_scope_decide_on_thresholds() -> None:
    question, other, outside = Utterance("x", "ask_cost", "g#cost"), Utterance("y", "greet"), Utterance("z", "out_of_scope")

    assert deciding([question, other, outside]) == [question, outside]
    assert [gold_of(question), gold_of(outside)] == ["g#cost", OUT_OF_SCOPE]
