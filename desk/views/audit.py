"""The audit log: who saw and did what."""

from __future__ import annotations

from sanic.response import HTTPResponse

from conversations.accounts import list_coordinators, list_deeds
from desk.access import Access, Routes, Visit

routes = Routes()
PAGE = 100


@routes.get("/audit", Access.SUPERVISOR, deed="read audit log")
async def show_audit(visit: Visit) -> HTTPResponse:
    """The log, newest first."""
    before, of, action = visit.asked("before", most=18), visit.asked("coordinator", most=64), visit.asked("action", most=48)
    last = int(before) if before.isascii() and before.isdigit() else None
    read, database = visit.desk.records.read, visit.desk.database
    deeds = await read(list_deeds, database, coordinator=of, action=action, before=last, limit=PAGE + 1)
    return visit.page(
        "audit.html",
        deeds=deeds[:PAGE],
        more=deeds[PAGE - 1].id if len(deeds) > PAGE else None,
        people=await read(list_coordinators, database),
        of=of,
        action=action,
    )
