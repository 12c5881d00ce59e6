"""How long this Python takes for what a door does all day: prints the ns of calls, dictionaries, strings and patterns."""

from __future__ import annotations

import re
import time


class _Number:
    def __init__(self, value: int) -> None:
        self.value = value

    def following(self) -> int:
        return self.value + 1


def _work() -> None:
    pattern = re.compile(r"\b(?:how|what|when)\b.*(?:cost|price)")
    kept: dict[int, int] = {}
    for number in range(30_000):
        kept[number % 99] = kept.get(number % 99, 0) + _Number(number).following()
        f"{number}-{kept[0]}".split("-")
        if number % 10 == 0:
            pattern.search("my sister would like to know when it is over and whether it hurts")


if __name__ == "__main__":
    began = time.process_time_ns()
    _work()
    print(time.process_time_ns() - began)
