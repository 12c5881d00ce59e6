"""The plain form of messages and the translation of patterns."""

from __future__ import annotations

import re

import pytest

from safety.emergency import load_safety
from safety.patterns import Words, compile_patterns
from safety.wording import Spelling, fold

WORDING = load_safety().wording


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("I can’t BREATHE", "i cant breathe"),
        ("she is not able to breeeathe", "shes cant breathe"),
        ("my fever is 39,5", "my fever is 39.5"),
        ("bleding", "bleeding"),
        ("unconcious", "unconscious"),
        ("the breast, the spelling, the dwelling", "the breast the spelling the dwelling"),
        ("Şu an nefes alamıyorum", "su an nefes alamiyorum"),
        ("٤٠ درجة", "40 درجه"),
        ("我想自殺", "我想自杀"),
    ],
)
def test_a_message_is_read_in_plain_form(message: str, plain: str) -> None:
    assert WORDING.read(message).sentences == (plain,)


def test_sentences_are_kept_apart() -> None:
    assert WORDING.read("Is it dear? No.\nBP is 80/40; help").sentences[0] == "is it dear"
    assert len(WORDING.read("Is it dear? No.\nBP is 80/40; help").sentences) == 4


def test_a_long_sentence_is_read_in_parts_that_overlap() -> None:
    parts = WORDING.read("word " * 300 + "end").sentences

    assert all(len(part) <= 400 for part in parts) and parts[-1].endswith("end")


def test_only_key_words_are_corrected() -> None:
    spelling = Spelling(["seizure", "unconscious"], {"fitt": "fit"}, ["seizing"], [])

    words = ["siezure", "unconsious", "seizing", "fitt", "treasure", "chest"]
    assert [spelling.correct(word) for word in words] == ["seizure", "unconscious", "seizing", "fit", "treasure", "chest"]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("cant breathe", "i cant breathe now", True),
        ("pain", "painting", False),
        ("paint*", "painting", True),
        ("cant .. breathe", "cant even really breathe", True),
        ("cant .. breathe", "cant one two three four breathe", False),
        ("cant ... breathe", "cant one two three four breathe", True),
        ("[very|so] bad", "bad", True),
        ("is [very|so] bad", "is so bad", True),
        ("is [very] .. bad", "is bad", True),
        ("dying(?! (to|of))", "dying to know", False),
        ("{kin} fell", "my mum fell", True),
        ("^help$", "help me", False),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, text: str, found: bool) -> None:
    words = Words({"kin": ["mum", "dad"]})

    assert (compile_patterns(words, [pattern], "latin").search(text) is not None) == found


def test_a_list_that_is_not_defined_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        Words({}).translate(["{nobody} fell"])


def test_a_malformed_pattern_is_an_error() -> None:
    with pytest.raises(re.error):
        compile_patterns(Words({}), ["(never closed"], "latin")


def test_folding_is_stable() -> None:
    assert fold(fold("Çok ağrıyor, ÖLÜYORUM")) == fold("Çok ağrıyor, ÖLÜYORUM")
