"""One conversation: transcript, contact, case, notes; claim, speak, hand back, close."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sanic.response import HTTPResponse, redirect

from conversations.cases import set_label_on
from conversations.dossier import (
    add_note,
    find_conversation,
    find_hold,
    find_said_names,
    is_unmasked,
    lift_hold,
    list_labels,
    list_notes,
    read_lines,
    remove_label,
    set_hold,
    unmask,
)
from conversations.errors import NotFoundError, RefusedError
from conversations.live import claim, hand_back, leave, say
from conversations.personal import mask, mask_contact, mask_repeated
from conversations.preferences import list_canned
from conversations.worklist import (
    OUTCOMES,
    assign,
    close_case,
    ensure_case,
    find_contact,
    find_others,
    list_cases_of,
    list_history,
    reopen_case,
)
from desk.access import Access, Routes, Visit

routes = Routes()
SHOWN = 300
MAX_REPLY_CHARS = 4000
_ID = re.compile("[0-9a-f]{32}")
OUTCOME_NAMES = {
    "answered": "Answered here",
    "contacted": "Contacted by e-mail or phone",
    "no_answer": "Could not be reached",
    "passed_on": "Passed on to a clinic or doctor",
    "not_needed": "No longer needed",
    "spam": "Not a real request",
}
assert set(OUTCOME_NAMES) == set(OUTCOMES)


def check_id(given: str) -> str:
    """An id of a conversation; one of another form is as unknown as a wrong one.

    Raises:
        NotFoundError: If it cannot be an id.
    """
    if not _ID.fullmatch(given):
        raise NotFoundError("There is no such conversation.")
    return given


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        raise NotFoundError("There is no such case.")
    return int(given)


async def may_see(visit: Visit, conversation_id: str, row: Any, cases: list[Any]) -> bool:
    """True if personal data are shown: to whom the conversation or a case of it belongs, and who gave a reason."""
    mine = row.coordinator == visit.who.id or any(one.assigned_to == visit.who.id and one.state == "open" for one in cases)
    return mine or await visit.desk.records.read(is_unmasked, visit.desk.database, conversation_id, visit.who.id)


def masker(names: list[str], *, masked: bool) -> Callable[..., str]:
    """What shows a text: as it is, or with personal data taken out; of the assistant's words only what it repeats of them."""

    def show(text: str, author: str = "visitor") -> str:
        if not masked:
            return text
        return mask(text, names=names) if author in ("visitor", "coordinator") else mask_repeated(text, names=names)

    return show


async def find_names(visit: Visit, conversation_id: str, cases: list[Any]) -> list[str]:
    """Names of the visitor: given in the contact form, also in one that was not finished."""
    said = await visit.desk.records.read(find_said_names, visit.desk.database, conversation_id)
    return [*(one.contact_name for one in cases if one.contact_name), *said]


async def _context(visit: Visit, conversation_id: str) -> dict[str, Any]:
    read, database = visit.desk.records.read, visit.desk.database
    row = await read(find_conversation, database, conversation_id)
    cases = await read(list_cases_of, database, conversation_id)
    masked = not await may_see(visit, conversation_id, row, cases)
    names = await find_names(visit, conversation_id, cases)
    contacts = {one.id: await read(find_contact, database, one.id) for one in cases if one.contact_name or one.can_reach}
    if masked:
        contacts = {one: mask_contact(contact) for one, contact in contacts.items()}
    canned = await read(list_canned, database)
    place = {"name": visit.who.name, "visitor": next(iter(names), "") if not masked else "", "hours": visit.desk.expected()}
    return {
        "row": row,
        "cases": cases,
        "masked": masked,
        "show": masker(names, masked=masked),
        "contacts": contacts,
        "history": await read(list_history, database, [one.id for one in cases]),
        "others": await read(find_others, database, conversation_id),
        "notes": await read(list_notes, database, conversation_id),
        "labels": await read(list_labels, database, conversation_id),
        "hold": await read(find_hold, database, conversation_id),
        "canned": [{"title": one.title, "text": fill(one.text, place)} for one in canned],
        "mine": row.holder == "coordinator" and row.coordinator == visit.who.id,
        "outcomes": OUTCOME_NAMES,
        "conversation_id": conversation_id,
        "passages": visit.desk.knowledge.passages,
        "documents": visit.desk.knowledge.documents,
    }


