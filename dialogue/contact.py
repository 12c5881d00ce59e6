"""Contact details: what a message gives, what is asked next, when consent is given. One thing at a time.

E-mail addresses are checked by email-validator (the RFC's syntax and international domains, no lookup over the network), phone
numbers by phonenumbers (Google's rules for every country).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from dialogue.context import Contact

REASONS = ("asked", "call", "quote", "clinic", "unanswered", "personal_advice", "emergency", "complaint", "privacy")
MAX_NAME_CHARS = 80
MAX_TRIES = 3
MAX_CANCEL_QUESTION_WORDS = 4  # "can we stop this?"

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"']+@[^\s@,;:<>()\[\]\"']*[^\s@,;:<>()\[\]\"'.!?]")
_AT = re.compile(r"\S*@\S*")
_DOT = r"(?:\s*(?:\(dot\)|\[dot\]|\s+dot\s+)\s*)"
# "ana dot silva at mail dot example dot org"; a full stop with a space after it ends a sentence
_WRITTEN_AT = re.compile(
    rf"\b([\w.+-]+(?:{_DOT}[\w.+-]+)*)\s*(?:\(at\)|\[at\]|\s+at\s+)\s*([\w-]+(?:(?:{_DOT}|\.)[\w-]+)*(?:{_DOT}|\.)\w{{2,}})\b",
    re.I,
)
# "maria at gmail com": the dot of a well-known provider is not always said
_PROVIDER = re.compile(
    r"\s*(?:\bat\b|@)\s*(gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|gmx|protonmail|yandex|qq|163|126|naver)"
    r"\s+(com|net|org|de|fr|es|it|ru|cn|co\.uk)\b",
    re.I,
)
_SPELLS_OUT = re.compile(r"\(at\)|\[at\]|\bdot\b|\b(?:e-?mail|address|write (?:to|me)|reach me)\b", re.I)
_DATE = re.compile(r"^\d{1,4}[./-]\d{1,2}[./-]\d{2,4}$")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"(?<![\w@.])\+?\(?\d[\d\s().\-/]{5,}\d(?!\w)")
_NAME_WORD = r"[^\W\d_][^\W\d_'’.\-]*(?:['’\-][^\W\d_]+)*\.?"
_NAME_LIKE = re.compile(rf"^{_NAME_WORD}(?:\s+(?:{_NAME_WORD})){{0,4}}$")
_NAMED = re.compile(
    r"(?:\bmy (?:full |first |last )?name(?:'?s| is|:)|\bname(?:'s| is|:)|\bi'?m called|\bcall me|\bi go by|\bthis is|\bit'?s|\bit is|\bi am|\bi'?m|\bim)\s+"
    rf"(?P<name>{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,3}})",
    re.I,
)
_IS_MY_NAME = re.compile(rf"\b(?P<name>{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,3}})\s+is (?:my|the|his|her) name\b", re.I)
_SURE_NAMED = re.compile(r"\b(?:my (?:full |first |last )?name|name(?:'s| is|:)|i'?m called|call me|i go by)", re.I)
_TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam"])
# Words that end a name or show that there is none: "I'm looking for ...", "I am worried".
_NO_NAME = frozenset(
    """perfect great wonderful cool nice lovely awesome super excellent alright lot much a an the and or but so in on at to for of with from my your his her our their no not yes ok okay sure please thanks
    thank you looking interested worried scared afraid fine good sorry here there just very really asking writing calling
    from not new old sick ill tired ready happy sad going having trying thinking considering wondering hoping waiting
    living on in at also still now tired desperate confused lost unsure sure able unable a patient patients mother father
    mum mom dad wife husband son daughter sister brother friend nurse doctor caregiver carer called what who how why when
    where which can could would should do does did is are will email mail phone number whatsapp telephone mobile hello hi
    hey good morning evening bye cancel stop help person human agent coordinator someone anybody somebody it that this
    later never mind maybe none nothing nobody nope nah yep yeah right correct wrong skip anonymous agree consent i we he
    she they me us him them back again soon asap today tomorrow tonight anytime urgently immediately quickly first before after once monday
    tuesday wednesday thursday friday saturday sunday if because about lupus car-t cart sle china turkey korea germany usa hm hmm um""".split()
)
_SKIP_NAME = re.compile(
    r"\b(?:rather not|prefer not|don'?t want to|do not want to|won'?t|no need (?:for|of)|without|not (?:give|tell|say)|anonymous(?:ly)?|skip|no name|why do you need)\b",
    re.I,
)
_KEEPS_BACK = re.compile(
    r"\b(?:never|not|don['’]?t|won['’]?t|can['’]?t|cannot|refuse to)\s+(?:\w+ ){0,2}?(?:give|share|tell|hand|leave|disclose|reveal|have|use|own|write|send)\b[^.!?]{0,15}"
    r"\b(?:phone|number|mobile|whatsapp|e-?mail|mail|address|name|details)\b",
    re.I,
)
_CANCEL = re.compile(
    r"^(?:(?:no|ok(?:ay)?|actually|sorry|please|wait|hmm?|oh|well|on second thoughts?|nah|nope|no wait|no no)[\s,.!-]+)*"
    r"(?:cancel|stop|quit|abort|forget (?:it|about it|that|this)|never ?mind(?! (?:the|my|about) )|nvm|leave it|drop it|don'?t bother|do not bother|"
    r"(?:i(?:'ve| have)?\s+)?changed my mind|not (?:now|anymore|any more|interested)|no contact|(?:i )?(?:don'?t|do not) want (?:this|that|it|to be contacted|to (?:do this|continue|go on)|contact|anyone|a call)|"
    r"i(?:'?d| would)? (?:want|like|wish) to (?:cancel|stop|quit)|(?:can|could) (?:we|you|i) (?:please )?(?:cancel|stop)(?= (?:it|this|that|now|here)\b|\W*$)|"
    r"let'?s (?:stop|leave it|not)|end (?:this|it)|exit|scrap (?:it|that))\b",
    re.I,
)
_YES = re.compile(
    r"^(?:(?:oh|well|ok(?:ay)?|hmm?|actually|then)[\s,.!]+)*(?:yes|yep|yeah|yea|ya|yup|ye|sure|of course|certainly|absolutely|definitely|ok(?:ay)?|okey|k|fine|alright|all right|go ahead|"
    r"please do|do (?:it|that)|i (?:do )?(?:agree|consent|accept|confirm|allow)|agreed?|accepted?|(?:that'?s|it'?s|that is|it is) (?:fine|ok(?:ay)?|good|alright|correct|right)|"
    r"y(?=\W*$)|you (?:may|can)|they (?:may|can)|no problem|no objections?|by all means|sounds good|perfect|great|correct|right|👍|si|oui|ja|evet|da|s[ií])(?=\W|$)",
    re.I,
)
_CONSENTS = re.compile(
    r"\b(?:i (?:do )?(?:agree|consent|accept)|(?:consent|permission) (?:is )?given|go (?:right )?ahead|(?:you have|i give|here is|giving) (?:you )?(?:my )?(?:consent|permission|ok(?:ay)?)|i (?:don'?t|do not) mind|you(?:r \w+)? (?:may|can|are (?:allowed|welcome) to) (?:contact|call|ring|phone|write|e-?mail|text|reach|message)|"
    r"(?:happy|fine|ok(?:ay)?) (?:for (?:you|them|someone) to|with (?:that|you))|feel free to (?:call|contact|write))\b",
    re.I,
)
_NO_CONSENT = re.compile(r"^(?:no+|nah|nope)?[\s,.!]*(?:(?:i )?(?:do not|don['’]?t) consent|no consent)\b[^?]*$", re.I)
_NO = re.compile(
    r"^(?:(?:oh|well|hmm?|sorry)[\s,.!]+)*(?:no|nope|nah|n(?=\W*$)|not? really|not (?:yet|today)|never|i (?:don'?t|do not|refuse|decline|disagree)(?! mind)|don'?t|do not|rather not|i'?d rather not|i would rather not|better not|👎)(?=\W|$)|"
    # "of course not", "ok, no", "yes ... no, wait, no": what opens like a yes and takes it back is no consent
    r"^(?:(?:of course|certainly|definitely|absolutely|surely|sure|probably|yes|yeah|ok(?:ay)?|actually|wait)[\s,.!…-]+)+"
    r"(?:no|not|nope)\b(?!\s+(?:a )?(?:problem|objections?|worries|issue|only|just))|^(?:please|actually|hm+)[\s,.!…-]+(?:don'?t|do not)\b(?! mind)|"
    r"\b(?:don'?t|do not|cannot|can'?t|not) (?:agree|consent|accept|want (?:that|this|to)|contact me|call me)\b",
    re.I,
)
_HESITATES = re.compile(
    r"\b(?:not (?:so |quite |really )?sure|unsure|maybe|perhaps|depends|hesitant|let me think|have to think|need to think|i guess|dunno|don'?t know|what (?:will|would|do) you do with|"
    r"what (?:happens|for)|why do you (?:need|want)|who (?:will|gets|sees)|is (?:it|that) safe|afraid|worried|spam)\b",
    re.I,
)
_CORRECTS = re.compile(
    r"\b(?:no|sorry|oops|wait|correction|wrong|i mean|i meant|actually|instead|rather|not that|typo|should be|change)\b", re.I
)


@dataclass(frozen=True)
class Given:
    """What a message gives of contact details.

    Attributes:
        name, email, phone: Valid values, empty if there is none; the phone number in E.164 form.
        partial_phone: Digits that need a country code.
        bad_email: Something that was meant as an address and is none.
        bad_phone: Something that was meant as a number and is none.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    partial_phone: str = ""
    bad_email: str = ""
    bad_phone: str = ""

    @property
    def anything(self) -> bool:
        """True if there is a detail, valid or not."""
        return any((self.name, self.email, self.phone, self.partial_phone, self.bad_email, self.bad_phone))


