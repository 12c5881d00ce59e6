"""Another language is told from English, from second-language English, and from names."""

from __future__ import annotations

import pytest

from dialogue.language import foreign_language, script_language
from dialogue.parse import Parse


def unclear(text: str) -> Parse:
    """What the English side makes of a text that it does not understand."""
    return Parse(text, "out_of_scope", 0.2, (("out_of_scope:gibberish", 0.2),), unclear=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("你好，费用是多少", "zh"),
        ("こんにちは、費用はいくらですか", "ja"),
        ("안녕하세요 비용이 얼마인가요", "ko"),
        ("كم تكلفة العلاج", "ar"),
        ("сколько стоит лечение", "ru"),
        ("इलाज का खर्च कितना है", "hi"),
        ("כמה זה עולה", "he"),
        ("πόσο κοστίζει", "el"),
        ("ค่าใช้จ่ายเท่าไหร่", "th"),
        ("CAR-T 治疗的费用是多少钱", "zh"),
    ],
)
def test_a_script_tells_the_language(text: str, code: str) -> None:
    assert foreign_language(text, unclear(text), in_collection=False) == code


@pytest.mark.parametrize("text", ["", "123 ?!", "how much is it", "the sign 你 on my report", "naïve café", "🙂"])
def test_latin_letters_and_single_foreign_signs_have_no_script_language(text: str) -> None:
    assert script_language(text) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿Cuánto cuesta el tratamiento en Turquía?", "es"),
        ("combien coûte le traitement en Chine", "fr"),
        ("wie viel kostet die Behandlung in China", "de"),
        ("quanto custa o tratamento na China", "pt"),
        ("hoeveel kost de behandeling en hoe lang duurt het", "nl"),
        ("ile kosztuje leczenie w Chinach", "pl"),
        ("tedavi ne kadar tutuyor ve kaç gün sürüyor", "tr"),
        ("chi phí điều trị bao nhiêu tiền", "vi"),
        ("quali sono gli effetti collaterali della terapia", "it"),
    ],
)
def test_a_latin_language_is_recognised(text: str, code: str) -> None:
    assert foreign_language(text, unclear(text), in_collection=False) == code


@pytest.mark.parametrize(
    "text",
    [
        "how much is cost for treat my wife lupus in turkey please",
        "what is price of car-t in china sir",
        "me want know side effect",
        "can lupus patient do car t",
        "doctor say no more option, what to do",
        "hw much 4 cart in turkey plz",
        "rituximab",
        "CRS",
        "hydroxychloroquine mycophenolate belimumab",
    ],
)
def test_second_language_english_and_names_of_drugs_are_english(text: str) -> None:
    assert foreign_language(text, unclear(text), in_collection=False) == ""


@pytest.mark.parametrize(
    "text", ["José María García López", "李雷", "Nguyễn Văn An", "Jürgen Müller, Hauptstraße 5", "Владимир Иванов"]
)
def test_names_have_no_language_while_details_are_collected(text: str) -> None:
    assert foreign_language(text, unclear(text), in_collection=True) == ""


def test_a_whole_sentence_in_another_script_is_recognised_even_then() -> None:
    text = "我 想 问 多少 钱 可以 吗"

    assert foreign_language(text, unclear(text), in_collection=True) == "zh"
