"""Ours at the public door against Rasa's default pipeline, BM25 and plain MiniLM, in one run.

`python -m evaluation.benchmarks.run`, or `make benchmark OPTIONS="--diet-epochs 100 --hint3 FOLDER"`. All learn from the same
data and are asked the same held-out questions in turn, A B A B, so that the machine's drift hits all. Writes docs/benchmark.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import yaml

from deploy.models import ModelError, digest_inputs, find_model
from evaluation.benchmarks import default_peer, retrieval
from evaluation.benchmarks.figures import CLIENTS, TALKS, Figures, Run, Share, count_answers, save_run
from evaluation.benchmarks.load import measure_load, percentile, resident_mb, time_in_one_talk, time_in_turn, warm_up
from evaluation.benchmarks.report import DOCS, FIGURES, write_report
from evaluation.benchmarks.utterances import deciding, read_utterances, split_utterances
from evaluation.judging import Reply, fold, fold_intent, is_section_right, is_topic_right
from evaluation.run import QUESTIONS
from evaluation.system import ROOT, Running, free_ports, post, run_logged, running, running_system
from knowledge.passage import load_knowledge

WORK = FIGURES.parent
NAMES = {
    "bm25-passages": "BM25: passages",
    "bm25-utterances": "BM25: + utterances",
    "minilm-passages": "MiniLM: passages",
    "minilm-utterances": "MiniLM: + utterances",
}


@dataclass(frozen=True)
class System:
    """A system that can be started, and what is known of it before."""

    figures: Figures
    start: Callable[[], AbstractContextManager[Running]]


def read_cases(limit: int | None = None) -> list[dict[str, Any]]:
    """The questions on the documents, and what is out of scope; `limit` of each file, all by default."""
    cases: list[dict[str, Any]] = []
    for name in ("sections", "sections_2", "sections_3", "boundary", "boundary_2", "boundary_3"):
        lines = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [{**json.loads(line), "set": name} for line in lines]
        cases += [row for row in rows if row.get("kind", "out_of_scope") == "out_of_scope"][:limit]
    return cases


def train_ours(folder: Path, *, reuse: bool) -> float:
    """Train our own model without caches; the seconds that it took, NaN if it had been trained in an earlier run.

    Args:
        folder: Where it is put.
        reuse: Take the model of an earlier run if it belongs to the current data.
    """
    if reuse:
        try:
            find_model(folder, data_digest=digest_inputs())
            return nan
        except ModelError:
            pass
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {"DATA_DIR": str(folder), "RASA_CACHE_DIRECTORY": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    return run_logged([sys.executable, "-m", "deploy.train"], folder / "train.log", environment=environment)


@contextmanager
def running_search(folder: Path, peer: str) -> Iterator[Running]:
    """One of the peers that search."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "evaluation.benchmarks.retrieval", "serve", str(folder), "--peer", peer]
    base = f"http://127.0.0.1:{port}"
    with running([*command, "--port", str(port)], url=f"{base}/webhooks/rest/webhook", ready=f"{base}/") as system:
        yield system


def make_systems(*, epochs: int, reuse: bool, data_dir: Path | None) -> list[System]:
    """Train everything; ours first, Rasa's default second."""
    say("training ours")
    own_folder = data_dir or WORK / "ours"
    ours = Figures("ours", train_s=nan if data_dir else train_ours(own_folder, reuse=reuse), threshold=own_threshold())
    say(f"training Rasa's default for {epochs} epochs")
    default_folder, learned = WORK / "default", split_utterances(read_utterances())[0]
    default_peer.write_project(default_folder, learned, epochs=epochs)
    default = Figures("Rasa's default", train_s=default_peer.train_default(default_folder, reuse=reuse))
    systems = [
        System(ours, lambda: running_system(own_folder)),
        System(default, lambda: default_peer.running_default(default_folder)),
    ]
    say("making the indexes")
    folder = WORK / "search"
    # In a process of its own: this one shall share no pages with the systems whose memory it measures.
    command = [sys.executable, "-m", "evaluation.benchmarks.retrieval", "prepare", str(folder)]
    run_logged(command, WORK / "search.log")
    for peer in retrieval.PEERS:
        record = json.loads((folder / f"{peer}.json").read_text(encoding="utf-8"))
        figures = Figures(NAMES[peer], train_s=record["train_s"], threshold=record["threshold"])
        systems.append(System(figures, lambda peer=peer: running_search(folder, peer)))
    return systems


def own_threshold() -> float:
    """The threshold of our own fallback."""
    steps = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(float(step["threshold"]) for step in steps if step["name"] == "FallbackClassifier")


def measure_alone(systems: Sequence[System], questions: Sequence[str], *, starts: int) -> None:
    """Start each system by itself, the systems in turn: time until it is ready, memory after the first replies."""
    found: list[list[tuple[float, float]]] = [[] for _ in systems]
    for number in range(starts):
        for row, system in zip(found, systems):
            say(f"start {number + 1} of {starts}: {system.figures.name}")
            with system.start() as one:
                warm_up(one.url, questions)
                row.append((one.start_s, resident_mb(one.pid)))
    for row, system in zip(found, systems):
        system.figures.start_s = statistics.median(seconds for seconds, _ in row)
        system.figures.memory_mb = statistics.median(mb for _, mb in row)


