"""Contact details in what people write; yes, no and neither; the end of it."""

from __future__ import annotations

import pytest

from dialogue.contact import (
    MAX_NAME_CHARS,
    Given,
    corrects,
    find_details,
    hesitates,
    is_cancel,
    keeps_back,
    next_step,
    reason_of,
    refuses_consent,
    says_no,
    says_yes,
    take,
    wants_no_name,
)
from dialogue.context import Contact

# -- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Samuel", "Samuel"),
        ("ana", "Ana"),
        ("O'Brien", "O'Brien"),
        ("Mary-Jane Watson", "Mary-Jane Watson"),
        ("José", "José"),
        ("李雷", "李雷"),
        ("Anna Maria van der Berg", "Anna Maria van der Berg"),
        ("Dr. Smith", "Smith"),
        ("sure, Tom", "Tom"),
        ("Hi, Tom here", "Tom"),
        ("it is Tom", "Tom"),
        ("Tom, and what does it cost?", "Tom"),
        ("May", "May"),
    ],
)
def test_a_bare_name_counts_after_the_question_for_it(text: str, name: str) -> None:
    assert find_details(text, expect_name=True).name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is ines duarte", "Ines Duarte"),
        ("My name is Jean-Luc.", "Jean-Luc"),
        ("my name's lee", "Lee"),
        ("My name is Will", "Will"),
        ("I'm Ana", "Ana"),
        ("This is Maria from Spain", "Maria"),
        ("call me Al", "Al"),
        ("Ines Duarte, ines@example.org", "Ines Duarte"),
        ("Ana Example <ana@example.org>", "Ana Example"),
        ("no sorry, my name is Anna", "Anna"),
    ],
)
def test_a_name_that_is_said_counts_at_any_time(text: str, name: str) -> None:
    assert find_details(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "I am worried",
        "i'm looking for a doctor",
        "i'm allergic to penicillin",
        "what does it cost",
        "yes",
        "thanks",
        "why?",
        "no name",
        "skip",
        "anonymous",
        "I'd rather not say",
        "12345",
    ],
)
def test_what_is_no_name_gives_none(text: str) -> None:
    assert find_details(text, expect_name=True).name == ""


@pytest.mark.parametrize("text", ["Samuel", "recovery", "Turkey please", "it's cold"])
def test_a_bare_word_is_no_name_unless_it_was_asked_for(text: str) -> None:
    assert find_details(text).name == ""


def test_a_name_has_an_end() -> None:
    assert len(find_details(f"my name is {'a' * 200}").name) <= MAX_NAME_CHARS


# -- e-mail addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("my email is ana.b@example.org", "ana.b@example.org"),
        ("mail me at ana@example.org.", "ana@example.org"),
        ("ana+lupus@mail.example.co.uk", "ana+lupus@mail.example.co.uk"),
        ("ana at example dot org", "ana@example.org"),
        ("ana (at) example (dot) org", "ana@example.org"),
        ("ana dot silva at mail dot example dot org", "ana.silva@mail.example.org"),
        ("ana at example.co.uk", "ana@example.co.uk"),
        ("Ana <ana@EXAMPLE.org>", "ana@example.org"),
        ("(ana@example.org)", "ana@example.org"),
        ("ana.b at gmail com please", "ana.b@gmail.com"),
        ("it's ana@gmx de", "ana@gmx.de"),
        ("josé@exämple.org", "josé@exämple.org"),
    ],
)
def test_an_email_address_is_found(text: str, email: str) -> None:
    assert find_details(text).email == email


def test_of_several_addresses_the_correction_counts() -> None:
    assert find_details("ana@example.org, no sorry, anna@example.org").email == "anna@example.org"


def test_a_valid_address_beside_a_broken_one_counts() -> None:
    given = find_details("ana@example.org (not ana@example)")

    assert (given.email, given.bad_email) == ("ana@example.org", "")


@pytest.mark.parametrize(
    "text", ["ana@", "ana@example", "ana@@example.org", "ana@ex ample.org", "@example.org", "a..b@example.org"]
)
def test_a_broken_address_is_recognised_as_one(text: str) -> None:
    given = find_details(text)

    assert given.email == ""
    assert given.bad_email


@pytest.mark.parametrize("text", ["meet me at noon", "I look at yahoo news", "I am at home. Please call", "no email", "2 @ 3"])
def test_what_is_no_address_gives_none(text: str) -> None:
    assert find_details(text) == Given()


