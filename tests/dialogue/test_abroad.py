"""Wishes in other languages: found by their words, and ordinary messages let pass."""

from __future__ import annotations

import pytest

from dialogue.abroad import HANDOFF, PRIVACY, wish_in


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("es", "Quisiera hablar con una persona de verdad", HANDOFF),
        ("es", "¿Pueden llamarme mañana?", HANDOFF),
        ("es", "llámenme por favor", HANDOFF),
        ("es", "¿Quién puede ver esta conversación?", PRIVACY),
        ("es", "¿Cómo se llama el tratamiento?", ""),
        ("es", "¿Cuánto cuesta el tratamiento en China?", ""),
        ("fr", "Je voudrais parler à quelqu'un", HANDOFF),
        ("fr", "Rappelez-moi demain", HANDOFF),
        ("fr", "Pouvez-vous supprimer mes données ?", PRIVACY),
        ("fr", "Puis-je garder mon chat après le traitement ?", ""),
        ("de", "Kann mich bitte jemand von Ihnen anrufen?", HANDOFF),
        ("de", "Wer kann diesen Chat mitlesen?", PRIVACY),
        ("de", "Wie lange liegt man im Krankenhaus?", ""),
        ("tr", "Bir yetkiliyle görüşmek istiyorum", HANDOFF),
        ("tr", "Yazdıklarımı siler misiniz, kimler görüyor?", PRIVACY),
        ("tr", "Tedavi kaç hafta sürüyor?", ""),
        ("zh", "请转人工客服", HANDOFF),
        ("zh", "你们会保存我的聊天记录吗", PRIVACY),
        ("zh", "你是真人吗", ""),
        ("zh", "治疗要多少钱", ""),
        ("ar", "أريد التحدث مع موظف", HANDOFF),
        ("ar", "ممكن رقم تليفون للتواصل", HANDOFF),
        ("ar", "هل يتم حفظ محادثتي؟", PRIVACY),
        ("ar", "كم تكلفة العلاج في الصين؟", ""),
        ("it", "Vorrei parlare con una persona", ""),
    ],
)
def test_wishes_are_found_by_their_words(language: str, text: str, label: str) -> None:
    assert wish_in(text, language) == label
