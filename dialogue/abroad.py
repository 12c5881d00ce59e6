"""Wishes for a person, questions on privacy, and decisions of one's own, in the languages in which emergencies are understood, too.

The model has learnt them from examples, but its encoder knows little but English; words that admit no other reading are looked for
here, without accents and apostrophes. English is read in `dialogue/reading.py`.
"""

from __future__ import annotations

import re

from safety.wording import fold

HANDOFF, PRIVACY, DECISION = "request_handoff:person", "ask_privacy:stored", "request_personal_advice:treatment_choice"
_WISHES = {
    "es": r"\b(?:hablar|comunicarme|comunicar|contactar|conversar|chatear|hablo|comunica)\b[^.?!]{0,25}\b(?:persona|humano|humana|alguien|agente|asesora?|operadora?|"
    r"representante|coordinadora?|medico|ustedes|encargad[oa]|responsable)\b|\b(?:persona|humano|humana|asesora?|agente) (?:real|de verdad|de carne)\b|\b(?:atencion|servicio) al cliente\b|"
    r"\b(?:llamenme|llameme|llamame|me (?:llam(?:en|an|e|a|as|es)|pued(?:en|e|es) llamar|devuelv\w+ la llamada|contact\w+|escrib(?:en|an) (?:un correo|por correo))|puede[ns]? llamarme|quiero que me llam\w+)\b|"
    r"\bnumero (?:de telefono|para llamar|de contacto|al que llamar)\b|\b(?:pasame|paseme|pasenme|transfier\w+|conect\w+)\b[^.?!]{0,20}\bcon\b|\b(?:mand\w+|envi\w+|quiero|necesito|quisiera)\b[^.?!]{0,15}\b(?:presupuesto|cotizacion)\b|"
    r"\bno (?:quiero|mas)\b[^.?!]{0,25}\b(?:robots?|maquinas?|bots?)\b|\b(?:sacar|pedir|agendar|reservar|tener|concertar)\b[^.?!]{0,12}\bcita con (?:alguien|ustedes|un asesor|una asesora|una persona|su equipo|el equipo|un coordinador)\b",
    "fr": r"\b(?:parler|discuter|echanger|joindre|contacter|causer)\b[^.?!]{0,25}\b(?:quelquun|personne|humain|humaine|conseill\w+|agent|operat\w+|medecin|responsable|coordinat\w+|etre humain)\b|"
    r"\b(?:vraie?|reelle?) (?:personne|humain|conseill\w+|gens)\b|\bservice client\w*\b|\b(?:me|nous) (?:rappel\w+|recontact\w+|contact\w+|passer (?:quelquun|un))\b|\brappel(?:ez|er|le)[- ](?:moi|nous)\b|\bappelez[- ]moi\b|\bquon mappelle\b|\bpasse[rz][- ]moi\b|"
    r"\bnumero (?:de telephone|a appeler|pour (?:appeler|joindre|vous))\b|\b(?:envoy\w+|recevoir|obtenir|voudrais|veux|faire)\b[^.?!]{0,15}\bdevis\b|\b(?:pas|plus|marre)\b[^.?!]{0,15}\b(?:robots?|machines?|bots?|automate)\b|\brendez[- ]?vous avec (?:quelquun|vous|un conseill\w+|une conseill\w+|votre equipe|une personne)\b",
    "de": r"\bmit (?:jemand\w*|ein(?:em|er) (?:echten |richtigen |wirklichen |lebenden )?(?:mensch\w*|person|mitarbeiter\w*|berater\w*|kolleg\w*|arzt|koordinator\w*)|ihnen personlich|menschen)\b|"
    r"\b(?:echte[nrms]?|richtige[nrms]?|wirkliche[nrms]?|lebende[nrms]?) (?:mensch\w*|person)\b|\bkunden(?:service|dienst|betreuung)\b|\b(?:ruckruf|zuruckrufen|ruckruft)\b|\bru(?:f|fen|ft)(?: sie| ihr)? (?:mich|uns)\b|"
    r"\b(?:mich|uns|mir)\b[^.?!]{0,40}\b(?:anrufen|zuruckrufen|anruft|anrufe|kontaktieren|verbinden|weiterleiten)\b|\bverbinden sie\b|\btelefonnummer\b|\bansprechpartner\w*\b|\b(?:angebot|kostenvoranschlag|kostenaufstellung)\b[^.?!]{0,30}\b(?:schick\w*|send\w*|zusend\w*|haben|bekomm\w*|mail)\b|"
    r"\b(?:schick\w*|send\w*|brauche|mochte)\b[^.?!]{0,25}\b(?:angebot|kostenvoranschlag|kostenaufstellung)\b|\bkein\w* (?:roboter|bot|automat\w*|maschine|computer)\b|\bmensch\w* bitte\b|\bbei (?:euch|ihnen)\b[^.?!]{0,12}\bmenschen\b|\bjemand\w* (?:echtes|lebendes|richtiges)\b|\btermin (?:mit|bei) (?:ihnen|euch|jemand\w*|einem (?:berater|mitarbeiter|koordinator)|einer (?:beraterin|mitarbeiterin|koordinatorin))\b",
    "tr": r"\b(?:yetkili\w*|temsilci\w*|danisman\w*|koordinator\w*|musteri hizmet\w*|canli destek|operator\w*)\b|\b(?:gercek|canli) (?:bir )?(?:insan\w*|kisi\w*|biri\w*)\b|"
    r"\b(?:biriyle|birisiyle|birileriyle|insanla|kisiyle|insan ile|biri ile)\b[^.?!]{0,25}\b(?:gorus\w*|konus\w*|yazis\w*|bagla\w*)|\b(?:beni|bizi)\b[^.?!]{0,25}\b(?:ara(?:yin|yabilir\w*|sin\w*|r misiniz|r misin|manizi|yacak)\b|bagla\w*)|"
    r"\b(?:telefon )?numara(?:niz|nizi|si|sini)?\b[^.?!]{0,12}\b(?:ver\w*|var|ne\b|nedir|alabilir\w*|lazim)|\b(?:fiyat )?teklif\w*\b[^.?!]{0,15}\b(?:gonder\w*|ist\w*|al\w*)|\b(?:robot|bot|makine)\w*\b[^.?!]{0,15}\b(?:istemi\w*|degil|konusmak)",
    "zh": r"人工|(?<!你是)(?<!您是)真人|客服|工作人员|专员|转接|回电|回个电话|打电话给我|给我打(?:个)?电话|打给我|联系我|联系电话|电话号码|电话是多少|(?:想|要|可以|能|能不能|让).{0,4}(?:和|跟|找|同|与).{0,6}(?:人|顾问|协调员|负责人).{0,4}(?:谈|聊|说|讲|沟通|联系)|发.{0,6}报价|报价.{0,4}(?:发|寄)|预约.{0,4}(?:顾问|协调员|通话|电话)|不要.{0,4}机器人",
    "ar": r"(?:اتحدث|تحدث|اتكلم|تكلم|اكلم|احكي|حكي|اتواصل|تواصل|احجي)[^.؟?!]{0,25}(?:شخص|انسان|موظف|مندوب|مستشار|منسق|احد\b|حدا\b|حد\b|بشر|مسؤول|مسوول|مسءول)|خدمه العملاء|خدمه الزبا|رقم[^.؟?!]{0,12}(?:تليفون|هاتف|تلفون|جوال|واتس|اتصل|تواصل)|"
    r"(?:اتصل|يتصل|تتصل|كلمون|كلمني|يكلمني|تكلمون|يتواصل)[^.؟?!]{0,12}(?:بي\b|فيني|فيي\b|علي\b|عليي|معي|حد\b)|(?:احجز|حجز|اخذ|اخد) موعد[^.؟?!]{0,6}(?:مع|عند) (?:احد|حدا|شخص|مستشار|موظف|منسق)|عرض سعر|عرض اسعار|لا اريد[^.؟?!]{0,10}روبوت|مش عايز[^.؟?!]{0,10}روبوت",
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
# What is asked for of it: (verbs that ask for it of us or say that it is wanted, what it is asked of).
_DATA = {
    "es": r"(?:datos|conversacion\w*|chats?|mensajes|informacion|historial|todo|lo que (?:he |te |os |les )?(?:escri\w+|dich\w+|digo|sab\w+|teng\w+|tien\w+))",
    "fr": r"(?:donnees|conversation\w*|chat|messages|informations|historique|tout|ce que (?:jai|je|vous))",
    "de": r"(?:daten|chat\w*|gesprach\w*|nachrichten|verlauf|unterhaltung|angaben|alles|was ich|was ihr|was sie)",
    "tr": r"(?:veri\w*|konusma\w*|sohbet\w*|mesaj\w*|bilgi\w*|yazdik\w*|yazdigim\w*|kayit\w*|kaydi\w*|her sey\w*|hersey\w*)",
    "zh": r"(?:数据|聊天|对话|记录|信息|资料|内容|我写的|我说的|所有)",
    "ar": r"(?:بيانات|محادث|كلام|رسائل|رسايل|معلومات|شات|دردشه|سجل|كل شي|كتبت)",
}
_REQUESTS = {
    "erasure": {
        "es": r"(?:^|[.,;!¡] ?|\b(?:por favor|porfa|ya|y|quiero que|quisiera que|necesito que|pido que|exijo que) (?:me )?(?:lo )?)(?:borr(?:en|e|a|ad)|elimin(?:en|e|a|ad)|supriman?|suprima)\w{0,4}\b[^.?!]{0,30}\b{it}|"
        r"\b(?:quiero|quisiera|deseo|necesito|exijo|solicito|pido|pueden|puedes|podrian|podrias|puede)\b[^.?!]{0,15}\b(?:borrar|eliminar|suprimir|borrado|eliminacion|supresion)\w*\b[^.?!]{0,30}\b{it}",
        "fr": r"(?:^|[.,;!] ?|\b(?:svp|sil vous plait|merci de|et) )(?:effac|supprim|detrui)\w*\b[^.?!]{0,30}\b{it}|"
        r"\b(?:veux|voudrais|souhaite|demande|exige|aimerais|pouvez|peux tu|pourriez|pourrais tu|peux-tu)\b[^.?!]{0,25}\b(?:effac\w*|supprim\w*|suppression|effacement|detrui\w*)\b[^.?!]{0,30}\b{it}",
        "de": r"(?:^|[.,;!] ?|\bbitte )(?:alles |sofort |jetzt )?losch\w*\b[^.?!]{0,30}\b{it}|\b{it}\b[^.?!]{0,20}\bbitte\b[^.?!]{0,10}\blosch\w*|\bbitte\b[^.?!]{0,20}\b{it}\b[^.?!]{0,15}\blosch\w*|"
        r"\b(?:mochte|will|wunsche|verlange|konnen sie|konnt ihr|kannst du|konnten sie|fordere)\b[^.?!]{0,40}\b{it}\b[^.?!]{0,25}\b(?:losch\w*|geloscht|loschung)\b|\b(?:verlange|fordere|beantrage|bitte um|will|mochte)\b[^.?!]{0,15}\bloschung\b[^.?!]{0,20}\b{it}",
        "tr": r"\b{it}\b[^.?!]{0,20}\bsil(?:in|iniz|er mis\w*|ebilir mis\w*|inmesini (?:ist|talep|rica)\w*|menizi (?:ist|talep|rica)\w*)\b",
        "zh": r"(?:请|麻烦|帮我|帮忙|给我|我要|我想|我希望|我要求|立刻|马上|把).{0,10}(?:删除|删掉|删了|清除|抹掉|销毁).{0,10}{it}|(?:请|麻烦|帮我|帮忙|给我|我要|我想|我希望|我要求|立刻|马上|把).{0,12}{it}.{0,6}(?:删除|删掉|删了|清除|抹掉|销毁)|^(?:删除|删掉|清除).{0,8}{it}",
        "ar": r"(?:^|[.،!؟] ?|فضلك |سمحت |رجاء |و)(?:امسح|احذف|امح|شيل)\w{0,4}[^.؟?!]{0,20}{it}|(?:اريد|بدي|عايز|عاوز|عايزه|ابي|ابغي|ابغا|ارغب|اطلب|ارجو|ممكن|نرجو|هل يمكنكم|هل يمكنك|تقدر\w*)[^.؟?!]{0,15}(?:مسح|حذف|محو|تمسح|تحذف|يمسح|يحذف|امسح|احذف)\w{0,4}[^.؟?!]{0,20}{it}",
    },
    "copy": {
        "es": r"\b(?:quiero|quisiera|necesito|deseo|solicito|pido|envi\w+|mand\w+|den\w*|dame|pueden|puedes|podrian)\b[^.?!]{0,25}\b(?:copia|transcripcion)\b[^.?!]{0,30}\b{it}",
        "fr": r"\b(?:veux|voudrais|souhaite|demande|aimerais|envoye\w*|donnez|transmettez|pouvez|peux-tu|pourriez)\b[^.?!]{0,30}\b(?:copie|transcription)\b[^.?!]{0,30}\b{it}",
        "de": r"\b(?:mochte|will|brauche|wunsche|hatte gern\w*|schick\w*|send\w*|gebt|geben sie|konnen sie|konnt ihr|bitte)\b[^.?!]{0,30}\b(?:kopie|abschrift)\b[^.?!]{0,30}\b{it}",
        "tr": r"\b{it}\b[^.?!]{0,20}\b(?:kopya\w*|dokumu\w*)\b[^.?!]{0,15}\b(?:gonder\w*|ist\w*|ver\w*|ilet\w*|alabilir miyim|yolla\w*)",
        "zh": r"(?:请|麻烦|帮我|给我|我要|我想|发我|发给我).{0,12}(?:副本|拷贝|复印件|备份|导出).{0,8}|(?:请|麻烦|帮我|给我|我要|我想|把).{0,10}{it}.{0,6}(?:副本|拷贝|备份|导出|发给我|发我)",
        "ar": r"(?:اريد|بدي|عايز|عاوز|عايزه|ابي|ابغي|ابغا|ارسل\w*|ابعت\w*|اعطوني|اعطيني|ممكن|اطلب)[^.؟?!]{0,20}نسخه[^.؟?!]{0,20}{it}",
    },
}
# Medicines, and what is done with them, by a first person who asks whether to.
_MEDICINE = {
    "es": r"(?:cortis\w+|corticoid\w*|predniso\w+|micofenolato|hidroxicloroquina|plaquenil|metotrexato|azatioprina|medicin\w*|medicament\w*|medicacion|pastillas?|inmunosupresor\w*|dosis|tratamiento|terapia|car t)",
    "fr": r"(?:cortiso\w+|corticoid\w*|predniso\w+|mycophenolate|cellcept|hydroxychloroquine|plaquenil|methotrexate|azathioprine|medicament\w*|traitement|comprimes?|cachets?|immunosuppresseur\w*|doses?|therapie|car t)",
    "de": r"(?:cortison|kortison|predniso\w+|mycophenolat\w*|cellcept|hydroxychloroquin|quensyl|plaquenil|methotrexat|mtx|azathioprin|medikament\w*|tablette\w*|medizin|immunsuppressiv\w*|dosis|therapie|behandlung|car t)",
    "tr": r"(?:ilac\w*|ilaclar\w*|kortizon\w*|predni\w*|mikofenolat\w*|plaquenil\w*|metotreksat\w*|azatiyoprin\w*|hap\w*|doz\w*|tedavi\w*)",
    "zh": r"(?:药|激素|泼尼松|强的松|羟氯喹|纷乐|吗替麦考酚酯|骁悉|赛可平|甲氨蝶呤|剂量|免疫抑制剂|治疗|疗法)",
    "ar": r"(?:كورتيزون|كورتزون|بريدن\w+|ميكوفين\w+|بلاكنيل|ميثوتركس\w+|دوا|ادويه|حبوب|حبه|جرعه|علاج|مثبط)",
}
_DECISIONS = {
    "es": r"\b(?:cual|que|a quien) (?:elijo|escojo|me (?:recomiend\w+|aconsej\w+))\b|\bvale la pena (?:que|q) (?:me|yo)\b|\bme conviene\b|\bme recomendari\w+\b|"
    r"\b(?:debo|deberia|deberiamos|puedo|podria|tengo que|me recomiend\w+|me aconsej\w+)\b[^.?!]{0,15}\b(?:dejar|suspender|parar|interrumpir|bajar|subir|reducir|aumentar|doblar|saltar\w*|cambiar|tomar|quitar\w*|dejarme|hacerme)\b[^.?!]{0,20}\b{it}\b|"
    r"\b(?:dejo|suspendo|bajo|subo|me tomo|me salto)\b[^.?!]{0,12}\b{it}\b[^.!]{0,20}\?|\ben mi lugar\b|\bsi (?:fueras|fuera) (?:yo|usted yo)\b|\b(?:funcion\w+|serv\w+|ayud\w+|resultar\w*)\b[^.?!]{0,15}\b(?:conmigo|en mi caso|para mi caso)\b|\bme (?:va a curar|curara|funcionara|va a funcionar)\b",
    "fr": r"\bvous feriez quoi\b|\bque feriez[- ]vous\b|\bvous (?:me|nous) conseill\w+\b|\bvaut (?:il )?(?:le coup|la peine) que je\b|\b(?:lequel|laquelle) (?:je (?:choisis|prends)|choisir)\b|\bpour mon cas\b|"
    r"\b(?:dois[- ]je|je dois|devrais[- ]je|je devrais|puis[- ]je|je peux|faut[- ]il que je|il faut que je|me conseill\w+|me recommand\w+)\b[^.?!]{0,15}\b(?:arret\w+|stopp\w+|baiss\w+|diminu\w+|redui\w+|augment\w+|doubl\w+|saut\w+|prendre|chang\w+|remplac\w+|faire)\b[^.?!]{0,20}\b{it}\b|"
    r"\ba ma place\b|\b(?:march\w+|fonctionn\w+|aide\w*|guer\w+)\b[^.?!]{0,15}\b(?:pour moi|chez moi|dans mon cas|sur moi)\b|\b(?:va|vas) me guerir\b",
    "de": r"\bwas w(?:u|ue)rde(?:n|st|t) (?:sie|du|ihr)\b[^.?!]{0,25}\b(?:raten|machen|tun|empfehlen)\b|\bsoll ich (?:trotzdem|lieber|jetzt)\b|\bkomme? ich\b[^.?!]{0,20}\bin frage\b|\bin meinem fall\b|"
    r"\b(?:soll|sollte|darf|kann|konnte) ich\b[^.?!]{0,25}\b{it}\b[^.?!]{0,25}\b(?:absetz\w*|weglass\w*|reduzier\w*|halbier\w*|erhoh\w*|verdoppel\w*|aufhor\w*|nehmen|einnehmen|wechseln|pausier\w*|machen)\b|\ban meiner stelle\b|"
    r"\b(?:wirkt|hilft|klappt|funktioniert|wirken|helfen|klappen|funktionieren)\b[^.?!]{0,15}\bbei mir\b|\bbei mir\b[^.?!]{0,15}\b(?:wirken|helfen|klappen|funktionieren)\b|\b(?:wird|kann|macht)\b[^.?!]{0,20}\bmich\b[^.?!]{0,12}\b(?:heilen|gesund)\b",
    "tr": r"\b(?:sen soyle|siz soyleyin|siz olsaniz|sen olsan|ne tavsiye eder\w*)\b|\b(?:bana|beni)\b[^.?!]{0,12}\b(?:yaparlar mi|alirlar mi|uygun mu|kabul ederler mi)\b|\bbenim icin\b[^.?!]{0,15}\b(?:iyi|uygun|dogru)\b|\bbekleyeyim mi\b|"
    r"\b{it}\b[^.?!]{0,25}\b(?:birak\w*|kes\w*|azalt\w*|artir\w*|degistir\w*|al|ic|yaptir\w*)(?:ayim|eyim|yim|mali miyim|meli miyim|abilir miyim|ebilir miyim|sam mi|sem mi|irsam|ersem)\b|\bbenim yerimde ols\w*|\b(?:bende|benim durumumda)\b[^.?!]{0,15}\b(?:ise yara\w*|etkili olur|tutar)\b|\bbeni iyilestir\w*",
    "zh": r"我.{0,6}(?:选哪个|怎么选|该选)|我(?:这种|这个|这样)?.{0,6}(?:适不适合|适合|够不够条件|符合条件吗|能做(?:不|吗))|要不要推迟|(?:停|减)[^。？?]{0,8}可以吗|(?:骁悉|激素|药|羟氯喹|甲氨蝶呤)[^。？?]{0,4}(?:能不能|可不可以|能|可以)(?:停|减)|你们?(?:觉得|建议)我|"
    r"我.{0,4}(?:应该|应不应该|该|可以|可不可以|能|能不能|要不要|是不是该|是否应该|是否该|需要|需不需要)(?!得到|了解|知道).{0,6}(?:停|减|加大|增加|换|吃|服用|做).{0,6}{it}|我.{0,6}{it}.{0,6}(?:能停|可以停|要停|该停|能减|可以减|要减|该减|减半|停掉)|(?:如果你|如果您|要是你|换作|换成)(?:是)?我|对我(?:来说)?(?:会)?(?:有没有|有|管)(?:效|用)|我.{0,4}(?:能治好|治得好)吗",
    "ar": r"(?:ايش|شو|ما|ايه|وش) راي(?:ك|كم)|\bاسمع كلامه\w?\b|\bتنصح(?:ني|وني|ونني|يني)\b|\bمناسب لي\b|\bافضل لي\b|"
    r"\b(?:هل|ممكن|بقدر|اقدر|يجب|لازم|تنصح\w*|اكمل)[^.؟?!]{0,15}\b(?:ان )?(?:اوقف|اترك|اقلل|اخفف|ازيد|اضاعف|اخذ|اخد|اتناول|اغير|وقف|ابطل)\b[^.؟?!]{0,15}{it}|\b(?:مكاني|بمكاني|محلي)\b|\b(?:ينفع|يفيد|ينجح|يشفي)\w{0,3}\b[^.؟?!]{0,15}(?:معي|حالتي|معايا)\b|\b(?:ينفعني|يفيدني|يشفيني|سيشفيني|رح يشفيني)\b",
}
_PATTERNS = {
    label: {language: re.compile(pattern) for language, pattern in patterns.items()}
    for label, patterns in ((PRIVACY, _PRIVATE), (HANDOFF, _WISHES))
}
_PATTERNS[DECISION] = {
    language: re.compile(pattern.replace("{it}", _MEDICINE[language])) for language, pattern in _DECISIONS.items()
}

_REQUEST_PATTERNS = {
    what: {language: re.compile(pattern.replace("{it}", _DATA[language])) for language, pattern in patterns.items()}
    for what, patterns in _REQUESTS.items()
}


def request_in(text: str, language: str) -> str:
    """What a message in another language asks us to do with what is stored; nothing for questions on how that is done.

    Args:
        text: As typed.
        language: ISO 639-1 code of its language.

    Returns:
        `erasure`, `copy`, or an empty string.
    """
    plain = fold(text)
    return next((what for what, of in _REQUEST_PATTERNS.items() if language in of and of[language].search(plain)), "")


def wish_in(text: str, language: str) -> str:
    """The label of what a message in another language surely wants.

    Args:
        text: As typed.
        language: ISO 639-1 code of its language.

    Returns:
        `ask_privacy:stored`, `request_handoff:person`, `request_personal_advice:treatment_choice`, or an empty string.
    """
    if request_in(text, language):
        return PRIVACY
    plain = fold(text)
    return next((label for label, patterns in _PATTERNS.items() if language in patterns and patterns[language].search(plain)), "")


__all__ = ["DECISION", "HANDOFF", "PRIVACY", "request_in", "wish_in"]