# -- phone numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+44 20 7946 0000", "+442079460000"),
        ("0044 20 7946 0000", "+442079460000"),
        ("call me on +1 (212) 555-0123 please", "+12125550123"),
        ("tel: +90 532 123 45 67, whatsapp", "+905321234567"),
        ("+4915123456789", "+4915123456789"),
        ("+44 20 7946 0000 no, +44 20 7946 0001", "+442079460001"),
    ],
)
def test_an_international_number_is_found(text: str, phone: str) -> None:
    assert find_details(text).phone == phone


@pytest.mark.parametrize(
    ("text", "digits"),
    [("020 7946 0000", "02079460000"), ("my number is 0532 123 45 67", "05321234567"), ("(212) 555-0123", "2125550123")],
)
def test_a_number_without_its_country_waits_for_it(text: str, digits: str) -> None:
    given = find_details(text)

    assert (given.partial_phone, given.phone) == (digits, "")


@pytest.mark.parametrize(
    ("digits", "answer", "phone"),
    [
        ("02079460000", "+44", "+442079460000"),
        ("02079460000", "44", "+442079460000"),
        ("02079460000", "it is from the UK", "+442079460000"),
        ("05321234567", "Turkey", "+905321234567"),
        ("2125550123", "USA", "+12125550123"),
    ],
)
def test_the_country_completes_the_number(digits: str, answer: str, phone: str) -> None:
    assert find_details(answer, partial_phone=digits).phone == phone


@pytest.mark.parametrize("answer", ["why?", "Atlantis", "+999", "what do you mean"])
def test_what_names_no_country_completes_nothing(answer: str) -> None:
    assert find_details(answer, partial_phone="02079460000").phone == ""


@pytest.mark.parametrize("text", ["123456789012345678901", "0000000000000", "00999 12 34 56"])
def test_digits_that_are_no_number_are_recognised_as_bad(text: str) -> None:
    given = find_details(text)

    assert (given.phone, given.partial_phone) == ("", "")
    assert given.bad_phone


@pytest.mark.parametrize("text", ["2", "7", "12345", "in 2 to 4 weeks", "$180,000", "CD19", "I am 34 years old"])
def test_a_menu_number_or_figure_is_no_phone_number(text: str) -> None:
    assert not find_details(text).anything


def test_several_details_are_taken_from_one_message() -> None:
    given = find_details("I'm Ana Silva, ana@example.org or +44 20 7946 0000")

    assert given == Given(name="Ana Silva", email="ana@example.org", phone="+442079460000")


# -- the end of it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "cancel",
        "Cancel please",
        "stop",
        "please stop",
        "no, cancel that",
        "forget it",
        "ok forget about it",
        "never mind",
        "nvm",
        "I changed my mind",
        "actually no, leave it",
        "don't bother",
        "not now",
        "I don't want this",
        "I don't want to do this anymore",
        "i dont want to be contacted",
        "can we stop this?",
        "let's stop",
        "i want to cancel",
        "I'd like to cancel",
        "could you cancel",
        "quit",
        "not interested",
        "oh wait, stop",
    ],
)
def test_the_end_is_understood_in_many_wordings(text: str) -> None:
    assert is_cancel(text)


@pytest.mark.parametrize(
    "text",
    [
        "Samuel",
        "yes",
        "ana@example.org",
        "what if I want to cancel my flight",
        "can i stop plaquenil",
        "Stop taking steroids - is it possible after CAR-T?",
        "cancel my treatment in turkey, is that possible?",
        "never mind the phone, use ana@example.org",
        "I don't want to give my name",
    ],
)
def test_other_messages_end_nothing(text: str) -> None:
    assert not is_cancel(text)


# -- consent ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yes please",
        "y",
        "yeah why not",
        "ok",
        "sure, go ahead",
        "of course",
        "I agree",
        "I do agree",
        "yes you may",
        "you can call me",
        "they may contact me",
        "no problem",
        "yes, no problem",
        "of course, no worries",
        "no objections",
        "I don't mind",
        "fine by me",
        "👍",
        "well, ok then",
    ],
)
def test_agreement_is_a_yes(text: str) -> None:
    assert says_yes(text)
    assert not says_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No!",
        "n",
        "no thanks",
        "nope",
        "rather not",
        "I'd rather not",
        "not really",
        "not yet",
        "I do not agree",
        "i don't consent",
        "I refuse",
        "don't contact me",
        "please don't",
        "of course not",
        "certainly not",
        "definitely not",
        "absolutely not",
        "sure not",
        "ok, no",
        "yes... no, wait, no",
    ],
)
def test_refusal_is_a_no_and_never_a_yes(text: str) -> None:
    assert says_no(text)
    assert not says_yes(text)