def find_details(text: str, *, expect_name: bool = False, partial_phone: str = "") -> Given:
    """Find contact details in a message; of several of a kind the last one counts ("no sorry, ...").

    Args:
        text: As typed.
        expect_name: True right after the name was asked for: a bare name counts.
        partial_phone: Digits given before, waiting for their country code.
    """
    text = _PROVIDER.sub(r"@\1.\2", text)
    email, bad_email = _find_email(text)
    rest = _AT.sub(" ", _WRITTEN_AT.sub(" ", text))
    phone, partial, bad_phone = _find_phone(rest)
    if partial_phone and not (phone or partial or bad_phone):
        phone = _join_country(partial_phone, rest)
    rest = _DIGITS.sub(" ", rest)
    name = _find_name(rest, expect_name=expect_name, beside_details=bool(email or phone or partial or bad_email))
    return Given(name, email, phone, partial, "" if email else bad_email, "" if phone or partial else bad_phone)


def _find_email(text: str) -> tuple[str, str]:
    # "at" is mostly the word: it stands for the sign where a dot is spelled out, too, or an address is spoken of
    spoken = _WRITTEN_AT.findall(text) if _SPELLS_OUT.search(text) or len(text.split()) <= 3 else []
    candidates = _EMAIL.findall(text) + [re.sub(_DOT, ".", f"{a}@{b}", flags=re.I) for a, b in spoken]
    bad = ""
    for candidate in reversed(candidates):
        try:
            return validate_email(candidate.rstrip("."), check_deliverability=False).normalized, ""
        except EmailNotValidError:
            bad = bad or candidate
    if not candidates:
        bad = next((word for word in _AT.findall(text) if len(word) > 1), "")
    return "", bad


