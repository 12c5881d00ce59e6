"""Reply times are summed up as the report says, and a client that gets no reply stops the run."""

from __future__ import annotations

import os
from typing import Any

import pytest

from evaluation.benchmarks import load


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 51), (0.95, 96), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    assert load.percentile(list(range(100, 0, -1)), share) == expected


def test_systems_are_asked_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def post(url: str, body: dict[str, Any]) -> tuple[Any, float]:
        asked.append(f"{url} {body['message']}")
        return [{"text": "."}], float(len(asked))

    monkeypatch.setattr(load, "post", post)

    assert load.time_in_turn(["A", "B"], ["1", "2"]) == [[1.0, 3.0], [2.0, 4.0]]
    assert asked == ["A 1", "B 1", "A 2", "B 2"]


def test_a_client_without_a_reply_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "post", lambda url, body: ([], 1.0))

    with pytest.raises(RuntimeError, match="A failed with 2 clients"):
        load.measure_load("A", ["1"], clients=2, seconds=1)


def test_each_conversation_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    senders: list[str] = []

    def post(url: str, body: dict[str, Any]) -> tuple[Any, float]:
        senders.append(body["sender"])
        return [{"text": "."}], 1.0

    monkeypatch.setattr(load, "post", post)
    load.warm_up("A", ["1"] * 20)

    assert len(set(senders)) == load.WARM_UP


def test_memory_of_a_process_is_counted() -> None:
    assert load.resident_mb(os.getpid()) > 5
