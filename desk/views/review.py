"""Review: messages that need eyes become examples for the training, once a second person has approved them."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from conversations.dossier import read_lines
from conversations.errors import NotFoundError, RefusedError
from conversations.personal import mask
from conversations.review import (
    WHYS,
    conversation_names,
    count_review,
    decide,
    find_doubt,
    judge,
    list_candidates,
    list_doubts,
    undo_verdict,
)
from desk.access import Access, Routes, Visit

routes = Routes()
PAGE = 20
WHY_NAMES = {
    "thumbs_down": "Thumbs down",
    "unanswered": "Unanswered",
    "clarified": "Clarified",
    "unsure": "Unsure",
    "failed": "Failed",
}
STATES = {"proposed": "To approve", "approved": "Approved", "rejected": "Rejected", "undone": "Undone"}


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        raise NotFoundError("There is no such message.")
    return int(given)


@routes.get("/review", Access.COORDINATOR)
async def show_queue(visit: Visit) -> HTTPResponse:
    """The queue."""
    why, before = visit.asked("why", most=20), visit.asked("before", most=18)
    why = why if why in WHYS else ""
    read, database = visit.desk.records.read, visit.desk.database
    last = _number(before) if before else None
    doubts = await read(list_doubts, database, why=why, limit=PAGE + 1, before=last)
    names = {one.conversation_id: await read(conversation_names, database, one.conversation_id) for one in doubts}
    return visit.page(
        "review.html",
        doubts=doubts[:PAGE],
        more=doubts[PAGE - 1].message_id if len(doubts) > PAGE else None,
        why=why,
        whys=WHY_NAMES,
        counts=await read(count_review, database),
        topics=visit.desk.knowledge.topics,
        sections=visit.desk.knowledge.sections,
        show=lambda doubt: mask(doubt.text, names=names[doubt.conversation_id]),
        undo=visit.asked("undo", most=18),
    )


@routes.get("/review/<given:str>/around", Access.COORDINATOR, passive=True)
async def show_around(visit: Visit, given: str) -> HTTPResponse:
    """Six messages before and three after."""
    read, database = visit.desk.records.read, visit.desk.database
    row = await read(find_doubt, database, _number(given))
    lines = await read(read_lines, database, row.conversation_id, after=max(0, row.position - 7))
    names = await read(conversation_names, database, row.conversation_id)
    return visit.page("_around.html", lines=lines[:10], of=row.id, show=lambda text: mask(text, names=names))


@routes.post("/review/<given:str>", Access.COORDINATOR, deed="review message")
async def do_judge(visit: Visit, given: str) -> HTTPResponse:
    """Keep a verdict."""
    message_id, verdict = _number(given), visit.field("verdict", most=16)
    if verdict not in ("confirmed", "corrected", "out_of_scope", "skipped"):
        raise RefusedError("Say what the message is about, or skip it.")
    visit.deed_of, visit.deed_detail = given, verdict
    read, database, knowledge = visit.desk.records.read, visit.desk.database, visit.desk.knowledge
    row = await read(find_doubt, database, message_id)
    intent, passage = row.intent, None
    if verdict == "confirmed":
        labels = (row.understanding or {}).get("labels") or [{}]
        passage = labels[0].get("label")
    if verdict == "corrected":
        passage = visit.field("passage", most=128)
        if passage not in knowledge.passages:
            raise RefusedError("Choose the passage that answers the message.")
        intent = next(
            (topic.intent for topic in knowledge.topics.values() if knowledge.passages[passage].section_id in topic.sections),
            None,
        )
    if verdict == "out_of_scope":
        intent = "out_of_scope"
    records = visit.desk.records
    await records.write(judge, database, message_id, verdict, reviewer=visit.who.id, intent=intent, passage=passage)
    return redirect(f"/desk/review?undo={message_id}", status=303)


@routes.post("/review/<given:str>/undo", Access.COORDINATOR, deed="undo review")
async def do_undo(visit: Visit, given: str) -> HTTPResponse:
    """Take a verdict back."""
    visit.deed_of = given
    await visit.desk.records.write(undo_verdict, visit.desk.database, _number(given))
    return redirect("/desk/review", status=303)


@routes.get("/review/candidates", Access.COORDINATOR)
async def show_candidates(visit: Visit) -> HTTPResponse:
    """What was learnt, and who has approved it."""
    state = visit.asked("state", most=16)
    state = state if state in STATES else "proposed"
    read, database = visit.desk.records.read, visit.desk.database
    return visit.page(
        "candidates.html",
        candidates=await read(list_candidates, database, state=state),
        state=state,
        states=STATES,
        counts=await read(count_review, database),
        passages=visit.desk.knowledge.passages,
    )


@routes.post("/review/candidates/<given:str>", Access.COORDINATOR, deed="decide on candidate")
async def do_decide(visit: Visit, given: str) -> HTTPResponse:
    """Approve, reject or undo."""
    state = visit.field("state", most=16)
    if state not in ("approved", "rejected", "undone"):
        raise RefusedError("Approve it, reject it or undo it.")
    visit.deed_of, visit.deed_detail = given, state
    await visit.desk.records.write(decide, visit.desk.database, _number(given), state, by=visit.who.id)
    back = "approved" if state == "undone" else "proposed"
    return redirect(f"/desk/review/candidates?state={back}", status=303)
