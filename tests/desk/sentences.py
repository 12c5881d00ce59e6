"""Sentences with personal data in them, and ordinary ones without, for measuring how well the data are found."""

from __future__ import annotations

import json
import random
from pathlib import Path

import phonenumbers

_FIRST = [
    "Olga",
    "Samuel",
    "Priya",
    "Wei",
    "Ayşe",
    "John",
    "Fatima",
    "Carlos",
    "Ingrid",
    "Kwame",
    "Yuki",
    "Ana",
    "Piotr",
    "Leila",
    "Marco",
    "Ngozi",
    "Élodie",
    "Stefan",
    "Mei",
    "Jörg",
]
_LAST = [
    "Petrova",
    "Osei",
    "Nair",
    "Zhang",
    "Demir",
    "Carter",
    "Haddad",
    "Gómez",
    "Lindqvist",
    "Mensah",
    "Tanaka",
    "Ruiz",
    "Kowalski",
    "Rahimi",
    "Bianchi",
    "Okafor",
    "Dubois",
]
_NAME_FORMS = (
    "My name is {}, what does it cost?", "I'm {} and I have lupus", "This is {} writing from home", "hello, I am {}",
    "please ask for {} when you call", "Regards, {}", "my wife {} has lupus", "Dr. {} told me to ask", "call me {}",
    "Hi, my name's {}. Is it risky?",
)  # fmt: skip
_OTHER = {
    "e-mail": ("write to {0}.{1}@example.org", "{0}_{1}92@mail.example.co.uk is mine", "mail: {0}+lupus@example.com please",
               "{0} at example dot com"),
    "date": ("I was born on 12 March 1984", "DOB 03/12/1984", "since 1984-03-12", "born March 3rd, 1979",
             "on 7.5.1990 I fell ill", "the 1st of June 2021"),
    "number": ("my passport number is C01X00T47", "MRN: 00482913", "patient id 4471-2290", "insurance no. A123456789",
               "SSN 078-05-1120",
               "IBAN DE89 3704 0044 0532 0130 00", "card 4111 1111 1111 1111", "hospital number is H-220918"),
    "link": ("see https://example.org/me/{0}", "www.{0}.example.com has my file"),
    "address": ("I live at 14 Baker Street in London", "send it to 221 Old Mill Road"),
}  # fmt: skip
_PHONE_FORMS = ("call me on {}", "my phone is {}", "{} is my number", "whatsapp {} please", "tel. {}")


def make_sentences(seed: int, *, each: int = 120) -> list[tuple[str, str, list[str]]]:
    """Kind, sentence, names known from the contact form: more than 500."""
    dice, found = random.Random(seed), list[tuple[str, str, list[str]]]()
    for number in range(each * 2):
        name = f"{dice.choice(_FIRST)} {dice.choice(_LAST)}" if number % 3 else dice.choice(_FIRST)
        found.append(("name", dice.choice(_NAME_FORMS).format(name), []))
    for _ in range(each):
        region = dice.choice(["US", "GB", "DE", "TR", "CN", "ES", "FR", "IN", "BR", "ZA", "AU", "MX"])
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        form = dice.choice([phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164])
        found.append(("phone", dice.choice(_PHONE_FORMS).format(phonenumbers.format_number(example, form)), []))
    for kind, forms in _OTHER.items():
        for _ in range(each // 2):
            first, last = dice.choice(_FIRST).lower(), dice.choice(_LAST).lower()
            found.append((kind, dice.choice(forms).format(first, last), []))
    return found


def make_plain() -> list[str]:
    """Ordinary questions without personal data: the held-out ones of the evaluation."""
    folder = Path(__file__).resolve().parents[2] / "evaluation/questions"
    texts = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if "handoff" in line:  # those hold names and numbers
                continue
            texts += [case["q"]] if case.get("q") else [turn["user"] for turn in case.get("turns", ()) if turn.get("user")]
    return texts
