"""Wishes in other languages: found by their words, and ordinary messages let pass."""

from __future__ import annotations

import pytest

from dialogue.abroad import DECISION, HANDOFF, PRIVACY, request_in, wish_in


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
        ("es", "Quiero agendar una cita con un asesor", HANDOFF),
        ("es", "¿Hay que pedir cita con el hematólogo antes?", ""),
        ("fr", "Puis-je avoir un rendez-vous avec votre équipe", HANDOFF),
        ("de", "Ich hätte gern einen Termin bei Ihnen", HANDOFF),
        ("zh", "能把报价寄给我吗", HANDOFF),
        ("ar", "أريد حجز موعد مع منسق", HANDOFF),
        ("es", "¿Debería reducir la dosis de cortisona mientras espero?", DECISION),
        ("es", "No sé si quedarme o ir, ¿qué harían ustedes en mi lugar?", DECISION),
        ("es", "¿Hay que dejar la cortisona antes de la terapia?", ""),
        ("fr", "Est-ce que je devrais arrêter le Plaquenil pour partir ?", DECISION),
        ("fr", "Que feriez-vous à ma place ?", DECISION),
        ("fr", "Faut-il arrêter les médicaments avant ?", ""),
        ("de", "Darf ich die Tabletten vor der Reise halbieren?", DECISION),
        ("de", "Wird die Therapie bei mir wirken?", DECISION),
        ("de", "Wirkt die Therapie auch bei Kindern?", ""),
        ("tr", "İlaçlarımı yola çıkmadan kesebilir miyim?", DECISION),
        ("tr", "Sizce bu tedavi bende işe yarar mı?", DECISION),
        ("tr", "Tedaviden önce ilaçlar kesiliyor mu?", ""),
        ("zh", "我现在可以停激素吗", DECISION),
        ("zh", "如果你是我，你会去吗", DECISION),
        ("zh", "治疗前要停药多久", ""),
        ("ar", "هل يمكن أن أترك الكورتيزون قبل السفر؟", DECISION),
        ("ar", "لو كنت مكاني ماذا تختار؟", DECISION),
        ("ar", "متى يوقف المرضى أدويتهم قبل العلاج؟", ""),
        ("de", "Wohin soll ich die Unterlagen schicken?", ""),
        ("zh", "我要去哪家医院", ""),
        ("tr", "Nefes alamıyorum ne yapayım", ""),
        ("it", "Vorrei parlare con una persona", ""),
    ],
)
def test_wishes_are_found_by_their_words(language: str, text: str, label: str) -> None:
    assert wish_in(text, language) == label


@pytest.mark.parametrize(
    ("language", "text", "what"),
    [
        ("es", "Borren mis datos por favor", "erasure"),
        ("es", "quiero que eliminen toda esta conversación", "erasure"),
        ("es", "¿Pueden borrar lo que escribí?", "erasure"),
        ("es", "Mándenme una copia de mis datos", "copy"),
        ("es", "¿Cuándo se borran mis datos?", ""),
        ("es", "¿Puedo borrar esta conversación yo misma?", ""),
        ("fr", "Effacez toutes mes données svp", "erasure"),
        ("fr", "Je demande la suppression de notre conversation", "erasure"),
        ("fr", "Pouvez-vous m'envoyer une copie de mes messages ?", "copy"),
        ("fr", "Quand mes données sont-elles supprimées ?", ""),
        ("de", "Bitte löschen Sie meine Daten", "erasure"),
        ("de", "Ich möchte, dass der ganze Chat gelöscht wird", "erasure"),
        ("de", "Schicken Sie mir eine Kopie meiner Daten", "copy"),
        ("de", "Wann werden meine Daten gelöscht?", ""),
        ("tr", "Verilerimi silin lütfen", "erasure"),
        ("tr", "Bu konuşmanın silinmesini istiyorum", "erasure"),
        ("tr", "Verilerimin bir kopyasını gönderin", "copy"),
        ("tr", "Verilerim ne zaman siliniyor?", ""),
        ("zh", "请删除我的聊天记录", "erasure"),
        ("zh", "把我的数据都删掉", "erasure"),
        ("zh", "我想要一份我的数据副本", "copy"),
        ("zh", "聊天记录多久会删除？", ""),
        ("ar", "امسحوا بياناتي من فضلكم", "erasure"),
        ("ar", "أريد حذف هذه المحادثة", "erasure"),
        ("ar", "أريد نسخة من بياناتي", "copy"),
        ("ar", "متى يتم حذف بياناتي؟", ""),
        ("it", "Cancellate i miei dati", ""),
    ],
)
def test_a_request_is_told_from_a_question(language: str, text: str, what: str) -> None:
    assert request_in(text, language) == what
    if what:
        assert wish_in(text, language) == PRIVACY
