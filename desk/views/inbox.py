"""The inbox: cases by state, urgent first, narrowed by filters, kept up to date by the live channel."""

from __future__ import annotations

from typing import Any

from sanic.response import HTTPResponse

from conversations.worklist import VIEWS, Filters, count_items, list_choices, list_items
from desk.access import Access, Routes, Visit

routes = Routes()
PAGE = 50
_NAMES = {"new": "New", "mine": "Mine", "open": "All open", "closed": "Closed"}


@routes.get("", Access.COORDINATOR)
async def show_inbox(visit: Visit) -> HTTPResponse:
    """The whole page."""
    records = visit.desk.records
    choices = await records.read(list_choices, visit.desk.database)
    return visit.page("inbox.html", choices=choices, **await _list(visit))


@routes.get("/cases", Access.COORDINATOR, passive=True)
async def show_list(visit: Visit) -> HTTPResponse:
    """The list alone, for pages that look again."""
    return visit.page("_cases.html", **await _list(visit))


async def _list(visit: Visit) -> dict[str, Any]:
    view = visit.asked("view")
    view = view if view in VIEWS else "new"
    number = visit.asked("page", most=6)
    page = int(number) if number.isascii() and number.isdigit() else 0
    filters = Filters(*(visit.asked(name, most=64) for name in ("channel", "topic", "country", "language")))
    records, database = visit.desk.records, visit.desk.database
    items = await records.read(list_items, database, view, visit.who.id, filters, limit=PAGE + 1, offset=min(page, 10_000) * PAGE)
    counts = await records.read(count_items, database, visit.who.id)
    return {
        "view": view,
        "views": _NAMES,
        "items": items[:PAGE],
        "more": len(items) > PAGE,
        "page": page,
        "filters": filters,
        "counts": counts,
        "present": visit.desk.present,
        "is_open": visit.desk.opening.is_open,
    }