def fill(text: str, place: dict[str, str]) -> str:
    """A canned reply with its placeholders filled; unknown ones stay to be seen."""
    return re.sub(r"\{(\w+)\}", lambda found: place.get(found[1], found[0]), text)


@routes.get("/conversations/<given:str>", Access.COORDINATOR, deed="read conversation")
async def show_conversation(visit: Visit, given: str) -> HTTPResponse:
    """The whole page."""
    visit.deed_of = check_id(given)
    context = await _context(visit, given)
    lines = await visit.desk.records.read(read_lines, visit.desk.database, given, last=SHOWN)
    return visit.page("conversation.html", lines=lines, **context)


@routes.get("/conversations/<given:str>/news", Access.COORDINATOR, passive=True)
async def show_news(visit: Visit, given: str) -> HTTPResponse:
    """What was said after a position, and what else has changed."""
    after = visit.asked("after", most=12)
    context = await _context(visit, check_id(given))
    position = int(after) if after.isascii() and after.isdigit() else 0
    lines = await visit.desk.records.read(read_lines, visit.desk.database, given, after=position)
    return visit.page("_news.html", lines=lines, position=lines[-1].position if lines else position, **context)


def _back(visit: Visit, conversation_id: str) -> HTTPResponse:
    path = f"/desk/conversations/{conversation_id}"
    if visit.request.headers.get("hx-request"):
        return HTTPResponse(status=204, headers={"HX-Trigger": "looked-again"})
    return redirect(path, status=303)


@routes.post("/conversations/<given:str>/claim", Access.COORDINATOR, deed="claim")
async def do_claim(visit: Visit, given: str) -> HTTPResponse:
    """Take the conversation: exactly one of those who press at once gets it."""
    visit.deed_of = check_id(given)
    records, database = visit.desk.records, visit.desk.database
    await records.write(ensure_case, database, given)
    words = visit.desk.words["joined"].format(name=visit.who.name)
    await records.write(claim, database, given, visit.who.id, words=words)
    await _said(visit, given)
    return redirect(f"/desk/conversations/{given}", status=303)


async def _said(visit: Visit, conversation_id: str) -> None:
    """What was said is on the disk before the coordinator reads that it was."""
    await visit.desk.records.make_durable()
    visit.desk.wake()
    visit.desk.hub.tell(conversation_id)


@routes.post("/conversations/<given:str>/say", Access.COORDINATOR)
async def do_say(visit: Visit, given: str) -> HTTPResponse:
    """Say something to the visitor; sent twice it is said once."""
    text, client_id = visit.field("text", most=20_000), visit.field("client_id", most=64)
    if not text:
        raise RefusedError("Write something first.")
    if len(text) > MAX_REPLY_CHARS:
        raise RefusedError(f"That is longer than {MAX_REPLY_CHARS} characters. Send it in two.")
    await visit.desk.records.write(say, visit.desk.database, check_id(given), visit.who.id, text, client_id=client_id or text)
    await _said(visit, given)
    return _back(visit, given)


@routes.post("/conversations/<given:str>/typing", Access.COORDINATOR)
async def do_typing(visit: Visit, given: str) -> HTTPResponse:
    """The visitor sees that an answer is being written; only of who holds the conversation."""
    row = await visit.desk.records.read(find_conversation, visit.desk.database, check_id(given))
    if row.holder == "coordinator" and row.coordinator == visit.who.id:
        visit.desk.show_typing(row.channel, row.sender)
    return HTTPResponse(status=204)


@routes.post("/conversations/<given:str>/hand-back", Access.COORDINATOR, deed="hand back")
async def do_hand_back(visit: Visit, given: str) -> HTTPResponse:
    """Give it back to the assistant; a supervisor may end anyone's."""
    visit.deed_of = check_id(given)
    words = visit.desk.words["handed_back"].format(name=visit.who.name)
    by = None if visit.is_supervisor else visit.who.id
    await visit.desk.records.write(hand_back, visit.desk.database, given, by, words=words)
    await _said(visit, given)
    return redirect(f"/desk/conversations/{given}", status=303)


@routes.post("/conversations/<given:str>/leave", Access.COORDINATOR, deed="leave")
async def do_leave(visit: Visit, given: str) -> HTTPResponse:
    """Let another coordinator take over."""
    visit.deed_of = check_id(given)
    words = visit.desk.words["left"].format(name=visit.who.name)
    await visit.desk.records.write(leave, visit.desk.database, given, visit.who.id, words=words)
    await _said(visit, given)
    return redirect("/desk", status=303)


