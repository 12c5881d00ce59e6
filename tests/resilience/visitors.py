"""Visitors who send messages from outside, and insist: a message without an answer is sent again, with the same id."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

PATH = "/webhooks/rest/webhook"
# Text, and the section that the first citation of a right answer names.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("How long is the hospital stay after CAR-T?", "sle-guide#recovery"),
    ("What does CAR-T cost in China?", "china-guide#cost"),
    ("What are the risks of CAR-T?", "sle-guide#risks"),
    ("Who decides on approval in China?", "china-guide#approval"),
)


@dataclass
class Given:
    """What a visitor got for a message: the reply, after how many sendings and seconds."""

    sender: str
    message_id: str
    question: int
    messages: list[dict[str, Any]] = field(default_factory=list)
    sendings: int = 0
    seconds: float = 0.0
    accepted: bool = False
    told_not_stored: int = 0


def is_right(given: Given) -> bool:
    """True if the reply answers the question that was asked.

    Asked again in a conversation, a question gets the next level of detail; the other guide's section on the topic may hold it.
    """
    custom = given.messages[-1].get("custom") or {} if given.messages else {}
    cited = [citation["id"].split("/")[0] for citation in custom.get("citations", ())]
    topic = QUESTIONS[given.question][1].partition("#")[2]
    return custom.get("kind") == "answer" and bool(cited) and cited[0].partition("#")[2] == topic


def kind_of(given: Given) -> str:
    """Kind of the reply, or "none"."""
    return str((given.messages[-1].get("custom") or {}).get("kind")) if given.messages else "none"


def insist(
    client: httpx.Client, urls: Sequence[str], given: Given, *, give_up_at: float, dice: random.Random, key: str = ""
) -> None:
    """Send a message until it has its reply."""
    text = QUESTIONS[given.question][0]
    body = {"sender": given.sender, "message": text, "message_id": given.message_id}
    began = time.monotonic()
    while time.monotonic() < give_up_at:
        given.sendings += 1
        try:
            answer = client.post(dice.choice(urls) + PATH, json=body, timeout=30)
        except httpx.HTTPError:
            time.sleep(0.1)
            continue
        if answer.headers.get("message-stored") == "yes" and answer.headers.get("message-ended") == "yes":
            given.accepted, given.messages, given.seconds = True, answer.json(), time.monotonic() - began
            return
        given.accepted |= answer.headers.get("message-stored") == "yes"
        given.told_not_stored += answer.headers.get("message-stored") == "no"
        time.sleep(0.2)


def visit(
    urls: Sequence[str], *, senders: int, messages: int, seed: int, within_s: float, pause_s: float = 0.0, prefix: str = "v"
) -> list[Given]:
    """Let several visitors write at once, each one message after the other."""
    results: list[list[Given]] = [[] for _ in range(senders)]
    give_up_at = time.monotonic() + within_s

    def write(number: int) -> None:
        dice = random.Random(seed * 1000 + number)
        with httpx.Client(trust_env=False) as client:
            for turn in range(messages):
                given = Given(f"{prefix}{number}", f"{number}-{turn}", dice.randrange(len(QUESTIONS)))
                results[number].append(given)
                insist(client, urls, given, give_up_at=give_up_at, dice=dice)
                time.sleep(pause_s * dice.random() * 2)

    run_together([lambda number=number: write(number) for number in range(senders)])  # type: ignore[misc]
    return [given for one in results for given in one]


def run_together(jobs: Sequence[Callable[[], object]]) -> None:
    """Run jobs at the same time; the first error is raised."""
    errors: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
