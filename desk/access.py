"""Who may open which page. Every route says so, or the desk does not start.

A request is looked at in this order: session, stage of the sign-in, role, forged request, then the page. Forged requests are
told by a token of the session in every form (OWASP's Cross-Site Request Forgery Prevention Cheat Sheet) and by the browser's own
word on where a request comes from.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from sanic import Request
from sanic.response import HTTPResponse, redirect

from conversations.accounts import Coordinator, Role, Session, Stage, find_session, touch_session, write_deed
from conversations.errors import MoveRefusedError, NotFoundError, RefusedError, StoreUnavailableError
from desk.parts import Desk
from desk.render import render, render_error

logger = logging.getLogger("desk")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'none'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
TOUCH_EVERY_S = 60


class Access(Enum):
    """Who may open a page."""

    EVERYONE = "everyone"  # signing in
    HALF = "half"  # the password was right, the second factor is missing
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Rule:
    """What a route asks for.

    Attributes:
        access: Who may.
        passive: True for what a page asks by itself: it does not keep a session alive.
        deed: Written to the audit log, with the object's id, if the page succeeds.
    """

    access: Access
    passive: bool = False
    deed: str | None = None


@dataclass
class Visit:
    """One request of a signed-in coordinator, or of somebody who wants to be one."""

    request: Request
    desk: Desk
    session: Session | None
    address: str
    deed_of: str | None = None
    deed_detail: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def who(self) -> Coordinator:
        """Who is signed in; only pages that ask for a session may look."""
        assert self.session is not None
        return self.session.coordinator

    @property
    def is_supervisor(self) -> bool:
        """True for supervisors."""
        return self.session is not None and self.who.role is Role.SUPERVISOR

    @property
    def csrf(self) -> str:
        """The token that forms carry."""
        return self.session.csrf if self.session else ""

    def field(self, name: str, *, most: int = 5000) -> str:
        """A field of the form, without control characters; empty if it is not there."""
        value = self.raw(name)[:most].replace("\r\n", "\n")
        return "".join(letter for letter in value if letter.isprintable() or letter in "\n\t").strip()

    def raw(self, name: str) -> str:
        """A field of the form as it was sent; empty if it is not there."""
        form = self.request.form
        return str(form.get(name, "")) if form else ""

    def asked(self, name: str, *, most: int = 200) -> str:
        """A field of the address; empty if it is not there."""
        value = str(self.request.args.get(name, ""))[:most]
        return "".join(letter for letter in value if letter.isprintable()).strip()

    def page(self, template: str, *, status: int = 200, **context: Any) -> HTTPResponse:
        """A page made of a template."""
        return render(self, template, status=status, **context)

    async def note(self, action: str, *, of: str | None = None, detail: str | None = None) -> None:
        """Write to the audit log."""
        who = self.session.coordinator.id if self.session else "-"
        await self.desk.records.write(write_deed, self.desk.database, who, action, of=of, detail=detail, address=self.address)


Handler = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]


@dataclass(frozen=True)
class Route:
    """A route of a page, not yet part of an app."""

    path: str
    method: str
    rule: Rule
    handler: Handler


class Routes:
    """The routes of one page."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def get(self, path: str, access: Access, *, passive: bool = False, deed: str | None = None) -> Callable[[Handler], Handler]:
        """Add a page that changes nothing."""
        return self._add(path, "GET", Rule(access, passive, deed))

    def post(self, path: str, access: Access, *, deed: str | None = None) -> Callable[[Handler], Handler]:
        """Add a form's target: forged requests are refused."""
        return self._add(path, "POST", Rule(access, deed=deed))

    def _add(self, path: str, method: str, rule: Rule) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.all.append(Route(path, method, rule, handler))
            return handler

        return keep


def cookie_name(desk: Desk) -> str:
    """With TLS the browser takes the cookie from this very host only."""
    return "__Host-desk" if is_secure(desk) else "desk"


def is_secure(desk: Desk) -> bool:
    """True if the public reaches the desk through TLS."""
    return desk.settings.public_url.startswith("https://")


