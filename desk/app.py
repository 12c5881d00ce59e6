"""Add the desk to an app of the public door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, file

from desk.access import Access, Route, Routes, Rule, guard, protect
from desk.parts import Desk
from desk.views import (
    account,
    administration,
    analytics,
    audit,
    conversation,
    inbox,
    live,
    privacy,
    review,
    sign_in,
    transcripts,
)

PREFIX = "/desk"
PAGES = (sign_in, account, inbox, conversation, transcripts, review, analytics, administration, audit, privacy, live)
_STATIC = Path(__file__).resolve().parent / "static"
_A_YEAR = "public, max-age=31536000, immutable"


def add_desk(app: Sanic[Any, Any]) -> None:
    """Add all pages; the parts are looked for in `app.ctx.desk` when a request comes."""
    for route in list_routes():
        name = f"desk.{route.handler.__module__.rsplit('.', 1)[1]}.{route.handler.__name__}"
        app.add_route(guard(_desk_of, route), PREFIX + route.path, methods=[route.method], name=name)
    names = {path.name for path in _STATIC.iterdir() if path.suffix in (".js", ".css", ".svg", ".wav")}

    async def static(request: Request, name: str) -> HTTPResponse:
        """A file of the pages; its address changes with its content."""
        if name not in names:
            return protect(HTTPResponse(status=404))
        return await file(_STATIC / name, headers={"Cache-Control": _A_YEAR})

    static.rule = Rule(Access.EVERYONE, passive=True)  # type: ignore[attr-defined]
    app.add_route(static, f"{PREFIX}/static/<name:str>", methods=["GET"], name="desk.static")


def list_routes() -> list[Route]:
    """All routes with their rules."""
    return [route for page in PAGES for route in _routes(page).all]


def _routes(page: Any) -> Routes:
    routes: Routes = page.routes
    return routes


def _desk_of(request: Request) -> Desk:
    desk: Desk = request.app.ctx.desk
    return desk