def _find_phone(text: str) -> tuple[str, str, str]:
    """(E.164 number, digits without a country code, something that is no number)."""
    if _DIGIT.search(text) is None:  # most messages: the matcher would take longer to find nothing
        return "", "", ""
    matches = list(phonenumbers.PhoneNumberMatcher(text, None, leniency=phonenumbers.Leniency.POSSIBLE))
    if matches:
        return phonenumbers.format_number(matches[-1].number, phonenumbers.PhoneNumberFormat.E164), "", ""
    found = [digits for digits in _DIGITS.findall(text) if not _DATE.match(digits.strip())]
    if not found:
        return "", "", ""
    raw = found[-1].strip()
    digits = re.sub(r"\D", "", raw)
    if raw.startswith("00") or raw.startswith("+"):
        number = _possible("+" + digits.removeprefix("00"))
        return (number, "", "") if number else ("", "", raw)
    return ("", digits, "") if 6 <= len(digits) <= 12 else ("", "", raw)


def _possible(text: str) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return ""
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else ""
    )


# Countries that visitors name when they are asked where a number is from; a code with "+" works for all others.
_COUNTRY_REGIONS = {
    "usa": "US", "us": "US", "america": "US", "united states": "US", "canada": "CA", "uk": "GB", "england": "GB", "britain": "GB",
    "united kingdom": "GB", "scotland": "GB", "ireland": "IE", "germany": "DE", "france": "FR", "spain": "ES", "italy": "IT",
    "portugal": "PT", "netherlands": "NL", "belgium": "BE", "austria": "AT", "switzerland": "CH", "poland": "PL", "romania": "RO",
    "greece": "GR", "sweden": "SE", "norway": "NO", "denmark": "DK", "finland": "FI", "turkey": "TR", "china": "CN", "korea": "KR",
    "south korea": "KR", "japan": "JP", "india": "IN", "pakistan": "PK", "bangladesh": "BD", "philippines": "PH", "malaysia": "MY",
    "singapore": "SG", "indonesia": "ID", "thailand": "TH", "vietnam": "VN", "australia": "AU", "new zealand": "NZ",
    "south africa": "ZA", "nigeria": "NG", "kenya": "KE", "ghana": "GH", "egypt": "EG", "morocco": "MA", "israel": "IL",
    "saudi arabia": "SA", "uae": "AE", "emirates": "AE", "dubai": "AE", "qatar": "QA", "kuwait": "KW", "mexico": "MX",
    "brazil": "BR", "argentina": "AR", "colombia": "CO", "chile": "CL", "peru": "PE", "russia": "RU", "ukraine": "UA",
}  # fmt: skip


