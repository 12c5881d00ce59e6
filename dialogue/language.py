"""Which language a message is in, when it is not English.

lingua (Rust, works offline, maintained) tells languages apart; it is asked only for texts that the English side understands badly,
since second-language English, names of drugs and single words mislead every detector.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from dialogue.parse import Parse

MIN_WORDS = 2
FEW_WORDS = 2
MIN_CONFIDENCE = 0.4
MAX_ENGLISH = 0.15  # the detector's share for English
UNDERSTOOD = 0.6  # so sure of the meaning as English, the detector must be surer still
SURE = 0.55
MAX_ENGLISH_SHARE = 0.34
# Who asks for these is answered in every language; to be wrong about it costs a sentence.
ANSWERED_IN_ALL = frozenset("request_handoff ask_privacy greet thank goodbye".split())
# Script -> language, where a script is enough.
_SCRIPTS = (
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
    (re.compile(r"[\u0600-\u06ff]"), "ar"),
    (re.compile(r"[\u0400-\u04ff]"), "ru"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
)
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# The commonest words of English questions, and of these in particular; a text with several of them is meant as English.
_ENGLISH = frozenset(
    """the a is are were be been i you he she it we they me my your his her our their this that these those what which who
    whom whose when where why how and or but if because so of in on at to for from with without about after before during
    between into can could will would shall should may might must do does did have has had not no yes please thanks thank
    hello hi help need want much many more most some any all long time cost price pay treatment therapy patient patients
    doctor hospital clinic trial trials disease cell cells side effects risk risks get go come take give tell know there
    here than then them us very too also only out up good bad safe new people person country countries year years month
    months week weeks day days as by cure drug drugs medicine blood body immune system pain fever skin kidney kidneys
    heart what's whats wat abt plz pls hw u ur r""".split()
)
# Written alike in many languages.
_NEUTRAL = frozenset(
    """lupus car-t cart car china turkey turkei korea germany usa crs icans sle in cancer trial hospital asia t""".split()
)


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    names = "ENGLISH SPANISH FRENCH GERMAN ITALIAN PORTUGUESE DUTCH POLISH TURKISH ROMANIAN VIETNAMESE INDONESIAN SWEDISH"
    return LanguageDetectorBuilder.from_languages(*(getattr(Language, name) for name in names.split())).build()


def load_detector() -> None:
    """Load what the detector knows of its languages, which takes it two seconds, before the first visitor waits for it."""
    _detector().compute_language_confidence_values("hello")


def script_language(text: str) -> str:
    """ISO 639-1 code of the language that most letters' script stands for; empty for Latin letters."""
    if text.isascii():
        return ""
    letters = len(_LETTERS.findall(text))
    for pattern, code in _SCRIPTS:
        found = len(pattern.findall(text))
        if found and found * 2 >= letters:
            return code
    return ""


def foreign_language(text: str, parse: Parse, *, in_collection: bool) -> str:
    """ISO 639-1 code of the language of a message that is not in English, or an empty string.

    Args:
        text: As typed.
        parse: Its understanding as English.
        in_collection: True while contact details are collected: names and addresses have no language.
    """
    code = script_language(text)
    if code:
        return "" if in_collection and len(text.split()) <= 4 else code
    words = [word for word in (found.lower() for found in _WORD.findall(text)) if word not in _NEUTRAL]
    if len(words) < MIN_WORDS or in_collection:
        return ""
    if sum(word in _ENGLISH for word in words) > MAX_ENGLISH_SHARE * len(words):
        return ""
    if len(words) <= FEW_WORDS and parse.terms and parse.confidence >= UNDERSTOOD:
        return ""  # "n germny??"
    understood = parse.confidence >= UNDERSTOOD and parse.intent not in ("out_of_scope", "nlu_fallback")
    shares = _detector().compute_language_confidence_values(" ".join(words))
    best = shares[0]
    english = next(share.value for share in shares if share.language.name == "ENGLISH")
    if best.language.name == "ENGLISH" or best.value < (SURE if understood else MIN_CONFIDENCE):
        return ""
    if english > (MAX_ENGLISH / 3 if understood and parse.intent not in ANSWERED_IN_ALL else MAX_ENGLISH):
        return ""
    return str(best.language.iso_code_639_1.name).lower()
