"""Wishes for a person, and questions on privacy, in the languages in which emergencies are understood, too.

The model has learnt them from examples, but its encoder knows little but English; words that admit no other reading are looked for
here, without accents and apostrophes. English is read in `dialogue/reading.py`.
"""

from __future__ import annotations

import re

from safety.wording import fold

HANDOFF, PRIVACY = "request_handoff:person", "ask_privacy:stored"
_WISHES = {
    "es": r"\b(?:hablar|comunicarme|comunicar|contactar|conversar|chatear|hablo|comunica)\b[^.?!]{0,25}\b(?:persona|humano|humana|alguien|agente|asesora?|operadora?|"
    r"representante|coordinadora?|medico|ustedes|encargad[oa]|responsable)\b|\b(?:persona|humano|humana|asesora?|agente) (?:real|de verdad|de carne)\b|\b(?:atencion|servicio) al cliente\b|"
    r"\b(?:llamenme|llameme|llamame|me (?:llam(?:en|an|e|a|as|es)|pued(?:en|e|es) llamar|devuelv\w+ la llamada|contact\w+|escrib(?:en|an) (?:un correo|por correo))|puede[ns]? llamarme|quiero que me llam\w+)\b|"
    r"\bnumero (?:de telefono|para llamar|de contacto|al que llamar)\b|\b(?:pasame|paseme|pasenme|transfier\w+|conect\w+)\b[^.?!]{0,20}\bcon\b|\b(?:mand\w+|envi\w+|quiero|necesito|quisiera)\b[^.?!]{0,15}\b(?:presupuesto|cotizacion)\b|"
    r"\bno (?:quiero|mas)\b[^.?!]{0,25}\b(?:robots?|maquinas?|bots?)\b",
    "fr": r"\b(?:parler|discuter|echanger|joindre|contacter|causer)\b[^.?!]{0,25}\b(?:quelquun|personne|humain|humaine|conseill\w+|agent|operat\w+|medecin|responsable|coordinat\w+|etre humain)\b|"
    r"\b(?:vraie?|reelle?) (?:personne|humain|conseill\w+|gens)\b|\bservice client\w*\b|\b(?:me|nous) (?:rappel\w+|recontact\w+|contact\w+|passer (?:quelquun|un))\b|\brappel(?:ez|er|le)[- ](?:moi|nous)\b|\bappelez[- ]moi\b|\bquon mappelle\b|\bpasse[rz][- ]moi\b|"
    r"\bnumero (?:de telephone|a appeler|pour (?:appeler|joindre|vous))\b|\b(?:envoy\w+|recevoir|obtenir|voudrais|veux|faire)\b[^.?!]{0,15}\bdevis\b|\b(?:pas|plus|marre)\b[^.?!]{0,15}\b(?:robots?|machines?|bots?|automate)\b",
    "de": r"\bmit (?:jemand\w*|ein(?:em|er) (?:echten |richtigen |wirklichen |lebenden )?(?:mensch\w*|person|mitarbeiter\w*|berater\w*|kolleg\w*|arzt|koordinator\w*)|ihnen personlich|menschen)\b|"
    r"\b(?:echte[nrms]?|richtige[nrms]?|wirkliche[nrms]?|lebende[nrms]?) (?:mensch\w*|person)\b|\bkunden(?:service|dienst|betreuung)\b|\b(?:ruckruf|zuruckrufen|ruckruft)\b|\bru(?:f|fen|ft)(?: sie| ihr)? (?:mich|uns)\b|"
    r"\b(?:mich|uns|mir)\b[^.?!]{0,40}\b(?:anrufen|zuruckrufen|anruft|anrufe|kontaktieren|verbinden|weiterleiten)\b|\bverbinden sie\b|\btelefonnummer\b|\bansprechpartner\w*\b|\b(?:angebot|kostenvoranschlag|kostenaufstellung)\b[^.?!]{0,30}\b(?:schick\w*|send\w*|zusend\w*|haben|bekomm\w*|mail)\b|"
    r"\b(?:schick\w*|send\w*|brauche|mochte)\b[^.?!]{0,25}\b(?:angebot|kostenvoranschlag|kostenaufstellung)\b|\bkein\w* (?:roboter|bot|automat\w*|maschine|computer)\b|\bmensch\w* bitte\b|\bbei (?:euch|ihnen)\b[^.?!]{0,12}\bmenschen\b|\bjemand\w* (?:echtes|lebendes|richtiges)\b",
    "tr": r"\b(?:yetkili\w*|temsilci\w*|danisman\w*|koordinator\w*|musteri hizmet\w*|canli destek|operator\w*)\b|\b(?:gercek|canli) (?:bir )?(?:insan\w*|kisi\w*|biri\w*)\b|"
    r"\b(?:biriyle|birisiyle|birileriyle|insanla|kisiyle|insan ile|biri ile)\b[^.?!]{0,25}\b(?:gorus\w*|konus\w*|yazis\w*|bagla\w*)|\b(?:beni|bizi)\b[^.?!]{0,25}\b(?:ara(?:yin|yabilir\w*|sin\w*|r misiniz|r misin|manizi|yacak)\b|bagla\w*)|"
    r"\b(?:telefon )?numara(?:niz|nizi|si|sini)?\b[^.?!]{0,12}\b(?:ver\w*|var|ne\b|nedir|alabilir\w*|lazim)|\b(?:fiyat )?teklif\w*\b[^.?!]{0,15}\b(?:gonder\w*|ist\w*|al\w*)|\b(?:robot|bot|makine)\w*\b[^.?!]{0,15}\b(?:istemi\w*|degil|konusmak)",
    "zh": r"人工|(?<!你是)(?<!您是)真人|客服|工作人员|专员|转接|回电|回个电话|打电话给我|给我打(?:个)?电话|打给我|联系我|联系电话|电话号码|电话是多少|(?:想|要|可以|能|能不能|让).{0,4}(?:和|跟|找|同|与).{0,6}(?:人|顾问|协调员|负责人).{0,4}(?:谈|聊|说|讲|沟通|联系)|发.{0,6}报价|不要.{0,4}机器人",
    "ar": r"(?:اتحدث|تحدث|اتكلم|تكلم|اكلم|احكي|حكي|اتواصل|تواصل|احجي)[^.؟?!]{0,25}(?:شخص|انسان|موظف|مندوب|مستشار|منسق|احد\b|حدا\b|حد\b|بشر|مسؤول|مسوول|مسءول)|خدمه العملاء|خدمه الزبا|رقم[^.؟?!]{0,12}(?:تليفون|هاتف|تلفون|جوال|واتس|اتصل|تواصل)|"
    r"(?:اتصل|يتصل|تتصل|كلمون|كلمني|يكلمني|تكلمون|يتواصل)[^.؟?!]{0,12}(?:بي\b|فيني|فيي\b|علي\b|عليي|معي|حد\b)|عرض سعر|عرض اسعار|لا اريد[^.؟?!]{0,10}روبوت|مش عايز[^.؟?!]{0,10}روبوت",
}
_PRIVATE = {
    "es": r"\b(?:guard\w+|almacen\w+|conserv\w+|grab\w+|registr\w+|borr\w+|elimin\w+|compart\w+|vend\w+)\b[^.?!]{0,25}\b(?:conversacion\w*|chats?|datos|mensajes|informacion|lo que (?:escrib\w+|digo)|esto|historial)\b|"
    r"\b(?:conversacion|chat|datos|mensajes)\b[^.?!]{0,25}\b(?:guard\w+|almacen\w+|borr\w+|elimin\w+|segur[oa]s?|privad[oa]s?|vend\w+|compart\w+)\b|\bquien(?:es)?\b[^.?!]{0,15}\b(?:lee|leen|leer|ve|ven|ver|acceso|acceder)\b|\bcopia de (?:mis datos|la conversacion|este chat|lo que)\b|\b(?:privacidad|proteccion de datos|confidencial\w*|anonim\w*)\b",
    "fr": r"\b(?:conserv\w+|enregistr\w+|stock\w+|gard\w+|efface\w*|supprim\w+|partag\w+|vend\w+|transmet\w+)\b[^.?!]{0,25}\b(?:conversation\w*|(?:ce|le|du|notre) chat|donnees|messages|informations|ce que (?:jecris|je dis)|historique)\b|"
    r"\b(?:conversation|chat|donnees|messages)\b[^.?!]{0,25}\b(?:conserv\w+|enregistr\w+|stock\w+|efface\w*|supprim\w+|securis\w+|protege\w+|prive\w*|vendu\w*|partage\w*)\b|\bqui\b[^.?!]{0,15}\b(?:lit|lire|voit|voir|acces)\b|\bcopie de (?:mes donnees|la conversation|ce)\b|\b(?:confidentialite|confidentiel\w*|rgpd|vie privee|anonym\w*)\b",
    "de": r"\b(?:daten|chat|verlauf|gesprach\w*|nachrichten|unterhaltung|alles)\b[^.?!]{0,30}\b(?:speicher\w*|gespeichert|aufbewahr\w*|losch\w*|geloscht|weiterge\w*|verkauf\w*|sicher|kopie|mitles\w*|lesen|liest)\b|\b(?:speicher\w*|losch\w*|aufbewahr\w*)\b[^.?!]{0,30}\b(?:daten|chat|verlauf|gesprach\w*|nachrichten|alles|was ich)\b|"
    r"\bwer\b[^.?!]{0,25}\b(?:liest|lesen|mitlesen|mitliest|sieht|sehen|zugriff)\b|\bdatenschutz\w*\b|\bkopie\b[^.?!]{0,20}\b(?:daten|chat\w*|gesprach\w*)\b|\b(?:anonym|vertraulich)\b",
    "tr": r"\b(?:veri\w*|konusma\w*|sohbet\w*|yazdik\w*|yazdigim\w*|mesaj\w*|bilgi\w*)\b[^.?!]{0,25}\b(?:sil\w*|kayded\w*|kaydet\w*|sakl\w*|kopya\w*|paylas\w*|sat\w*|guvende|tutul\w*|okuyor|goruyor|gorebil\w*)\b|"
    r"\bkim(?:ler)?\b[^.?!]{0,20}\b(?:oku\w*|goru\w*|gorebil\w*|erisi\w*|erisebil\w*)\b|\b(?:gizlilik|kvkk|anonim|mahremiyet)\w*\b",
    "zh": r"(?:保存|存储|储存|记录下|保留|删除|删掉|清除|泄露|出售|分享).{0,10}(?:聊天|对话|记录|信息|数据|内容|资料|我写|我说|隐私)|(?:聊天|对话|记录|信息|数据|内容|资料).{0,10}(?:保存|存多久|删除|删掉|泄露|保密|安全|卖|共享|副本|拷贝)|谁.{0,6}(?:看到|看见|能看|会看|看得到|查看|读)|隐私|保密|匿名",
    "ar": r"(?:حفظ|تحتفظ|تخزن|تخزين|تسجل|تسجيل|مسح|امسح|احذف|حذف|نسخه)[^.؟?!]{0,20}(?:محادث|بيانات|كلام|رساي|رسال|رسائل|معلومات|دردشه|شات|اكتب|كتبت)|(?:محادث|بيانات|رسائل|معلومات|دردشه|شات)[^.؟?!]{0,20}(?:حفظ|تخزن|محفوظ|سري|مسح|حذف|امنه|تباع|نسخه)|"
    r"\b(?:من|مين|منو)\b[^.؟?!]{0,8}(?:قرا|شوف|يري|يرا|طلع)|خصوصي|سريه",
}
_PATTERNS = {
    label: {language: re.compile(pattern) for language, pattern in patterns.items()}
    for label, patterns in ((PRIVACY, _PRIVATE), (HANDOFF, _WISHES))
}


def wish_in(text: str, language: str) -> str:
    """The label of what a message in another language surely wants.

    Args:
        text: As typed.
        language: ISO 639-1 code of its language.

    Returns:
        `ask_privacy:stored`, `request_handoff:person`, or an empty string.
    """
    plain = fold(text)
    return next((label for label, patterns in _PATTERNS.items() if language in patterns and patterns[language].search(plain)), "")


__all__ = ["HANDOFF", "PRIVACY", "wish_in"]
