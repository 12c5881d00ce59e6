"""All conversations: search, filters, export, one as a printable page."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from urllib.parse import urlencode

from sanic.response import HTTPResponse, raw, redirect

from conversations.dossier import find_conversation, read_lines
from conversations.personal import mask
from conversations.search import (
    MARKS,
    Wanted,
    export_messages,
    find_conversations,
    list_channels,
    list_topics,
    mark_reviewed,
)
from conversations.worklist import list_cases_of
from desk.access import Access, Routes, Visit
from desk.render import KINDS
from desk.views.conversation import check_id, find_names, masker, may_see

routes = Routes()
PAGE = 50
MARK_NAMES = {
    "handed_over": "Handed over",
    "emergency": "Emergency",
    "unanswered": "Unanswered",
    "thumbs_down": "Thumbs down",
    "reviewed": "Reviewed",
    "not_reviewed": "Not reviewed",
}
COLUMNS = ("conversation_id", "position", "channel", "said_at", "author", "text", "kind", "intent", "confidence", "citations")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def read_wanted(visit: Visit) -> Wanted:
    """What the address asks for; what it does not know it leaves out."""
    marks = tuple(mark for mark in visit.request.args.getlist("mark", []) if mark in MARKS)
    kind = visit.asked("kind", most=32)
    return Wanted(
        visit.asked("q"),
        _day(visit.asked("since")),
        _day(visit.asked("until")),
        visit.asked("channel", most=32),
        visit.asked("topic", most=64),
        kind if kind in KINDS else "",
        marks,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_query(wanted: Wanted) -> str:
    """The same, as the address has it."""
    pairs = [("q", wanted.words), ("since", wanted.since), ("until", wanted.until), ("channel", wanted.channel)]
    pairs += [("topic", wanted.topic), ("kind", wanted.kind), *(("mark", mark) for mark in wanted.marks)]
    return urlencode([(name, str(value)) for name, value in pairs if value])


@routes.get("/transcripts", Access.COORDINATOR)
async def show_transcripts(visit: Visit) -> HTTPResponse:
    """The list."""
    read, database, wanted = visit.desk.records.read, visit.desk.database, read_wanted(visit)
    try:
        before = datetime.fromisoformat(visit.asked("before", most=40)) if visit.asked("before") else None
    except ValueError:
        before = None
    if before is not None and before.tzinfo is None:
        before = None
    found = await read(find_conversations, database, wanted, limit=PAGE + 1, before=before)
    return visit.page(
        "transcripts.html",
        found=found[:PAGE],
        next_before=found[PAGE - 1].last_at.isoformat() if len(found) > PAGE else "",
        wanted=wanted,
        query=as_query(wanted),
        mask=mask,
        marks=MARK_NAMES,
        topics=await read(list_topics, database),
        channels=await read(list_channels, database),
    )


@routes.get("/transcripts/export", Access.SUPERVISOR, deed="export transcripts")
async def export(visit: Visit) -> HTTPResponse:
    """What is filtered, as CSV or JSON, personal data taken out."""
    wanted, form = read_wanted(visit), visit.asked("form", most=8)
    visit.deed_detail = as_query(wanted) if not wanted.words else "with words"
    rows = await visit.desk.records.read(lambda: list(export_messages(visit.desk.database, wanted)), within_s=120)
    for row in rows:
        if row["author"] in ("visitor", "coordinator"):
            row["text"] = mask(row["text"])
    if form == "json":
        body, kind = json.dumps(rows, ensure_ascii=False, indent=1), "application/json"
    else:
        form, body, kind = "csv", as_csv(rows), "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="transcripts.{form}"'}
    return raw(body.encode(), content_type=kind, headers=headers)


def as_csv(rows: list[dict[str, object]]) -> str:
    """Rows as CSV of which no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([guard_cell(row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue()


def guard_cell(value: object) -> str:
    """A cell that a spreadsheet takes as text: OWASP ASVS 1.2.10."""
    text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


@routes.get("/transcripts/<given:str>/print", Access.COORDINATOR, deed="print transcript")
async def show_print(visit: Visit, given: str) -> HTTPResponse:
    """One transcript for paper."""
    visit.deed_of = check_id(given)
    read, database = visit.desk.records.read, visit.desk.database
    row = await read(find_conversation, database, given)
    cases = await read(list_cases_of, database, given)
    masked = not await may_see(visit, given, row, cases)
    lines = await read(read_lines, database, given)
    names = await find_names(visit, given, cases)
    show = masker(names, masked=masked)
    return visit.page("print.html", row=row, lines=lines, masked=masked, show=show, conversation_id=given)


@routes.post("/transcripts/<given:str>/reviewed", Access.COORDINATOR, deed="mark reviewed")
async def do_review(visit: Visit, given: str) -> HTTPResponse:
    """Note that one has read it through."""
    visit.deed_of = check_id(given)
    await visit.desk.records.write(mark_reviewed, visit.desk.database, given, by=visit.who.id)
    return redirect(f"/desk/conversations/{given}", status=303)
