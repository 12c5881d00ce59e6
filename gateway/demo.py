"""The demo site: a landing page with the widget, and the same widget under a hostile style sheet, a strict policy, and inline."""

from __future__ import annotations

from html import escape
from pathlib import Path

from sanic import Request
from sanic.response import HTTPResponse, html

from gateway.channels.widget.assets import read_manifest
from gateway.parts import App
from settings import Settings

_PAGES = Path(__file__).resolve().parent / "pages"
_OPTIONS = 'data-privacy="/demo/privacy"'
# Nothing but what the page names; no inline style or script; text cannot become script in any way.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types cart-chat"
)


def add_demo(app: App, settings: Settings) -> None:
    """Add the pages."""

    @app.get("/")
    async def index(request: Request) -> HTTPResponse:
        return _page("index.html", settings, request)

    @app.get("/demo/<name:(hostile|strict|inline|privacy)>")
    async def demo(request: Request, name: str) -> HTTPResponse:
        return _page(f"{name}.html", settings, request, policy=STRICT if name == "strict" else None)

    app.static("/style.css", _PAGES / "style.css", name="style")
    app.static("/favicon.svg", _PAGES / "favicon.svg", name="icon")
    app.static("/demo/hostile.css", _PAGES / "hostile.css", name="hostile_style")


def _page(name: str, settings: Settings, request: Request, *, policy: str | None = None) -> HTTPResponse:
    page = (_PAGES / name).read_text(encoding="utf-8")
    manifest = read_manifest()
    pinned = ""
    if manifest is not None:
        loader = manifest["loader"]
        pinned = f'<script src="/widget/assets/{loader["file"]}" integrity="{loader["integrity"]}" crossorigin="anonymous" async'
    fill = {
        "{port}": str(settings.port),
        "{pinned}": f"{pinned} {_OPTIONS}></script>" if pinned else "",
        "{shown}": escape(f"{pinned}></script>" if pinned else "The widget is not built: make widget builds it."),
        "{host}": escape(request.host),
    }
    for place, value in fill.items():
        page = page.replace(place, value)
    return html(page, headers={"Content-Security-Policy": policy} if policy else None)
