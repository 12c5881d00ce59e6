"""How long a reply takes, ours and Rasa's default on the same utterances, and nothing else: minutes instead of hours.

`python -m evaluation.benchmarks.reply_time`. Training hardly changes how long Rasa's default takes, so one epoch will do. Each
round asks first the one, then the other, so that the machine's drift hits both. The whole comparison is `make benchmark`.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

from deploy.models import ROOT
from evaluation.benchmarks import default_peer
from evaluation.benchmarks.load import ask, percentile, warm_up
from evaluation.benchmarks.run import WORK, read_cases, say
from evaluation.benchmarks.utterances import read_utterances
from evaluation.system import running_system


def time_in_rounds(urls: Sequence[str], questions: Sequence[str], *, rounds: int) -> list[list[list[float]]]:
    """Ask each system all questions, the systems in turn, round after round.

    Returns:
        For each system and round the times in ms.
    """
    times: list[list[list[float]]] = [[] for _ in urls]
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for row, url in zip(times, urls):
            warm_up(url, questions)
            row.append([ask(url, question) for question in questions])
    return times


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Reply time over REST, one client: ours against Rasa's default.")
    parser.add_argument("--epochs", type=int, default=1, help="epochs of Rasa's default (default 1)")
    parser.add_argument("--rounds", type=int, default=8, help="rounds (default 8)")
    parser.add_argument("--questions", type=int, default=300, help="questions of a round (default 300)")
    parser.add_argument("--folder", type=Path, default=WORK / "reply-time", help="of Rasa's default; its model is used again")
    options = parser.parse_args()
    questions = [case["q"] for case in read_cases() if "expect" in case]
    random.Random(1).shuffle(questions)
    say("training Rasa's default, unless it is there")
    default_peer.write_project(options.folder, read_utterances(), epochs=options.epochs)
    default_peer.train_default(options.folder, reuse=True)
    with running_system(ROOT / "var") as ours, default_peer.running_default(options.folder) as default:
        times = time_in_rounds([ours.url, default.url], questions[: options.questions], rounds=options.rounds)
    print("| round | ours: median, p95 | Rasa's default: median, p95 | ours / Rasa's default |\n| ---: | ---: | ---: | ---: |")
    ratios = []
    for number, (own, other) in enumerate(zip(*times), 1):
        ratios.append(statistics.median(own) / statistics.median(other))
        cells = [f"{statistics.median(row):.1f}, {percentile(row, 0.95):.1f} ms" for row in (own, other)]
        print(f"| {number} | {cells[0]} | {cells[1]} | {ratios[-1]:.3f} |")
    print(f"median of the rounds: {statistics.median(ratios):.3f}, from {min(ratios):.3f} to {max(ratios):.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
