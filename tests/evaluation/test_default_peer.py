"""Rasa's default is trained on what we say it is, and its fallback can be set afterwards."""

from __future__ import annotations

from pathlib import Path

import yaml

from evaluation.benchmarks.default_peer import CONFIG, best_intent, config_with, learn_threshold, write_project
from evaluation.benchmarks.utterances import Utterance


def test_the_epochs_of_every_trained_component_are_set() -> None:
    config = config_with(7)

    assert {step["epochs"] for step in [*config["pipeline"], *config["policies"]] if "epochs" in step} == {7}


def test_the_configuration_has_the_number_of_epochs_that_rasa_has() -> None:
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))

    assert config == config_with(100)


def test_each_intent_has_one_fixed_response(tmp_path: Path) -> None:
    write_project(tmp_path, [Utterance("hi", "greet"), Utterance("hello", "greet")], epochs=1)

    rules = yaml.safe_load((tmp_path / "data/rules.yml").read_text(encoding="utf-8"))["rules"]
    responses = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))["responses"]
    assert {rule["steps"][1]["action"] for rule in rules} == set(responses)
    assert "utter_nlu_fallback" in responses


def test_the_utterances_are_written_by_intent(tmp_path: Path) -> None:
    write_project(tmp_path, [Utterance("hi", "greet"), Utterance("bye", "goodbye"), Utterance("hello", "greet")], epochs=1)

    blocks = yaml.safe_load((tmp_path / "data/nlu.yml").read_text(encoding="utf-8"))["nlu"]
    assert blocks[0] == {"intent": "greet", "examples": "- hi\n- hello\n"}


def test_the_best_intent_is_the_one_behind_the_fallback() -> None:
    ranking = [{"name": "nlu_fallback", "confidence": 0.7}, {"name": "ask_cost", "confidence": 0.2}]

    assert best_intent({"intent_ranking": ranking}) == ("ask_cost", 0.2)


def test_a_text_without_ranking_falls_back() -> None:
    assert best_intent({"intent_ranking": []}) == ("nlu_fallback", 0.0)


def test_the_threshold_lies_between_questions_and_what_is_out_of_scope() -> None:
    held_out = [Utterance("x", "ask_cost", "g#cost")] * 5 + [Utterance("y", "ask_risks", "g#risks")] * 5
    held_out += [Utterance("hi", "greet")] + [Utterance("z", "out_of_scope")] * 5
    found = [("ask_cost", 0.9)] * 5 + [("ask_risks", 0.8)] * 5 + [("ask_cost", 0.3)] * 5

    assert 0.3 < learn_threshold(found, held_out) <= 0.8
