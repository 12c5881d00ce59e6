"""The conversation page: claim, speak, hand back, close; what is hidden from whom; nothing of a visitor is markup."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa

from conversations.tables import audit, notes
from tests.desk.conftest import Client, Door

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7331*7919}}"


def name() -> str:
    """A visitor nobody has met."""
    return f"v-{uuid.uuid4().hex[:10]}"


def test_a_whole_live_conversation_over_rest(door: Door, ben: Client) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    assert ben.send_form(f"/desk/conversations/{conversation}/claim").status_code == 303

    notice = door.say("Are you there?", sender=visitor)
    assert [message.get("text", "")[:10] for message in notice][:1] == ["Ben Okafor"]  # what a coordinator said comes with it
    assert notice[-1]["custom"]["kind"] == "handoff" and "a person will answer" in notice[-1]["text"]
    ben.send_form(f"/desk/conversations/{conversation}/say", text="Yes, I am here.", client_id="1")
    assert door.news(visitor)[-1] | {"id": 0} == {
        "id": 0, "author": "coordinator", "recipient_id": visitor, "text": "Yes, I am here.",
    }  # fmt: skip
    calls = len(door.played.calls)
    ben.send_form(f"/desk/conversations/{conversation}/hand-back")
    reply = door.say("How long is the hospital stay?", sender=visitor)

    assert len(door.played.calls) == calls + 1  # none while a person held it
    assert reply[-1]["custom"]["kind"] == "answer"


@pytest.mark.parametrize("text", ["hello", "/restart", "/inform{}", "", "cancel"])
def test_no_input_reaches_the_assistant_while_a_person_holds_it(door: Door, ben: Client, text: str) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    ben.send_form(f"/desk/conversations/{conversation}/claim")

    door.say(text, sender=visitor)

    assert door.played.calls == []


def test_an_emergency_is_answered_while_a_person_holds_it(door: Door, ben: Client) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    ben.send_form(f"/desk/conversations/{conversation}/claim")

    reply = door.say("I can't breathe", sender=visitor)

    assert reply[-1]["custom"]["kind"] == "emergency"
    assert "Emergency" in ben.get(f"/desk/conversations/{conversation}").text


def test_who_waits_can_go_back_to_the_assistant(door: Door) -> None:
    visitor = name()
    door.ask_for_person(visitor)
    assert "no longer wait" in door.say("Cancel!", sender=visitor)[-1]["text"]

    assert door.say("What does CAR-T cost in China?", sender=visitor)[-1]["custom"]["kind"] == "answer"


def test_a_second_coordinator_is_told_who_was_first(door: Door, ben: Client, cem: Client) -> None:
    conversation = door.ask_for_person(name())
    ben.send_form(f"/desk/conversations/{conversation}/claim")

    answer = cem.send_form(f"/desk/conversations/{conversation}/claim")

    assert answer.status_code == 409 and "Ben has it" in answer.text


def test_someone_elses_conversation_takes_no_words(door: Door, ben: Client, cem: Client) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    ben.send_form(f"/desk/conversations/{conversation}/claim")

    assert cem.send_form(f"/desk/conversations/{conversation}/say", text="not me", client_id="1").status_code == 409
    assert cem.send_form(f"/desk/conversations/{conversation}/hand-back").status_code == 409
    assert "not me" not in str(door.news(visitor))


def test_contact_details_are_hidden_until_a_reason_is_given_and_that_is_logged(door: Door, cem: Client) -> None:
    contact = {"name": "Olga Petrova", "email": "olga.petrova@example.org", "phone": "+12025550187"}
    conversation = door.ask_for_person(name(), contact=contact, questions=["I am Olga Petrova, call +1 202-555-0187"])
    page = f"/desk/conversations/{conversation}"
    hidden = cem.get(page).text
    assert not re.search("Petrova|example.org|0187", hidden)

    assert cem.send_form(f"{page}/unmask", reason="no").status_code == 409
    cem.send_form(f"{page}/unmask", reason="the visitor called back")

    assert "olga.petrova@example.org" in cem.get(page).text
    database = door.open()
    with database.read() as connection:
        row = connection.execute(sa.select(audit).where(audit.c.action == "unmask", audit.c.object == conversation)).one()
    database.close()
    assert (row.coordinator, row.detail) == ("cem", "the visitor called back")


def test_contact_details_and_notes_are_sealed_in_the_database(door: Door, ben: Client) -> None:
    conversation = door.ask_for_person(name(), contact={"name": "Olga", "email": "olga@example.org"})
    ben.send_form(f"/desk/conversations/{conversation}/notes", text="called Olga")

    database = door.open()
    with database.read() as connection:
        of = {"id": conversation}
        email = connection.execute(sa.text("select contact_email from cases where conversation_id = :id"), of).scalar_one()
        note = connection.execute(sa.text("select text from notes where conversation_id = :id"), of).scalar_one()
        opened = connection.execute(sa.select(notes.c.text).where(notes.c.conversation_id == conversation)).scalar_one()
    database.close()
    assert email.startswith("sealed:") and note.startswith("sealed:") and opened == "called Olga"


def test_nothing_a_visitor_controls_is_markup(door: Door, ana: Client, ben: Client) -> None:
    visitor = name()
    contact = {"name": SCRIPT, "email": SCRIPT, "phone": SCRIPT}
    conversation = door.ask_for_person(
        visitor, contact=contact, questions=[SCRIPT], topics=[SCRIPT], countries=[SCRIPT], language=SCRIPT[:16],
        consent={"given": True, "wording": SCRIPT},
    )  # fmt: skip
    ben.send_form(f"/desk/conversations/{conversation}/claim")
    door.say(SCRIPT, sender=visitor)
    for path, fields in (
        ("say", {"text": SCRIPT, "client_id": "1"}),
        ("notes", {"text": SCRIPT}),
        ("labels", {"label": SCRIPT[:40]}),
    ):
        ben.send_form(f"/desk/conversations/{conversation}/{path}", **fields)
    pages = [
        "/desk?view=open", f"/desk/conversations/{conversation}", f"/desk/conversations/{conversation}/news?after=0",
        "/desk/transcripts", f"/desk/transcripts?q={SCRIPT}", f"/desk/transcripts/{conversation}/print", "/desk/review",
        "/desk/analytics", f"/desk/audit?action={SCRIPT}", f"/desk/privacy/{conversation}",
    ]  # fmt: skip
    for page in pages:
        for client in (ben, ana):
            text = client.get(page).text
            assert "<script>alert" not in text and "<img src=x" not in text and str(7331 * 7919) not in text, page


def test_a_message_is_shown_with_what_the_assistant_made_of_it(door: Door, ben: Client) -> None:
    visitor = name()
    door.played.more = {"understanding": {"intent": "ask_recovery", "confidence": 0.93}}
    door.say("How long is the hospital stay?", sender=visitor)

    page = ben.get(f"/desk/conversations/{door.conversation(visitor)}").text

    assert "Recovery · confidence 0.93" in page and 'class="tag">Answer' in page and 'data-cite="' in page


def test_a_case_is_closed_with_an_outcome_and_the_visitor_told(door: Door, ben: Client) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    ben.send_form(f"/desk/conversations/{conversation}/claim")
    found = re.search(r"/desk/cases/(\d+)/close", ben.get(f"/desk/conversations/{conversation}").text)
    assert found is not None
    case = found[1]

    assert ben.send_form(f"/desk/cases/{case}/close", outcome="nonsense").status_code == 409
    ben.send_form(f"/desk/cases/{case}/close", outcome="answered")

    assert "Your request is closed" in door.news(visitor)[-1]["text"]
    assert "Answered here" in ben.get(f"/desk/conversations/{conversation}").text


def test_the_inbox_puts_urgent_cases_first_and_narrows(door: Door, ben: Client) -> None:
    ordinary = door.ask_for_person(name(), countries=["Narnia"])
    urgent = door.ask_for_person(name(), priority="urgent", countries=["Narnia"])
    page = ben.get("/desk?view=new&country=Narnia").text

    assert 0 < page.index(urgent) < page.index(ordinary)
    assert urgent not in ben.get("/desk?view=new&country=Oz").text


def test_a_supervisor_ends_anyones_conversation(door: Door, ana: Client, ben: Client) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    ben.send_form(f"/desk/conversations/{conversation}/claim")

    ana.send_form(f"/desk/conversations/{conversation}/hand-back")

    assert "handed this conversation back" in door.news(visitor)[-1]["text"]


def test_reading_a_transcript_is_in_the_audit_log(door: Door, cem: Client, ana: Client) -> None:
    conversation = door.ask_for_person(name())
    cem.get(f"/desk/conversations/{conversation}")

    assert conversation in ana.get("/desk/audit?action=read+conversation&coordinator=cem").text


def test_a_word_that_was_sent_twice_is_said_once(door: Door, ben: Client) -> None:
    visitor = name()
    conversation = door.ask_for_person(visitor)
    ben.send_form(f"/desk/conversations/{conversation}/claim")
    for _ in range(3):
        ben.send_form(f"/desk/conversations/{conversation}/say", text="once", client_id="same")

    assert [message["text"] for message in door.news(visitor)].count("once") == 1