def measure_answers(systems: Sequence[System], started: Sequence[Running], cases: Sequence[dict[str, Any]]) -> dict[str, Share]:
    """Right answers and refusals of all; returns those of Rasa's default at the fallback of its own configuration."""
    for system, one in zip(systems, started):
        if system is not systems[1]:
            say(f"asking {system.figures.name}")
            replies = [fold(post(one.url, {"sender": f"benchmark-{case['id']}", "message": case["q"]})[0]) for case in cases]
            system.figures.answers = count_answers(list(zip(cases, replies)), is_section_right)
    return measure_default(systems[1].figures, started[1], cases)


def measure_default(figures: Figures, one: Running, cases: Sequence[dict[str, Any]]) -> dict[str, Share]:
    """Choose the threshold of Rasa's default, count its answers with it, and return those with its own fallback."""
    say("asking Rasa's default")
    sections_of = {topic.intent: topic.sections for topic in load_knowledge().topics.values()}
    held_out = split_utterances(read_utterances())[1]
    found = [default_peer.best_intent(default_peer.parse(one, utterance.text)) for utterance in deciding(held_out)]
    figures.threshold = default_peer.learn_threshold(found, held_out)
    parsed = [default_peer.parse(one, case["q"]) for case in cases]

    def count(intents: Sequence[tuple[str, float]], threshold: float) -> dict[str, Share]:
        replies: list[Reply] = [fold_intent(*row, threshold=threshold, sections_of=sections_of) for row in intents]
        return count_answers(list(zip(cases, replies)), is_topic_right)

    figures.answers = count([default_peer.best_intent(row) for row in parsed], figures.threshold)
    return count([(row["intent"]["name"], row["intent"]["confidence"]) for row in parsed], 0.0)


def measure_speed(
    systems: Sequence[System], started: Sequence[Running], questions: Sequence[str], *, repeats: int, seconds: float
) -> None:
    """Reply time of one client, then throughput with more, the systems in turn."""
    say("reply time")
    for one in started:
        warm_up(one.url, questions)
    for system, times in zip(systems, time_in_turn([one.url for one in started], questions)):
        system.figures.p50_ms, system.figures.p95_ms = statistics.median(times), percentile(times, 0.95)
    for system, times in zip(systems, time_in_one_talk([one.url for one in started], questions[: max(TALKS)])):
        system.figures.talk_ms = {turns: statistics.median(times[:turns]) for turns in TALKS}
    for clients in CLIENTS:
        rates: list[list[float]] = [[] for _ in systems]
        times: list[list[float]] = [[] for _ in systems]
        for number in range(repeats):
            say(f"throughput, clients: {clients}, round {number + 1} of {repeats}")
            for place, one in enumerate(started):
                rate, some = measure_load(one.url, questions, clients=clients, seconds=seconds)
                rates[place].append(rate)
                times[place] += some
        for place, system in enumerate(systems):
            system.figures.rate[clients] = statistics.median(rates[place])
            system.figures.loaded_p95_ms[clients] = percentile(times[place], 0.95)


def machine() -> str:
    """Processor, cores, system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


def say(text: str) -> None:
    """One line on what is going on, with the time."""
    print(f"benchmark: {time.strftime('%H:%M:%S')} {text}", flush=True)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure against Rasa's default pipeline, BM25 and plain MiniLM.")
    parser.add_argument("--diet-epochs", type=int, default=100, help="epochs of Rasa's default (default 100, Rasa's own)")
    parser.add_argument("--rounds", type=int, help="questions asked of each for the reply time (default all, 551)")
    parser.add_argument("--seconds", type=float, default=5, help="length of a round of throughput (default 5)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds of throughput (default 3)")
    parser.add_argument("--starts", type=int, default=3, help="starts of each system (default 3)")
    parser.add_argument("--cases", type=int, help="cases of each file, for a trial (default all)")
    parser.add_argument("--reuse", action="store_true", help="keep models of an earlier run made of the same data")
    parser.add_argument("--data-dir", type=Path, help="take our model from here, for a trial; its training is not timed")
    parser.add_argument("--hint3", type=Path, metavar="FOLDER", help="measure our NLU pipeline on HINT3, too")
    parser.add_argument("--out", type=Path, default=DOCS, metavar="FOLDER", help="where the report goes (default docs)")
    return parser.parse_args()


def main() -> int:
    """Measure and write the report."""
    options = read_options()
    cases = read_cases(options.cases)
    questions = [case["q"] for case in cases if "expect" in case][: options.rounds]
    systems = make_systems(epochs=options.diet_epochs, reuse=options.reuse, data_dir=options.data_dir)
    measure_alone(systems, questions, starts=options.starts)
    with ExitStack() as stack:
        started = [stack.enter_context(system.start()) for system in systems]
        own = measure_answers(systems, started, cases)
        measure_speed(systems, started, questions, repeats=options.repeats, seconds=options.seconds)
    learned, held_out = split_utterances(read_utterances())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    run = Run(
        commit,
        machine(),
        options.diet_epochs,
        len(learned),
        len(held_out),
        len(questions),
        options.seconds,
        options.repeats,
        options.starts,
        [system.figures for system in systems],
        own,
    )
    save_run(run, FIGURES)
    write_report(run, options.out)
    if options.hint3:
        say("HINT3")
        command = [sys.executable, "-m", "evaluation.benchmarks.hint3", str(options.hint3.resolve())]
        subprocess.run(command, cwd=ROOT, check=True)
        write_report(run, options.out)  # links to what has just been written
    say(f"the report is in {options.out / 'benchmark.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
