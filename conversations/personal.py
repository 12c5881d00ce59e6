"""Take personal data out of a text: e-mail addresses, phone numbers, web addresses, dates, document and hospital numbers, names.

Patterned data are found by phonenumbers and by rules, names by the contact form and by the words that introduce one.
docs/decisions/0022-personal-data.md says why not by a model, and how well it does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from phonenumbers import Leniency, PhoneNumberMatcher

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    "dec(?:ember)?"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail", re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+", re.I)),
    ("e-mail", re.compile(r"\b[\w.+-]+ (?:at|\(at\)|\[at\]) [\w-]+ (?:dot|\(dot\)|\[dot\]) \w{2,}\b", re.I)),
    ("link", re.compile(r"\b(?:https?://|www\.)\S+", re.I)),
    ("date", re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})\.?,? \d{{2,4}}\b", re.I)),
    ("date", re.compile(rf"\b(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b", re.I)),
    ("date", re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b")),
    ("date", re.compile(r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b")),
    ("phone", re.compile(r"\+\d[\d \t().-]{6,18}\d")),
    ("number", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")),  # bank accounts
    ("number", re.compile(r"\b\d(?:[ -]?\d){12,18}\b")),  # cards
    (
        "number",
        re.compile(
            r"\b(?:passport|mrn|hospital|patient|insurance|policy|record|id|social security|ssn|nhs)"
            r"(?: (?:number|no\.?|id|card|file|record))*(?: is)?[\s:#.]*(?=[A-Z0-9/-]*\d)([A-Z0-9][A-Z0-9/ -]{4,18}[A-Z0-9])\b",
            re.I,
        ),
    ),
    ("number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    ("number", re.compile(r"\b[A-Z]{1,2}\d{6,9}\b")),  # passports
    ("address", re.compile(r"\b\d{1,5} (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way|Square)\b\.?")),
)
_PHONE_REGIONS = ("US", "GB", "DE", "TR", "CN", "ES", "FR", "IN")
_LOOSE_PHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d\s().-]{7,18}\d(?![\w%])")
_NAME = r"[A-ZÀ-ÖØ-ÞŠŽÇĞİŞ][\w'’-]*[a-zß-ÿ]"
_INTRODUCED = re.compile(
    rf"(?i:\b(?:my (?:full )?name(?:'s| is)|name(?:'s| is|:)|i am called|call me|this is|ask for|speak(?:ing)? with|"
    rf"i'm|i am|it's|signed,?|regards,?|sincerely,?|thanks,?|dear|mrs?\.?|ms\.?|dr\.?|doctor|prof\.?|professor|"
    rf"(?:my )?(?:wife|husband|son|daughter|mother|father|mum|mom|dad|sister|brother|friend)(?: is| called)?))"
    rf"[\s,]+({_NAME}(?:[ \t]+(?:(?:van|von|de|del|da|bin|al|el)[ \t]+)*{_NAME}){{0,3}})"
)
# Words with a capital that follow "I am" and are no names.
_NO_NAMES = frozenset(
    """
    I Lupus SLE CAR CAR-T German Turkish Spanish Chinese American British French Indian Italian Polish
    Greek Dutch African European Asian China Germany Turkey Spain India Not Very So Sure Sorry Asking
    Looking Interested Afraid Just Also Hello Hi What How From In On At The A An My Currently Still
    Having Taking Worried Scared Considering Wondering Happy Sad Tired Ok Okay Brazilian Mexican Russian
    Japanese Korean Canadian Nigerian Iranian
    """.split()
)


def mask(text: str, *, names: Sequence[str] = ()) -> str:
    """A text with personal data replaced by what they are, as [name].

    Args:
        text: What somebody wrote.
        names: Known ones, as from the contact form.
    """
    for what, rule in _RULES:
        text = rule.sub(lambda found, what=what: _replaced(found, what), text)  # type: ignore[misc]
    text = _mask_phones(text)
    return _mask_known(_INTRODUCED.sub(_mask_name, text), names)


def _mask_known(text: str, names: Sequence[str]) -> str:
    for name in sorted({part for full in names for part in [full, *full.split()] if len(part) > 2}, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", "[name]", text, flags=re.I)
    return text


def mask_repeated(text: str, *, names: Sequence[str] = ()) -> str:
    """Our own words with what they repeat of a visitor's data taken out: known names, addresses, phone numbers.

    Dates, prices and figures stay: they are what we say.
    """
    text = _RULES[0][1].sub("[e-mail]", text)
    for region in (None, *_PHONE_REGIONS[:1]):
        for found in reversed(list(PhoneNumberMatcher(text, region, leniency=Leniency.VALID))):
            text = text[: found.start] + "[phone]" + text[found.end :]
    return _mask_known(text, names)


def mask_contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Contact details of which one sees that they are there, and of a name the first letter."""
    name, email, phone = contact.get("name"), contact.get("email"), contact.get("phone")
    return {
        **contact,
        "name": f"{name[:1]}•••" if name else None,
        "email": f"{email[:1]}•••@{email.rpartition('@')[2][:1]}•••" if email else None,
        "phone": f"{phone[:3]} ••• •{phone[-2:]}" if phone else None,
    }


def find_kinds(text: str, *, names: Sequence[str] = ()) -> list[str]:
    """Which kinds of personal data a text holds, one entry each time."""
    before = re.findall(r"\[(name|e-mail|phone|link|date|number|address)\]", text)
    found = re.findall(r"\[(name|e-mail|phone|link|date|number|address)\]", mask(text, names=names))
    return found[len(before) :]


def _replaced(found: re.Match[str], what: str) -> str:
    """The whole match, or the group in it that is personal."""
    if found.re.groups and found.group(1) is not None:
        whole = found.group(0)
        start = found.start(1) - found.start(0)
        return f"{whole[:start]}[{what}]{whole[start + len(found.group(1)) :]}"
    return f"[{what}]"


def _mask_phones(text: str) -> str:
    spans: set[tuple[int, int]] = set()
    if sum(letter.isdigit() for letter in text) < 7:
        return text
    for region in _PHONE_REGIONS:
        spans |= {(found.start, found.end) for found in PhoneNumberMatcher(text, region, leniency=Leniency.VALID)}
    spans |= {
        (found.start(), found.end())
        for found in _LOOSE_PHONE.finditer(text)
        if 9 <= sum(letter.isdigit() for letter in found.group()) <= 15
    }
    end = len(text) + 1
    for first, last in sorted(spans, key=lambda span: (-span[1], span[0])):
        if last <= end:
            text = text[:first] + "[phone]" + text[last:]
            end = first
    return text


def _mask_name(found: re.Match[str]) -> str:
    name, whole = found.group(1), found.group(0)
    if name.split()[0] in _NO_NAMES or name.isupper():
        return whole
    return whole[: len(whole) - len(name)] + "[name]"
