"""No pattern goes through a text again and again: some take hours for a hundred letters that they do not match."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

import actions
import dialogue
import knowledge
from dialogue.guarded import Guarded

LONGEST = 1000  # characters; the longest gap that reaches the patterns is two
AT_ONCE_S = 20  # those that are well built take milliseconds, the others hours
_WORDS = "is it the can i my lupus car-t in china how much and or if not doctor name at gmail com dot a of they want 12 3".split()
_MIXED = random.Random(3).choices(_WORDS, k=LONGEST)
TEXTS = {
    "one word": "a" * LONGEST,
    "long words": ("abcdefghijklmn" * 4 + " ") * 17,
    "words": " ".join(_MIXED)[:LONGEST],
    "questions": "? ".join(_MIXED)[:LONGEST],
    "digits": "1 2 " * 250,
    "addresses": "a@b " * 250,
    "dashes": "- " * 500,
    "names": "my name is " * 90,
    "openings": "how much can i " * 66,
    "lines": "x\n\n" * 330,
    "gaps": "x  " * 330,
}


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """All patterns of the modules that read messages and make replies, with their names."""
    for package in (dialogue, knowledge, actions):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for key, value in vars(module).items():
                pattern = value.pattern if isinstance(value, Guarded) else value
                if isinstance(pattern, re.Pattern):
                    yield f"{module.__name__}.{key}", pattern


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail if the block is not done by then; a search looks for signals now and then."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_there_are_patterns() -> None:
    assert len(list(patterns())) > 200


@pytest.mark.parametrize("name", TEXTS)
def test_an_awkward_text_is_searched_at_once(name: str) -> None:
    for place, pattern in patterns():
        try:
            with within(AT_ONCE_S):
                pattern.search(TEXTS[name])
                pattern.match(TEXTS[name])
        except TimeoutError as error:
            pytest.fail(f"{place}: {error}")
