"""Data of one visitor: a copy, or erasure with a receipt."""

from __future__ import annotations

import json

from sanic.response import HTTPResponse, raw

from conversations.errors import RefusedError
from conversations.privacy import copy_visitor, erase, find_of_visitor, list_receipts
from desk.access import Access, Routes, Visit
from desk.views.conversation import check_id

routes = Routes()


@routes.get("/privacy", Access.SUPERVISOR)
async def show_receipts(visit: Visit) -> HTTPResponse:
    """What was deleted."""
    return visit.page("privacy.html", receipts=await visit.desk.records.read(list_receipts, visit.desk.database))


@routes.get("/privacy/<given:str>", Access.SUPERVISOR)
async def show_visitor(visit: Visit, given: str) -> HTTPResponse:
    """What there is of the visitor of a conversation."""
    ids = await visit.desk.records.read(find_of_visitor, visit.desk.database, check_id(given))
    found = await visit.desk.records.read(copy_visitor, visit.desk.database, ids)
    counts = {name: len(rows) for name, rows in found.items() if rows}
    return visit.page("privacy_visitor.html", ids=ids, counts=counts, conversation_id=given)


@routes.post("/privacy/<given:str>/copy", Access.SUPERVISOR, deed="copy visitor's data")
async def do_copy(visit: Visit, given: str) -> HTTPResponse:
    """Everything as JSON."""
    visit.deed_of = check_id(given)
    ids = await visit.desk.records.read(find_of_visitor, visit.desk.database, given)
    found = await visit.desk.records.read(copy_visitor, visit.desk.database, ids)
    body = json.dumps(found, ensure_ascii=False, indent=1, default=str)
    headers = {"Content-Disposition": f'attachment; filename="visitor-{given[:8]}.json"'}
    return raw(body.encode(), content_type="application/json", headers=headers)


@routes.post("/privacy/<given:str>/erase", Access.SUPERVISOR, deed="erase visitor")
async def do_erase(visit: Visit, given: str) -> HTTPResponse:
    """Erase everything; the receipt stays."""
    visit.deed_of = check_id(given)
    if visit.field("sure", most=10).lower() != "erase":
        raise RefusedError('Write "erase" into the field. This cannot be undone.')
    ids = await visit.desk.records.read(find_of_visitor, visit.desk.database, given)
    receipt = await visit.desk.records.write(erase, visit.desk.database, ids, by=visit.who.id)
    visit.deed_detail = f"receipt {receipt.id}"
    return visit.page("privacy_receipt.html", receipt=receipt)
