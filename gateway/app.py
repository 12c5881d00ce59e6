"""The app of the public door: routes, limits, headers, errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from conversations.errors import StoreUnavailableError
from garbage import keep_what_is_loaded
from gateway.channels.base import check_caller
from gateway.channels.callback.connector import add_callback
from gateway.channels.rest.connector import add_rest
from gateway.channels.rest.payload import CHANNEL
from gateway.channels.widget.connector import add_widget
from gateway.demo import add_demo
from gateway.errors import GatewayError
from gateway.parts import App, Parts, make_parts
from safety.emergency import load_safety
from settings import Settings

logger = logging.getLogger("gateway")
_FOLDER = Path(__file__).resolve().parent
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
}
_CODES = {404: "not_found", 405: "method_not_allowed", 408: "timeout", 413: "too_large", 417: "expectation_failed"}
_SENTENCES = {
    404: "No such page. The REST channel is POST /webhooks/rest/webhook.",
    405: "This path takes another method.",
    408: "The request did not arrive in time.",
    413: "The body is too large.",
}


def load_replies() -> Mapping[str, str]:
    """What the door itself says, by name."""
    replies: Mapping[str, str] = yaml.safe_load((_FOLDER / "replies.yml").read_text(encoding="utf-8"))
    return replies


def create_app(settings: Settings, *, name: str = "gateway", join: Callable[[App, Parts], None] | None = None) -> App:
    """Make the app.

    Args:
        settings: Ports, limits, secrets.
        name: Sanic's name of the app; unique in a process.
        join: Called with the parts before they start, for what else works in this process.
    """
    app: App = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = settings.max_body_bytes
    app.config.REQUEST_MAX_HEADER_SIZE = 16 * 1024
    app.config.REQUEST_TIMEOUT = 15
    app.config.RESPONSE_TIMEOUT = settings.reply_wait_s + 15
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 2.0
    app.config.PROXIES_COUNT = settings.proxies_count or None
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.MOTD = False
    replies = load_replies()
    load_safety()  # a damaged rule stops the start, not a visitor's message

    @app.before_server_start
    async def start(app: App) -> None:
        app.ctx.parts = make_parts(settings, replies)
        if join is not None:
            join(app, app.ctx.parts)
        await app.ctx.parts.start()
        keep_what_is_loaded()

    @app.before_server_stop
    async def finish(app: App) -> None:
        await app.ctx.parts.stop()

    @app.after_server_stop
    async def close(app: App) -> None:
        await app.ctx.parts.close()

    @app.on_response  # type: ignore[untyped-decorator]
    async def add_headers(request: Request, response: HTTPResponse) -> None:
        for header, value in _HEADERS.items():
            response.headers.setdefault(header, value)

    @app.exception(Exception)
    async def show_error(request: Request, error: Exception) -> HTTPResponse:
        return error_response(error)

    add_demo(app, settings)
    _add_probes(app, settings)
    add_rest(app, settings)
    add_callback(app, settings)
    add_widget(app, settings)
    return app


def _add_probes(app: App, settings: Settings) -> None:
    @app.get("/healthz")
    async def healthz(request: Request) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        missing = ["gateway"] if parts.inbox.is_stopping else await parts.readiness.find_missing()
        return json_response({"ready": not missing, "missing": missing}, 503 if missing else 200)

    @app.get("/livez")
    async def livez(request: Request) -> HTTPResponse:
        return json_response({"alive": True})

    @app.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        check_caller(request, settings)
        parts: Parts = request.app.ctx.parts
        try:
            parts.metrics.set_backlog(await parts.records.read(parts.store.count_backlog, pulled=[CHANNEL], within_s=2))
        except StoreUnavailableError:
            parts.metrics.set_backlog(None)
        return raw(parts.metrics.as_text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def error_response(error: Exception) -> HTTPResponse:
    """An error in the one JSON shape; bodies never repeat the request."""
    if isinstance(error, GatewayError):
        return json_response(error.as_data(), error.status, headers=error.as_headers())
    if isinstance(error, StoreUnavailableError):
        logger.error("record not reached", extra={"reason": str(error)})
        message = "Something of ours is not working right now. Please try again in a minute."
        return json_response({"error": {"code": "unavailable", "message": message}}, 503, headers={"Retry-After": "5"})
    if isinstance(error, SanicException) and error.status_code < 500:
        code = _CODES.get(error.status_code, "bad_request")
        sentence = _SENTENCES.get(error.status_code, "The request could not be read.")
        return json_response({"error": {"code": code, "message": sentence}}, error.status_code)
    logger.error("request failed", exc_info=error)
    return json_response({"error": {"code": "internal", "message": "Something of ours failed. Please try again."}}, 500)