@routes.post("/conversations/<given:str>/notes", Access.COORDINATOR, deed="note")
async def do_note(visit: Visit, given: str) -> HTTPResponse:
    """Write an internal note, which the visitor never sees."""
    visit.deed_of, text = check_id(given), visit.field("text")
    if not text:
        raise RefusedError("Write something first.")
    await visit.desk.records.write(add_note, visit.desk.database, given, visit.who.id, text)
    visit.desk.hub.tell(given)
    return redirect(f"/desk/conversations/{given}", status=303)


@routes.post("/conversations/<given:str>/labels", Access.COORDINATOR, deed="label")
async def do_label(visit: Visit, given: str) -> HTTPResponse:
    """Put a label on, or take one off."""
    visit.deed_of, label = check_id(given), visit.field("label", most=40).lower()
    if not label:
        raise RefusedError("Name the label.")
    visit.deed_detail = label
    act = remove_label if visit.field("remove") else set_label_on
    more: dict[str, Any] = {} if act is remove_label else {"by": visit.who.id}
    await visit.desk.records.write(act, visit.desk.database, given, label, **more)
    return redirect(f"/desk/conversations/{given}", status=303)


@routes.post("/conversations/<given:str>/unmask", Access.COORDINATOR)
async def do_unmask(visit: Visit, given: str) -> HTTPResponse:
    """Show personal data for a while; who, what and why are logged."""
    reason = visit.field("reason", most=200)
    await visit.desk.records.write(unmask, visit.desk.database, check_id(given), visit.who.id, reason, address=visit.address)
    return redirect(f"/desk/conversations/{given}", status=303)


@routes.post("/conversations/<given:str>/hold", Access.SUPERVISOR, deed="legal hold")
async def do_hold(visit: Visit, given: str) -> HTTPResponse:
    """Keep a conversation whatever its age, or no longer."""
    visit.deed_of = check_id(given)
    records, database = visit.desk.records, visit.desk.database
    if visit.field("lift"):
        visit.deed_detail = "lifted"
        await records.write(lift_hold, database, given)
    else:
        visit.deed_detail = visit.field("reason", most=200)
        await records.write(set_hold, database, given, visit.deed_detail, by=visit.who.id)
    return redirect(f"/desk/conversations/{given}", status=303)


@routes.post("/cases/<number:str>/assign", Access.COORDINATOR, deed="assign case")
async def do_assign(visit: Visit, number: str) -> HTTPResponse:
    """Take a case, or give it back to all."""
    case_id, to = _number(number), None if visit.field("nobody") else visit.who.id
    visit.deed_of = number
    contact = await visit.desk.records.read(find_contact, visit.desk.database, case_id)
    await visit.desk.records.write(assign, visit.desk.database, case_id, to, by=visit.who.id)
    return redirect(f"/desk/conversations/{contact['conversation_id']}", status=303)


@routes.post("/cases/<number:str>/close", Access.COORDINATOR, deed="close case")
async def do_close(visit: Visit, number: str) -> HTTPResponse:
    """Close a case with its outcome; a conversation that one holds oneself goes back to the assistant."""
    case_id, outcome = _number(number), visit.field("outcome", most=32)
    visit.deed_of, visit.deed_detail = number, outcome
    records, database = visit.desk.records, visit.desk.database
    contact = await records.read(find_contact, database, case_id)
    conversation_id = str(contact["conversation_id"])
    await records.write(close_case, database, case_id, outcome, by=visit.who.id)
    row = await records.read(find_conversation, database, conversation_id)
    if row.holder == "coordinator" and row.coordinator == visit.who.id:
        words = visit.desk.words["closed"].format(name=visit.who.name)
        await records.write(hand_back, database, conversation_id, visit.who.id, words=words)
        await _said(visit, conversation_id)
    return redirect(f"/desk/conversations/{conversation_id}", status=303)


@routes.post("/cases/<number:str>/reopen", Access.COORDINATOR, deed="reopen case")
async def do_reopen(visit: Visit, number: str) -> HTTPResponse:
    """Open a closed case again, for oneself."""
    case_id = _number(number)
    visit.deed_of = number
    contact = await visit.desk.records.read(find_contact, visit.desk.database, case_id)
    await visit.desk.records.write(reopen_case, visit.desk.database, case_id, by=visit.who.id)
    return redirect(f"/desk/conversations/{contact['conversation_id']}", status=303)