@pytest.mark.parametrize(
    "text", ["hmm", "what?", "blue", "why not", "tomorrow", "", "my dog", "yesterday", "okra", "nothing", "north", "note"]
)
def test_what_is_neither_is_neither(text: str) -> None:
    assert not says_yes(text)
    assert not says_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "not sure",
        "maybe",
        "I guess so",
        "let me think",
        "what will you do with it?",
        "who sees it?",
        "is it safe?",
        "why do you need that",
        "depends",
    ],
)
def test_hesitation_is_recognised_and_is_no_yes(text: str) -> None:
    assert hesitates(text)
    assert not says_yes(text)


@pytest.mark.parametrize(
    "text", ["no name", "I'd rather not say", "no", "anonymous please", "why do you need my name", "skip", "prefer not to"]
)
def test_refusing_the_name_is_understood(text: str) -> None:
    assert wants_no_name(text)


@pytest.mark.parametrize("text", ["Noah", "Nora", "Norman Withoutson", "my name is Ana"])
def test_a_name_does_not_refuse_itself(text: str) -> None:
    assert not wants_no_name(text)


@pytest.mark.parametrize("text", ["no, it's Anna", "sorry, Anna", "I meant Anna", "typo: Anna", "change it to Anna"])
def test_a_correction_is_recognised(text: str) -> None:
    assert corrects(text)


# -- the order of things ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "step"),
    [
        (Contact(), "name"),
        (Contact(email="ana@example.org"), "name"),
        (Contact(name="Ana"), "reach"),
        (Contact(nameless=True), "reach"),
        (Contact(name="Ana", partial_phone="02079460000"), "reach"),
        (Contact(name="Ana", email="ana@example.org"), "consent"),
        (Contact(nameless=True, phone="+442079460000"), "consent"),
    ],
)
def test_one_thing_is_asked_at_a_time_and_nothing_twice(contact: Contact, step: str) -> None:
    assert next_step(contact) == step


def test_a_new_detail_replaces_the_old_one_and_leaves_the_others() -> None:
    contact = Contact(step="consent", name="Ana", email="ana@example.org", phone="+442079460000")

    taken = take(contact, Given(email="anna@example.org"))

    assert taken == Contact(step="consent", name="Ana", email="anna@example.org", phone="+442079460000")


def test_a_whole_number_takes_the_place_of_waiting_digits() -> None:
    taken = take(Contact(partial_phone="02079460000"), Given(phone="+442079460000"))

    assert (taken.phone, taken.partial_phone) == ("+442079460000", "")


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        (["call"], "call"),
        (["quote"], "quote"),
        (["booking"], "clinic"),
        (["frustrated"], "complaint"),
        (["email"], "asked"),
        (["?"], "asked"),
        ([], "asked"),
    ],
)
def test_the_reason_follows_from_the_kind_of_the_wish(kinds: list[str], reason: str) -> None:
    assert reason_of(kinds) == reason


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I never give my phone to anyone", True),
        ("i dont want to share my e-mail", True),
        ("I have no phone", False),
        ("no contact, nobody can help me any more", False),
        ("don't leave me alone", False),
    ],
)
def test_only_a_detail_is_kept_back(text: str, kept: bool) -> None:
    assert keeps_back(text) is kept


@pytest.mark.parametrize(
    "text", ["pls call me back", "call me tomorrow", "can you call me again on Monday", "call me asap please"]
)
def test_a_wish_for_a_call_names_nobody(text: str) -> None:
    assert find_details(text).name == ""


@pytest.mark.parametrize(
    ("text", "refuses"), [("no, no consent", True), ("I don't consent", True), ("do I need to consent?", False), ("no", False)]
)
def test_consent_may_be_refused_before_it_is_asked_for(text: str, refuses: bool) -> None:
    assert refuses_consent(text) is refuses
