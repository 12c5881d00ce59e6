"""The peer that Rasa gives: DIET and the default policies, on our utterances, one fixed response for each intent."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from evaluation.benchmarks.open_set import OUT_OF_SCOPE, choose_threshold
from evaluation.benchmarks.utterances import Utterance, deciding
from evaluation.system import ROOT, Running, free_ports, post, run_logged, running

CONFIG = ROOT / "evaluation" / "benchmarks" / "default_config.yml"


def config_with(epochs: int) -> dict[str, Any]:
    """Rasa's default configuration, every trained component for so many epochs."""
    config: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for step in [*config["pipeline"], *config["policies"]]:
        if "epochs" in step:
            step["epochs"] = epochs
    return config


def write_project(folder: Path, utterances: Sequence[Utterance], *, epochs: int) -> None:
    """Write what the peer is trained on and run with."""
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    answered = [*intents, "nlu_fallback"]
    by_intent: dict[str, list[str]] = {}
    for utterance in utterances:
        by_intent.setdefault(utterance.intent, []).append(utterance.text)
    two_turns = [{"intent": "greet"}, {"action": "utter_greet"}, {"intent": "thank"}, {"action": "utter_thank"}]
    files: dict[str, dict[str, Any]] = {
        "config.yml": config_with(epochs),
        "domain.yml": {
            "version": "3.1",
            "intents": intents,
            "responses": {f"utter_{name}": [{"text": f"The fixed response of {name}."}] for name in answered},
        },
        "data/rules.yml": {
            "version": "3.1",
            "rules": [{"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in answered],
            "stories": [{"story": "two turns", "steps": two_turns}],
        },
        "data/nlu.yml": {
            "version": "3.1",
            "nlu": [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in by_intent.items()],
        },
        "endpoints.yml": {"tracker_store": {"type": "InMemory"}},
        "credentials.yml": {"rest": None},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def train_default(folder: Path, *, reuse: bool) -> float:
    """Train the peer; the seconds that it took, NaN if it had been trained in an earlier run.

    Args:
        folder: As `write_project` left it.
        reuse: Take the model of an earlier run if it was made of the same files.
    """
    inputs = [folder / name for name in ("config.yml", "domain.yml", "data/rules.yml", "data/nlu.yml")]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    record = folder / "trained.json"
    if reuse and record.exists():
        earlier = json.loads(record.read_text(encoding="utf-8"))
        if earlier["key"] == key and (folder / "default.tar.gz").exists():
            return nan
    command = [sys.executable, "-m", "rasa", "train", "--force", "--out", str(folder), "--fixed-model-name", "default"]
    command += ["-d", str(folder / "domain.yml"), "-c", str(folder / "config.yml"), "--data", str(folder / "data")]
    took = run_logged(command, folder / "train.log")
    record.write_text(json.dumps({"key": key}), encoding="utf-8")
    return took


@contextmanager
def running_default(folder: Path) -> Iterator[Running]:
    """Rasa's server with the peer's model, its own REST channel, and its parser at /model/parse."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "rasa", "run", "-m", str(folder / "default.tar.gz"), "-i", "127.0.0.1", "-p", str(port)]
    command += ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml"), "--enable-api"]
    base = f"http://127.0.0.1:{port}"
    with running(command, url=f"{base}/webhooks/rest/webhook", ready=f"{base}/") as system:
        yield system


def parse(system: Running, text: str) -> dict[str, Any]:
    """Rasa's understanding of a text."""
    url = system.url.replace("/webhooks/rest/webhook", "/model/parse")
    parsed: dict[str, Any] = post(url, {"text": text})[0]
    return parsed


def best_intent(parsed: dict[str, Any]) -> tuple[str, float]:
    """DIET's best intent and its confidence, whatever the fallback made of it."""
    ranking = [row for row in parsed["intent_ranking"] if row["name"] != "nlu_fallback"]
    return (ranking[0]["name"], float(ranking[0]["confidence"])) if ranking else ("nlu_fallback", 0.0)


def learn_threshold(found: Sequence[tuple[str, float]], held_out: Sequence[Utterance]) -> float:
    """The threshold with the best correlation on held-out training utterances.

    Args:
        found: Best intent and confidence of each deciding utterance of `held_out`.
        held_out: What the peer was not trained on.
    """
    gold, guessed = (
        [OUT_OF_SCOPE if name == "out_of_scope" else name for name in names]
        for names in ([u.intent for u in deciding(held_out)], [intent for intent, _ in found])
    )
    return choose_threshold(gold, guessed, np.array([confidence for _, confidence in found]))
