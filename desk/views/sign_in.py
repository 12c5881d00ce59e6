"""Sign in: password, then one-time code; the first time the second factor is set up. Sign out."""

from __future__ import annotations

import asyncio
import io
import secrets

import segno
from sanic.response import HTTPResponse, raw, redirect

from conversations.accounts import (
    Stage,
    begin_session,
    change_coordinator,
    count_try,
    end_session,
    find_secrets,
    forget_tries,
    take_code,
    write_deed,
)
from desk.access import Access, Routes, Visit, cookie_name, is_secure, set_cookie
from desk.passwords import check_password, describe_secret, find_step, make_secret

routes = Routes()
WRONG = "Account or password is wrong, or there were too many tries. Wait a few minutes if you are sure of them."
WRONG_CODE = "That code is wrong or was used already. Wait for the next one; after some tries you have to wait longer."
# Guesses from one address and for one account, in how many seconds.
PER_ADDRESS, PER_ACCOUNT = (5, 300.0), (10, 900.0)


def _form(visit: Visit, *, said: str = "", status: int = 200) -> HTTPResponse:
    """The form, with a token of its own, since there is no session yet."""
    token = visit.request.cookies.get("desk-form") or secrets.token_urlsafe(24)
    visit.more["form_token"] = token
    page = visit.page("sign_in.html", status=status, said=said)
    page.add_cookie(
        "desk-form", token, path="/desk", httponly=True, samesite="Strict", secure=is_secure(visit.desk), host_prefix=False
    )
    return page


@routes.get("/sign-in", Access.EVERYONE)
async def show_sign_in(visit: Visit) -> HTTPResponse:
    """The form, or the inbox for who is signed in."""
    if visit.session is not None and visit.session.stage is Stage.FULL:
        return redirect("/desk")
    return _form(visit)


@routes.post("/sign-in", Access.EVERYONE)
async def sign_in(visit: Visit) -> HTTPResponse:
    """Check the password: the same work, words and time whether the account exists or not."""
    account, password = visit.field("account", most=64).lower(), visit.raw("password")[:200]
    records, database = visit.desk.records, visit.desk.database
    limits = [(f"address:{visit.address}", *PER_ADDRESS), (f"account:{account}", *PER_ACCOUNT)]
    allowed = await records.write(count_try, database, limits)
    kept = await records.read(find_secrets, database, account)
    right = await asyncio.to_thread(check_password, password, kept.password_hash if kept else None)
    if not allowed or not right:
        await records.write(write_deed, database, account or "-", "sign-in refused", address=visit.address)
        return _form(visit, said=WRONG, status=403)
    old = visit.session.id_hash if visit.session else None
    cookie = await records.write(begin_session, database, account, Stage.PASSWORD, instead_of=old)
    answer = redirect("/desk/second-factor", status=303)
    set_cookie(visit.desk, answer, cookie)
    return answer


@routes.get("/second-factor", Access.HALF)
async def show_second_factor(visit: Visit) -> HTTPResponse:
    """Ask for the code, or set the second factor up."""
    assert visit.session is not None
    if visit.session.stage is Stage.FULL:
        return redirect("/desk")
    return await _ask_code(visit)


async def _ask_code(visit: Visit, *, said: str = "", status: int = 200) -> HTTPResponse:
    if visit.who.has_factor:
        return visit.page("second_factor.html", said=said, status=status)
    secret = _pending_secret(visit)
    return visit.page("second_factor_new.html", said=said, status=status, secret=secret)


def _pending_secret(visit: Visit) -> str:
    """A secret that is not in force yet: made of the session, so that nothing has to be kept for it."""
    kept = _PENDING.setdefault(visit.session.id_hash if visit.session else "", make_secret())
    while len(_PENDING) > 200:
        _PENDING.pop(next(iter(_PENDING)))
    return kept


_PENDING: dict[str, str] = {}


@routes.get("/second-factor.svg", Access.HALF)
async def show_picture(visit: Visit) -> HTTPResponse:
    """What an authenticator app reads."""
    if visit.who.has_factor:
        return HTTPResponse(status=404)
    address = describe_secret(_pending_secret(visit), visit.who.id)
    # Colours as attributes, no style: the strict policy holds for it too.
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=2, dark="#16202c", light="#ffffff")
    return raw(picture.getvalue(), content_type="image/svg+xml")


@routes.post("/second-factor", Access.HALF)
async def give_code(visit: Visit) -> HTTPResponse:
    """Check the code and begin the session proper, under a new id."""
    assert visit.session is not None
    records, database, who = visit.desk.records, visit.desk.database, visit.who
    limits = [(f"code-address:{visit.address}", *PER_ADDRESS), (f"code:{who.id}", *PER_ACCOUNT)]
    allowed = await records.write(count_try, database, limits)
    kept = await records.read(find_secrets, database, who.id)
    secret = (kept.totp_secret if kept else None) or _pending_secret(visit)
    step = find_step(secret, visit.field("code", most=20))
    if not allowed or step is None or not await records.write(take_code, database, who.id, step):
        await visit.note("code refused")
        return await _ask_code(visit, said=WRONG_CODE, status=403)
    if not who.has_factor:
        await records.write(change_coordinator, database, who.id, totp_secret=secret)
        _PENDING.pop(visit.session.id_hash, None)
        await visit.note("second factor set up")
    cookie = await records.write(begin_session, database, who.id, Stage.FULL, instead_of=visit.session.id_hash)
    keys = [f"address:{visit.address}", f"account:{who.id}", f"code-address:{visit.address}", f"code:{who.id}"]
    await records.write(forget_tries, database, keys)
    await visit.note("signed in")
    answer = redirect("/desk/account" if who.must_change else "/desk", status=303)
    set_cookie(visit.desk, answer, cookie)
    return answer


@routes.post("/sign-out", Access.HALF, deed="signed out")
async def sign_out(visit: Visit) -> HTTPResponse:
    """End the session."""
    assert visit.session is not None
    await visit.desk.records.write(end_session, visit.desk.database, visit.session.id_hash)
    answer = redirect("/desk/sign-in", status=303)
    answer.delete_cookie(cookie_name(visit.desk), path="/")
    return answer