def _join_country(digits: str, text: str) -> str:
    code = re.search(r"\+\s?(\d{1,3})\b|^\s*(\d{1,3})\s*$", text)
    if code:
        return _possible(f"+{code.group(1) or code.group(2)}{digits.lstrip('0')}")
    lowered = f" {re.sub(r'[^a-z ]', ' ', text.lower())} "
    for name, region in _COUNTRY_REGIONS.items():
        if f" {name} " in lowered:
            try:
                number = phonenumbers.parse(digits, region)
            except phonenumbers.NumberParseException:
                return ""
            if phonenumbers.is_possible_number(number):
                return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return ""


def _find_name(text: str, *, expect_name: bool, beside_details: bool) -> str:
    said = _IS_MY_NAME.search(text) if "name" in text.lower() else None
    if said:
        return _proper(said["name"])
    named = list(_NAMED.finditer(text))
    for match in reversed(named):
        name = _trim_name(match["name"], sure=bool(_SURE_NAMED.search(match.group())))
        if name:
            return name
    if not (expect_name or beside_details):
        return ""
    # "Ines Duarte, ines@example.org"; "Samuel"
    for piece in re.split(r"[,;:\n]|\s[-–—]\s|\.\s", text):
        piece = piece.strip(" .,!;:()")
        piece = re.sub(r"^(?:ok(?:ay)?|sure|yes|well|hi|hello|it'?s|so|and|mr|mrs|ms|dr)[,.\s]+(?=\S)", "", piece, flags=re.I)
        piece = re.sub(r"(?<=\w)\s+(?:here|speaking)$", "", piece, flags=re.I)
        if not _NAME_LIKE.match(piece) or len(piece) > MAX_NAME_CHARS:
            continue
        words = piece.lower().split()
        if any(word.strip(".") in _NO_NAME for word in words) or all(word.strip(".") in _TITLES for word in words):
            continue
        if expect_name or (piece[:1].isupper() and len(words) <= 4):
            return _proper(piece)
    return ""


