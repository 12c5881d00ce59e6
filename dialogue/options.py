"""Which of the offered options a message chooses: by number, by ordinal, or by its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

MIN_LIKENESS = 86.0  # of 100; "how long recovery takes" is "How long does recovery take?"
MAX_CHOICE_WORDS = 6
_ORDINALS = {
    "first": 1, "1st": 1, "one": 1, "two": 2, "three": 3, "four": 4, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4,
    "4th": 4, "former": 1, "last": -1, "latter": -1, "bottom": -1, "top": 1, "a": 1, "b": 2, "c": 3, "d": 4,
}  # fmt: skip
_FILLER = r"(?:please|pls|plz|thanks|thank you|thx)"
_LEAD = r"(?:i(?:'d| would)? (?:like|want|choose|pick|take|mean|meant)|i'?ll (?:take|have)|let'?s (?:do|take|go with)|give me|go with|tell me(?: about)?|show me|ok(?:ay)?|yes|yeah|yep)"
_NUMBER = re.compile(
    rf"^(?:{_LEAD}[, ]+)?(?:to know )?(?:the |number |no\.? ?|nr\.? ?|option |answer |choice |question |#|\()*"
    r"(?P<n>\d{1,2}|first|second|third|fourth|1st|2nd|3rd|4th|last|former|latter|top|bottom|one|two|three|four|[a-d](?=\)|\.|$))"
    rf"[).:]?(?: ?(?:one|option|question|choice|topic|of (?:them|those|these)))?(?:[, ]+{_FILLER})*[.!]*$",
    re.I,
)
_ANY = re.compile(
    r"^(?:yes|yeah|yep|sure|ok(?:ay)?|that(?:'s it| one)?|this one|exactly|correct|right)(?:[, ]+(?:that one|please|pls|it is|exactly|thanks))*[.!]*$",
    re.I,
)
_AROUND = re.compile(
    rf"^(?:{_LEAD}\s+)?(?:the|about|on)?\s*(?P<core>.+?)(?:\s+(?:one|option|part|question|thing))?(?:[, ]+{_FILLER})*[.!?]*$",
    re.I,
)
_STOP = frozenset(
    """the a an of for to in is are do does what how who which can i my me it and or on with be should need about there will
    would why when where whose if has have had was were did can could must may this that they he she we so how come then
    after afterwards before next later since until while long often soon much many more most all any some other than not no as at by from into over
    up out""".split()
)


def _words(text: str) -> set[str]:
    return {word for word in utils.default_process(text).split() if word not in _STOP}


def choose_option(text: str, options: Sequence[str]) -> int | None:
    """The index of the option that a message chooses.

    Args:
        text: As typed.
        options: The questions that were offered, in their order; may be empty.

    Returns:
        0 to n-1, or None if the message chooses none: a number too large, other words, or words that fit several options.
    """
    stripped = text.strip()
    if not options or not stripped:
        return None
    numbered = _NUMBER.match(stripped)
    if numbered:
        name = numbered["n"].lower()
        number = int(name) if name.isdigit() else _ORDINALS[name]
        if number == -1:
            return len(options) - 1
        return number - 1 if 1 <= number <= len(options) else None
    if len(options) == 1 and _ANY.match(stripped):
        return 0
    return _by_words(stripped, options)


def _by_words(text: str, options: Sequence[str]) -> int | None:
    scored = process.extract(text, options, scorer=fuzz.ratio, processor=utils.default_process, limit=2)
    if scored[0][1] >= MIN_LIKENESS and (len(scored) == 1 or scored[0][1] - scored[1][1] >= 4):
        return int(scored[0][2])
    around = _AROUND.match(text)
    core = _words(around["core"]) if around else set()
    if not core or len(text.split()) > MAX_CHOICE_WORDS or text.rstrip().endswith("?"):
        return None
    having = [index for index, option in enumerate(options) if core <= _words(option)]
    return having[0] if len(having) == 1 else None


def is_out_of_range(text: str, options: Sequence[str]) -> bool:
    """True for a bare number that no option has ("7" of three)."""
    numbered = _NUMBER.match(text.strip())
    return bool(options and numbered and choose_option(text, options) is None)