def set_cookie(desk: Desk, response: HTTPResponse, value: str) -> None:
    """Give the browser the session's cookie."""
    response.add_cookie(
        cookie_name(desk), value, path="/", httponly=True, samesite="Lax", secure=is_secure(desk), host_prefix=False
    )


def guard(desk_of: Callable[[Request], Desk], route: Route) -> Handler:
    """A handler that asks for what the rule of its route says."""
    rule = route.rule

    async def guarded(request: Request, **places: Any) -> HTTPResponse | None:
        desk = desk_of(request)
        visit = Visit(request, desk, None, request.remote_addr or request.ip)
        try:
            visit.session = await _find(visit)
            refusal = _refuse(visit, rule)
            if refusal is None and request.method == "POST" and is_forged(visit):
                refusal = render_error(visit, 403, "This form is out of date. Load the page again and send it once more.")
            if refusal is not None:
                return protect(refusal)
            await _touch(visit, rule)
            answer = await route.handler(visit, **places)
            if rule.deed is not None and (answer is None or answer.status < 400):
                await visit.note(rule.deed, of=visit.deed_of, detail=visit.deed_detail)
            return answer if answer is None else protect(answer)
        except NotFoundError as error:
            return protect(render_error(visit, 404, str(error)))
        except (MoveRefusedError, RefusedError) as error:
            return protect(render_error(visit, 409, str(error)))
        except StoreUnavailableError as error:
            logger.error("record not reached", extra={"reason": str(error)})
            return protect(render_error(visit, 503, "The record does not answer. Nothing was changed; try again in a minute."))

    guarded.__name__ = route.handler.__name__
    guarded.rule = rule  # type: ignore[attr-defined]
    return guarded


async def _find(visit: Visit) -> Session | None:
    cookie = visit.request.cookies.get(cookie_name(visit.desk))
    if not cookie or len(cookie) > 100:
        return None
    settings = visit.desk.settings
    return await visit.desk.records.read(
        find_session, visit.desk.database, cookie, idle_s=settings.desk_idle_min * 60, life_s=settings.desk_life_h * 3600
    )


def _refuse(visit: Visit, rule: Rule) -> HTTPResponse | None:
    """Where somebody is sent who may not open a page; None if they may."""
    session, path = visit.session, visit.request.path
    if rule.access is Access.EVERYONE:
        return None
    if session is None:
        return _send_to(visit, "/desk/sign-in")
    if session.stage is Stage.PASSWORD:
        return None if rule.access is Access.HALF else _send_to(visit, "/desk/second-factor")
    if session.coordinator.must_change and not path.startswith("/desk/account") and rule.access is not Access.HALF:
        return _send_to(visit, "/desk/account")
    if rule.access is Access.SUPERVISOR and not visit.is_supervisor:
        return render_error(visit, 403, "Only supervisors may open this page.")
    return None


def _send_to(visit: Visit, path: str) -> HTTPResponse:
    """To another page; parts of a page that a script asks for make it go there as a whole."""
    if visit.request.headers.get("hx-request"):
        return HTTPResponse(status=401, headers={"HX-Redirect": path})
    return redirect(path, status=303)


def is_forged(visit: Visit) -> bool:
    """True for a request that another site has made, or that does not carry the session's token."""
    headers = visit.request.headers
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    given = headers.get("x-csrf-token") or visit.raw("csrf")
    wanted = visit.csrf or visit.request.cookies.get("desk-form", "")
    return not wanted or not hmac.compare_digest(given.encode(), wanted.encode())


async def _touch(visit: Visit, rule: Rule) -> None:
    """Keep a session alive that is used by a person; pages that look by themselves do not count."""
    session = visit.session
    if session is None or rule.passive:
        return
    if session.seen_at < datetime.now(timezone.utc) - timedelta(seconds=TOUCH_EVERY_S):
        await visit.desk.records.write(touch_session, visit.desk.database, session.id_hash)


def protect(response: HTTPResponse) -> HTTPResponse:
    """The headers of every page of the desk."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
