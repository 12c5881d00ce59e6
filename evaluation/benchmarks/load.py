"""Reply time, throughput and memory of systems that run."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from evaluation.system import post

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


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of the values does not exceed; the nearest rank, no interpolation.

    Args:
        values: At least one.
        share: 0 to 1.
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def ask(url: str, question: str, sender: str = "") -> float:
    """Ask, in a conversation of one turn if no sender is given; the time in ms.

    Raises:
        RuntimeError: If there is no reply.
    """
    messages, ms = post(url, {"sender": sender or uuid.uuid4().hex, "message": question})
    if not messages:
        raise RuntimeError(f"{url} gave no reply to {question!r}")
    return ms


def warm_up(url: str, questions: Sequence[str]) -> None:
    """Ask the first questions, untimed."""
    for question in questions[:WARM_UP]:
        ask(url, question)


def time_in_turn(urls: Sequence[str], questions: Sequence[str]) -> list[list[float]]:
    """Ask all systems each question in turn, A B C A B C, so that the machine's drift hits all; the times in ms."""
    times: list[list[float]] = [[] for _ in urls]
    for question in questions:
        for row, url in zip(times, urls):
            row.append(ask(url, question))
    return times


def time_in_one_talk(urls: Sequence[str], questions: Sequence[str]) -> list[list[float]]:
    """Ask all systems each question in turn, each system in one conversation that grows; the times in ms."""
    times: list[list[float]] = [[] for _ in urls]
    sender = uuid.uuid4().hex
    for question in questions:
        for row, url in zip(times, urls):
            row.append(ask(url, question, sender))
    return times


def measure_load(url: str, questions: Sequence[str], *, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Let clients ask one question after the other, each without a pause.

    Args:
        url: REST door.
        questions: What they ask, in turn, each client from another place on.
        clients: How many at once.
        seconds: After this no new question is asked.

    Returns:
        Replies a second, and the reply times in ms.

    Raises:
        RuntimeError: If a client got no reply.
    """
    times: list[float] = []
    faults: list[Exception] = []
    began = time.monotonic()

    def work(offset: int) -> None:
        number = offset * 37
        try:
            while time.monotonic() - began < seconds:
                times.append(ask(url, questions[number % len(questions)]))
                number += 1
        except Exception as error:  # of whatever kind: told by the caller, in its own thread
            faults.append(error)

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{url} failed with {clients} clients: {faults[0]}") from faults[0]
    return len(times) / (time.monotonic() - began), times