def _trim_name(name: str, *, sure: bool) -> str:
    words: list[str] = []
    for word in name.strip(" .,").split():
        names_somebody = sure and not words and word.istitle()  # "my name is Will"
        if word.lower().strip(".") in _NO_NAME and not names_somebody:
            break
        words.append(word)
    if not words or all(word.lower().strip(".") in _TITLES for word in words):
        return ""
    if not sure and not words[0][:1].isupper():
        return ""  # "i'm allergic", "it's cold": without a capital only "my name is ..." is sure
    return _proper(" ".join(words))


def _proper(name: str) -> str:
    """A name as one writes it; one typed with a capital somewhere stays as it is."""
    name = " ".join(name.split()).strip(" .,")[:MAX_NAME_CHARS]
    return name if name != name.lower() else name.title()


def is_cancel(text: str) -> bool:
    """True when the visitor ends the collection; a longer question that begins so ("stop steroids, is that wise?") does not."""
    stripped = text.strip()
    if stripped.endswith("?") and len(stripped.split()) > MAX_CANCEL_QUESTION_WORDS:
        return False
    return bool(_CANCEL.search(stripped))


def refuses_consent(text: str) -> bool:
    """True for "no, no consent" before it was asked for."""
    return _NO_CONSENT.match(text.strip()) is not None


def says_yes(text: str) -> bool:
    """True for plain agreement, also in the words of a whole sentence ("yes, you may contact me")."""
    stripped = text.strip()
    return (bool(_YES.search(stripped)) or bool(_CONSENTS.search(stripped))) and not says_no(stripped)


def says_no(text: str) -> bool:
    """True for plain refusal."""
    stripped = text.strip()
    return bool(_NO.search(stripped)) and not re.match(r"^no (?:problem|objections?|worries|issue)", stripped, re.I)


def hesitates(text: str) -> bool:
    """True when the visitor is not sure, or asks what becomes of the details."""
    return bool(_HESITATES.search(text))


def wants_no_name(text: str) -> bool:
    """True when the visitor does not want to give a name."""
    return bool(_SKIP_NAME.search(text)) or says_no(text)


def keeps_back(text: str) -> bool:
    """True when the visitor does not want to give a detail: "I never give my phone to anyone"."""
    return bool(_KEEPS_BACK.search(text))


def corrects(text: str) -> bool:
    """True when a message says that a detail given before is wrong."""
    return bool(_CORRECTS.search(text))


def take(contact: Contact, given: Given) -> Contact:
    """The contact with what a message gives; a new value replaces the old one."""
    return replace(
        contact,
        name=given.name or contact.name,
        email=given.email or contact.email,
        phone=given.phone or contact.phone,
        partial_phone="" if given.phone else given.partial_phone or contact.partial_phone,
    )


def next_step(contact: Contact) -> str:
    """What to ask next: "name", "reach" or "consent"."""
    if not contact.name and not contact.nameless:
        return "name"
    if not contact.email and not contact.phone:
        return "reach"
    return "consent"


def reason_of(kinds: Sequence[str]) -> str:
    """The reason that belongs to the kind of a wish ("call" of request_handoff:call)."""
    known = {
        "call": "call", "email": "asked", "quote": "quote", "appointment": "clinic", "booking": "clinic", "clinic_contact": "clinic",
        "enroll": "clinic", "send_records": "clinic", "frustrated": "complaint",
    }  # fmt: skip
    return next((known[kind] for kind in kinds if kind in known), "asked")
