"""Reply time, memory and start-up: our whole system at the public door against Rasa's default pipeline, bare.

`python -m evaluation.benchmarks.run [--rounds N]`, or `make benchmark`. Both are trained on the same utterances and asked the
same held-out questions in turn, A B A B, so that the machine's drift hits both. Writes docs/benchmark.md.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from evaluation.run import QUESTIONS
from evaluation.system import ROOT, Running, free_ports, post, running_system, wait_for

WORK = ROOT / "build" / "benchmark"
WARM_UP = 10


def resident_mb(pid: int) -> float:
    """Memory of a process and all below it, in MB: proportional set size, so that shared pages count once."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    todo, total = [pid], 0.0
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def make_default_project() -> Path:
    """Write and train the peer: same utterances, Rasa's default configuration, one fixed response for each intent."""
    WORK.mkdir(parents=True, exist_ok=True)
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    plain = {
        "version": "3.1",
        "intents": domain["intents"],
        "responses": {"utter_reply": [{"text": "A reply."}]},
        "session_config": domain["session_config"],
    }
    (WORK / "domain.yml").write_text(yaml.safe_dump(plain), encoding="utf-8")
    rules = [
        {"rule": f"rule {i}", "steps": [{"intent": name}, {"action": "utter_reply"}]}
        for i, name in enumerate([*domain["intents"], "nlu_fallback"])
    ]
    stories = [
        {
            "story": "two turns",
            "steps": [{"intent": "greet"}, {"action": "utter_reply"}, {"intent": "thank"}, {"action": "utter_reply"}],
        }
    ]
    (WORK / "rules.yml").write_text(yaml.safe_dump({"version": "3.1", "rules": rules, "stories": stories}), encoding="utf-8")
    (WORK / "endpoints.yml").write_text("tracker_store:\n  type: InMemory\n", encoding="utf-8")
    (WORK / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "-d",
        str(WORK / "domain.yml"),
        "-c",
        "evaluation/benchmarks/default_config.yml",
    ]
    command += [
        "--data",
        "data/nlu",
        "data/nlu.yml",
        str(WORK / "rules.yml"),
        "--out",
        str(WORK),
        "--fixed-model-name",
        "default",
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return WORK / "default.tar.gz"


@contextmanager
def running_default(model: Path) -> Iterator[Running]:
    """Rasa's server with the peer's model and its own REST channel."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "rasa", "run", "-m", str(model), "-i", "127.0.0.1", "-p", str(port)]
    command += ["--endpoints", str(WORK / "endpoints.yml"), "--credentials", str(WORK / "credentials.yml")]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        took = wait_for(f"http://127.0.0.1:{port}/", process)
        yield Running(f"http://127.0.0.1:{port}/webhooks/rest/webhook", process.pid, took)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def time_both(urls: list[str], questions: list[str]) -> list[list[float]]:
    """Ask both each question in turn, in conversations of one turn; return the times in ms."""
    times: list[list[float]] = [[] for _ in urls]
    for number, question in enumerate(questions):
        for row, url in zip(times, urls):
            messages, ms = post(url, {"sender": uuid.uuid4().hex, "message": question})
            assert messages, f"{url} gave no reply"
            if number >= WARM_UP:
                row.append(ms)
    return times


def main() -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description="Measure against Rasa's default pipeline.")
    parser.add_argument("--rounds", type=int, default=200, help="questions asked of each (default 200)")
    options = parser.parse_args()
    lines = (QUESTIONS / "sections.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["q"] for line in lines][: options.rounds + WARM_UP]
    model = make_default_project()
    with running_system() as ours, running_default(model) as theirs:
        times = time_both([ours.url, theirs.url], questions)
        memory = [resident_mb(ours.pid), resident_mb(theirs.pid)]
        starts = [ours.start_s, theirs.start_s]
    medians = [statistics.median(row) for row in times]
    p95 = [sorted(row)[int(len(row) * 0.95)] for row in times]
    rows = [
        ("reply time, median", "ms", *medians),
        ("reply time, p95", "ms", *p95),
        ("memory of all processes", "MB", *memory),
        ("start to ready", "s", *starts),
    ]
    report = [
        "<!-- Written by `make benchmark`; do not edit. -->",
        "# Benchmark against Rasa's default pipeline",
        "",
        f"{len(times[0])} held-out questions, asked of both in turn, each in a conversation of its own, over REST, models",
        "warm. Ours: the public door, with the Rasa server and the action server behind it, SQLite tracker store. The peer: Rasa",
        "3.6.21 bare, its default pipeline and policies on the same utterances, one fixed response, no action server, trackers",
        "in memory.",
        "",
        "| figure | unit | ours | Rasa's default | ratio |",
        "| --- | --- | ---: | ---: | ---: |",
        *(f"| {name} | {unit} | {a:.1f} | {b:.1f} | {a / b:.2f} |" for name, unit, a, b in rows),
        "",
    ]
    (ROOT / "docs" / "benchmark.md").write_text("\n".join(report), encoding="utf-8")
    print("\n".join(report[-6:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
