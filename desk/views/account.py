"""One's own account: password, presence."""

from __future__ import annotations

import asyncio

from sanic.response import HTTPResponse, redirect

from conversations.accounts import Stage, begin_session, change_coordinator, find_secrets
from desk.access import Access, Routes, Visit, set_cookie
from desk.passwords import check_password, find_weakness, hash_password

routes = Routes()


@routes.get("/account", Access.COORDINATOR)
async def show_account(visit: Visit) -> HTTPResponse:
    """The page."""
    return visit.page("account.html", said="")


@routes.post("/account/password", Access.COORDINATOR)
async def change_password(visit: Visit) -> HTTPResponse:
    """A new password ends all other sessions and gives this one a new id."""
    old, new, again = (visit.raw(name)[:200] for name in ("old", "new", "again"))
    records, database, who = visit.desk.records, visit.desk.database, visit.who
    kept = await records.read(find_secrets, database, who.id)
    if not await asyncio.to_thread(check_password, old, kept.password_hash if kept else None):
        return visit.page("account.html", said="The present password is wrong.", status=403)
    problem = "The two new passwords differ." if new != again else find_weakness(new, account=who.id, name=who.name)
    if problem is None and new == old:
        problem = "Take another password than before."
    if problem is not None:
        return visit.page("account.html", said=problem, status=400)
    hashed = await asyncio.to_thread(hash_password, new)
    await records.write(change_coordinator, database, who.id, end_sessions=True, password_hash=hashed, must_change=False)
    cookie = await records.write(begin_session, database, who.id, Stage.FULL)
    await visit.note("password changed")
    answer = redirect("/desk", status=303)
    set_cookie(visit.desk, answer, cookie)
    return answer


@routes.post("/account/presence", Access.COORDINATOR)
async def change_presence(visit: Visit) -> HTTPResponse:
    """Take live conversations, or none for now."""
    available = visit.field("available") == "yes"
    await visit.desk.records.write(change_coordinator, visit.desk.database, visit.who.id, available=available)
    return redirect("/desk", status=303)
