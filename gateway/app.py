"""The app of the public door: routes, limits, headers, errors."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, html
from sanic.response import json as json_response

from gateway.assistant import AssistantClient
from gateway.channels.rest.payload import Incoming, read_message
from gateway.errors import AssistantUnavailableError, BadRequestError, ForbiddenError, GatewayError
from gateway.readiness import Readiness
from safety.emergency import load_safety
from settings import Settings

logger = logging.getLogger("gateway")
_FOLDER = Path(__file__).resolve().parent
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
}


def load_replies() -> Mapping[str, str]:
    """What the door itself says, by name."""
    replies: Mapping[str, str] = yaml.safe_load((_FOLDER / "replies.yml").read_text(encoding="utf-8"))
    return replies


def create_app(settings: Settings, *, client: httpx.AsyncClient | None = None, name: str = "gateway") -> Sanic[Any, Any]:
    """Make the app.

    Args:
        settings: Ports, limits, secrets.
        client: HTTP client for the assistant; made at start-up if None.
        name: Sanic's name of the app; unique in a process.
    """
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = settings.max_body_bytes
    app.config.REQUEST_TIMEOUT = 15
    app.config.RESPONSE_TIMEOUT = settings.turn_timeout_s + 10
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.MOTD = False
    replies = load_replies()
    load_safety()  # a damaged rule stops the start, not a visitor's message

    @app.before_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        own = client or httpx.AsyncClient(limits=httpx.Limits(max_connections=100), trust_env=False)
        app.ctx.client = own
        app.ctx.assistant = AssistantClient(
            own,
            rasa_url=settings.rasa_url,
            actions_url=settings.actions_url,
            token=settings.assistant_token,
            timeout_s=settings.turn_timeout_s,
        )
        app.ctx.readiness = Readiness(app.ctx.assistant)

    @app.after_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        await app.ctx.client.aclose()

    @app.on_response  # type: ignore[untyped-decorator]
    async def add_headers(request: Request, response: HTTPResponse) -> None:
        for header, value in _HEADERS.items():
            response.headers.setdefault(header, value)

    @app.exception(Exception)
    async def show_error(request: Request, error: Exception) -> HTTPResponse:
        return error_response(error)

    @app.get("/healthz")
    async def healthz(request: Request) -> HTTPResponse:
        missing = await request.app.ctx.readiness.find_missing()
        return json_response({"ready": not missing, "missing": missing}, 503 if missing else 200)

    @app.get("/livez")
    async def livez(request: Request) -> HTTPResponse:
        return json_response({"alive": True})

    @app.get("/")
    async def index(request: Request) -> HTTPResponse:
        page = (_FOLDER / "pages" / "index.html").read_text(encoding="utf-8")
        return html(page.replace("{port}", str(settings.port)))

    app.static("/style.css", _FOLDER / "pages" / "style.css", name="style")

    @app.post("/webhooks/rest/webhook")
    async def rest(request: Request) -> HTTPResponse:
        check_caller(request, settings)
        incoming = read_message(read_json(request))
        began = time.monotonic()
        messages = await answer(incoming, request.app.ctx.assistant, settings, replies)
        kind = (messages[-1].get("custom") or {}).get("kind")
        if kind == "unavailable":
            request.app.ctx.readiness.forget()
        logger.info(
            "turn message=%s channel=rest kind=%s ms=%.0f", incoming.message_id[:40], kind, (time.monotonic() - began) * 1e3
        )
        return json_response(messages)

    return app


def check_caller(request: Request, settings: Settings) -> None:
    """Loopback callers need no key; all others need the one of the settings.

    Raises:
        ForbiddenError: If the key is missing or wrong, or none is set.
    """
    if request.ip in ("127.0.0.1", "::1") and "x-forwarded-for" not in request.headers and "forwarded" not in request.headers:
        return
    given = request.headers.get("x-api-key", "")
    if not settings.api_key or not hmac.compare_digest(given.encode(), settings.api_key.encode()):
        raise ForbiddenError("Send the API key in the header X-API-Key; API_KEY of the server's settings names it.")


def read_json(request: Request) -> Any:
    """The body as JSON.

    Raises:
        BadRequestError: If it is not JSON in UTF-8.
    """
    try:
        return json.loads(request.body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadRequestError("The body is not JSON in UTF-8.") from None


_CONTEXTS: dict[str, dict[str, Any] | None] = {}


async def answer(
    incoming: Incoming, assistant: AssistantClient, settings: Settings, replies: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The reply to one message; whatever goes wrong, the visitor gets one."""
    rule = load_safety().find(incoming.text)
    if rule is not None:
        # Before anything else, and so also while the assistant is down.
        logger.warning("turn message=%s emergency rule=%s", incoming.message_id[:40], rule.id)
        return _own_reply(incoming.sender, "emergency", load_safety().reply_to(rule))
    if not incoming.text:
        return _own_reply(incoming.sender, "clarify", replies["empty"])
    if len(incoming.text) > settings.max_message_chars:
        return _own_reply(incoming.sender, "clarify", replies["too_long"].format(limit=settings.max_message_chars))
    try:
        reply = await assistant.take_turn(
            message_id=incoming.message_id,
            conversation_id=incoming.sender,
            channel="rest",
            text=incoming.text,
            context=_CONTEXTS.get(incoming.sender),
        )
        _CONTEXTS[incoming.sender] = reply.context
    except AssistantUnavailableError as error:
        logger.error("turn message=%s unanswered: %s", incoming.message_id[:40], error)
        return _own_reply(incoming.sender, "unavailable", replies["unavailable"])
    return reply.messages


def _own_reply(sender: str, kind: str, text: str) -> list[dict[str, Any]]:
    return [{"recipient_id": sender, "text": text, "custom": {"kind": kind, "citations": [], "suggestions": []}}]


def error_response(error: Exception) -> HTTPResponse:
    """An error in the one JSON shape; bodies never repeat the request."""
    if isinstance(error, GatewayError):
        return json_response(error.as_data(), error.status)
    if isinstance(error, SanicException) and error.status_code < 500:
        codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 408: "timeout", 417: "expectation_failed"}
        message = {
            404: "No such page. The REST channel is POST /webhooks/rest/webhook.",
            405: "This path takes another method.",
            413: "The body is too large.",
        }.get(error.status_code, "The request could not be read.")
        return json_response(
            {"error": {"code": codes.get(error.status_code, "bad_request"), "message": message}}, error.status_code
        )
    logger.error("request failed: %s", type(error).__name__, exc_info=error)
    return json_response({"error": {"code": "internal", "message": "Something of ours failed. Please try again."}}, 500)
