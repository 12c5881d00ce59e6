"""Administration: coordinators and roles, business hours, canned replies, retention."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from sanic.response import HTTPResponse, redirect

from conversations.accounts import Role, add_coordinator, change_coordinator, list_coordinators
from conversations.errors import NotFoundError, RefusedError
from conversations.preferences import drop_canned, keep_canned, list_canned, read_preferences, write_preference
from conversations.privacy import find_old
from desk.access import Access, Routes, Visit
from desk.hours import HoursError, read_hours
from desk.passwords import hash_password, make_password

routes = Routes()
_ACCOUNT = re.compile("[a-z][a-z0-9._-]{1,31}")


@routes.get("/administration", Access.SUPERVISOR)
async def show_administration(visit: Visit) -> HTTPResponse:
    """The page."""
    return await _page(visit)


async def _page(visit: Visit, *, made: tuple[str, str] | None = None) -> HTTPResponse:
    read, database, settings = visit.desk.records.read, visit.desk.database, visit.desk.settings
    kept = await read(read_preferences, database)
    days = int(kept.get("retention_days", settings.retention_days))
    return visit.page(
        "administration.html",
        people=await read(list_coordinators, database),
        canned=await read(list_canned, database),
        hours=kept.get("opening_hours", settings.opening_hours),
        time_zone=kept.get("time_zone", settings.time_zone),
        days=days,
        due=len(await read(find_old, database, days=days)) if days else 0,
        made=made,
        roles=list(Role),
    )


@routes.post("/administration/coordinators", Access.SUPERVISOR, deed="add coordinator")
async def do_add(visit: Visit) -> HTTPResponse:
    """Make an account; its first password is shown once, and must be changed."""
    account, name, role = visit.field("account", most=32).lower(), visit.field("name", most=100), visit.field("role", most=16)
    if not _ACCOUNT.fullmatch(account):
        raise RefusedError("An account is 2 to 32 small letters, digits, dots or dashes, and begins with a letter.")
    if not name or role not in {one.value for one in Role}:
        raise RefusedError("Give a name and a role.")
    visit.deed_of, visit.deed_detail = account, role
    password = make_password()
    hashed = await asyncio.to_thread(hash_password, password)
    await visit.desk.records.write(add_coordinator, visit.desk.database, account, name, Role(role), hashed)
    return await _page(visit, made=(account, password))


@routes.post("/administration/coordinators/<account:str>", Access.SUPERVISOR, deed="change coordinator")
async def do_change(visit: Visit, account: str) -> HTTPResponse:
    """Another role, a new start, or the end of an account. Whatever it is, the account's sessions end."""
    act = visit.field("act", most=20)
    visit.deed_of, visit.deed_detail = account, act
    records, database = visit.desk.records, visit.desk.database
    if act == "reset":
        password = make_password()
        hashed = await asyncio.to_thread(hash_password, password)
        values: dict[str, Any] = {"password_hash": hashed, "must_change": True, "totp_secret": None}
        await records.write(change_coordinator, database, account, end_sessions=True, **values)
        return await _page(visit, made=(account, password))
    changes: dict[str, dict[str, Any]] = {
        "deactivate": {"active": False},
        "activate": {"active": True},
        "coordinator": {"role": "coordinator"},
        "supervisor": {"role": "supervisor"},
    }
    if act not in changes:
        raise RefusedError("Choose what to change.")
    await records.write(change_coordinator, database, account, end_sessions=True, **changes[act])
    return redirect("/desk/administration", status=303)


@routes.post("/administration/hours", Access.SUPERVISOR, deed="change hours")
async def do_hours(visit: Visit) -> HTTPResponse:
    """Set the business hours."""
    spans, zone = visit.field("hours", most=200), visit.field("time_zone", most=64)
    try:
        visit.desk.hours = read_hours(spans, zone)
    except HoursError as error:
        raise RefusedError(str(error)) from error
    visit.deed_detail = f"{spans} {zone}"
    for key, value in (("opening_hours", spans), ("time_zone", zone)):
        await visit.desk.records.write(write_preference, visit.desk.database, key, value, by=visit.who.id)
    return redirect("/desk/administration", status=303)


@routes.post("/administration/retention", Access.SUPERVISOR, deed="change retention")
async def do_retention(visit: Visit) -> HTTPResponse:
    """Set how long conversations are kept."""
    given = visit.field("days", most=5)
    if not (given.isascii() and given.isdigit()):
        raise RefusedError("Days are a whole number, 0 for no end.")
    visit.deed_detail = given
    await visit.desk.records.write(write_preference, visit.desk.database, "retention_days", int(given), by=visit.who.id)
    return redirect("/desk/administration", status=303)


@routes.post("/administration/canned", Access.SUPERVISOR, deed="change canned reply")
async def do_canned(visit: Visit) -> HTTPResponse:
    """Add, change or delete a canned reply."""
    records, database = visit.desk.records, visit.desk.database
    if drop := visit.field("drop", most=18):
        if not (drop.isascii() and drop.isdigit()):
            raise NotFoundError("There is no such canned reply.")
        visit.deed_of = drop
        await records.write(drop_canned, database, int(drop))
    else:
        visit.deed_of = visit.field("title", most=80)
        await records.write(keep_canned, database, visit.deed_of, visit.field("text", most=2000), by=visit.who.id)
    return redirect("/desk/administration#canned", status=303)
