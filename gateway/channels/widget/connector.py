"""The widget's routes: a session, messages, a live line, acknowledgement, feedback, a copy, erasure, cited passages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from sanic import Request
from sanic.response import HTTPResponse, text
from sanic.response import json as json_response

from conversations.errors import HeldError, StoreUnavailableError
from conversations.visitors import acknowledge, erase_visit, give_feedback, has_ended, look
from gateway.channels.base import is_local, read_json
from gateway.channels.widget.assets import add_assets
from gateway.channels.widget.lines import TYPING_FOR_S, Lines
from gateway.channels.widget.payload import (
    CHANNEL,
    read_feedback,
    read_message,
    read_number,
    read_object,
    write_event,
    write_line,
    write_state,
    write_transcript,
    write_unstored,
)
from gateway.channels.widget.session import LIFE_S, Session, Sessions, load_keys
from gateway.errors import ConflictError, NotFoundError, OriginError, SessionError, TooManyError, UnavailableError
from gateway.parts import App, Parts
from knowledge.errors import UnknownPassageError
from knowledge.passage import Knowledge, load_knowledge
from settings import Settings

Handler: TypeAlias = Callable[..., Awaitable[HTTPResponse | None]]
AT_ONCE = 200  # messages read in one go
KEEP_ALIVE_S = 15.0
LINE_LIFE_S = 3600.0
_PREFIX = "/widget/"
# Browsers ask before a page of another site may send a token or JSON.
_ASKED_BEFORE = ("session", "messages", "typing", "stream", "ack", "feedback", "erase", "transcript")


@dataclass
class Door:
    """What the routes work with."""

    settings: Settings
    sessions: Sessions
    knowledge: Knowledge

    def allow(self, request: Request) -> None:
        """Refuse pages of sites that are not in the settings. Requests without an Origin come from no foreign page.

        Raises:
            OriginError: If the page's site is not allowed.
        """
        origin = request.headers.get("origin")
        if origin is None or is_own(request, origin) or "*" in self.settings.widget_origins:
            return
        if origin not in self.settings.widget_origins:
            raise OriginError("This site may not use the widget. WIDGET_ORIGINS of the server's settings names those that may.")

    def read_session(self, request: Request) -> Session:
        """The session of a request, by its token.

        Raises:
            SessionError: If there is none, or it is forged or too old.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return self.sessions.check(token.strip() if kind.lower() == "bearer" else "")


def is_own(request: Request, origin: str) -> bool:
    """True if the page comes from this very door."""
    return urlsplit(origin).netloc == request.headers.get("host", "")


def add_widget(app: App, settings: Settings) -> None:
    """Add the routes of the channel, and the widget's files."""
    door = Door(settings, Sessions(load_keys(settings.widget_key, settings.data_dir)), load_knowledge())

    @app.before_server_start
    async def start(app: App) -> None:
        app.ctx.lines = Lines(app.ctx.parts.records)
        app.ctx.parts.listeners.append(app.ctx.lines.wake)
        app.ctx.parts.tasks.append(asyncio.create_task(app.ctx.lines.run()))

    @app.before_server_stop
    async def stop(app: App) -> None:
        app.ctx.lines.stop()

    @app.on_response  # type: ignore[untyped-decorator]
    async def share(request: Request, response: HTTPResponse) -> None:
        _share(request, response, door)

    async def preflight(request: Request) -> HTTPResponse:
        door.allow(request)
        return HTTPResponse(status=204)

    for path in _ASKED_BEFORE:
        app.add_route(preflight, _PREFIX + path, methods=["OPTIONS"], name=f"before_{path}")

    _add_talk(app, door)
    _add_line(app, door)
    _add_own_data(app, door)
    _add_passages(app, door)
    add_assets(app)


def _share(request: Request, response: HTTPResponse, door: Door) -> None:
    """Let pages of allowed sites read the answer; no cookies are ever involved."""
    if not request.path.startswith(_PREFIX):
        return
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    origin = request.headers.get("origin")
    response.headers["Vary"] = "Origin"
    if origin is None or (origin not in door.settings.widget_origins and "*" not in door.settings.widget_origins):
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    response.headers["Access-Control-Max-Age"] = "600"


def _for_visitors(door: Door, *, writes: bool = False) -> Callable[[Handler], Handler]:
    """Check origin, token and rate; hand the session to the route. Sessions that were erased may write nothing."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: Request, *args: Any, **options: Any) -> HTTPResponse | None:
            door.allow(request)
            session = door.read_session(request)
            parts: Parts = request.app.ctx.parts
            await _hold_back(request, parts, door.settings, session)
            try:
                if writes and await parts.records.read(has_ended, parts.records.database, CHANNEL, session.sender):
                    raise SessionError("This conversation was erased. Please begin a new one.", code="ended")
                return await handler(request, session, *args, **options)
            except StoreUnavailableError:
                message = "Something of ours is not working right now. Please try again in a minute."
                raise UnavailableError(message, retry_after_s=5) from None

        return checked

    return decorate


async def _hold_back(request: Request, parts: Parts, settings: Settings, session: Session | None) -> None:
    """Hold back floods. A conversation's own limit holds on loopback too, since its token is in anybody's browser.

    Raises:
        TooManyError: Saying when to try again.
    """
    keys = []
    if not is_local(request):
        keys.append((f"address:{request.remote_addr or request.ip}", settings.address_rate))
    if session is None:
        if not is_local(request):
            keys.append((f"sessions:{request.remote_addr or request.ip}", settings.widget_session_rate))
    elif request.method == "POST" and request.path == _PREFIX + "messages":
        keys.append((f"sender:{CHANNEL}:{session.sender}", settings.sender_rate))
    elif request.path not in (_PREFIX + "ack",):
        # Reading, typing, judging: several times as much as writing.
        keys.append((f"other:{CHANNEL}:{session.sender}", settings.sender_rate * 4))
    for key, per_minute in keys:
        wait_s = await parts.limiter.take(key, per_minute)
        if wait_s > 0:
            raise TooManyError("Too many messages in a short time. Please wait a little.", retry_after_s=wait_s)


def _add_talk(app: App, door: Door) -> None:
    @app.post(_PREFIX + "session")
    async def begin(request: Request) -> HTTPResponse:
        door.allow(request)
        parts: Parts = request.app.ctx.parts
        await _hold_back(request, parts, door.settings, None)
        session = door.sessions.begin()
        body = {"conversation": session.sender, "token": session.token, "ends_at": round(session.ends_at)}
        return json_response({**body, "max_chars": door.settings.max_message_chars, "attended": is_attended(parts)}, 201)

    @app.post(_PREFIX + "messages")
    @_for_visitors(door)
    async def take(request: Request, session: Session) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        incoming = read_message(read_json(request.body), session.sender, max_chars=door.settings.max_message_chars)
        try:
            ended = await parts.records.read(has_ended, parts.records.database, CHANNEL, session.sender, within_s=2)
        except StoreUnavailableError:
            ended = False  # the inbox says what holds while the record is away, and an emergency gets its help
        if ended:
            raise SessionError("This conversation was erased. Please begin a new one.", code="ended")
        answer = await parts.inbox.receive(incoming, wait_s=0)
        request.app.ctx.lines.wake()
        if answer.stored:
            return json_response({"stored": True, "repeated": answer.repeated}, 202)
        replies = [write_unstored(said) for said in answer.replies]
        return json_response({"stored": False, "messages": replies}, 503, headers={"Retry-After": "5"})

    @app.post(_PREFIX + "typing")
    @_for_visitors(door)
    async def typing(request: Request, session: Session) -> HTTPResponse:
        request.app.ctx.lines.note_typing(session.sender)
        return HTTPResponse(status=204)


def is_attended(parts: Parts) -> bool:
    """Whether a coordinator could join now; False as long as there is no desk to know."""
    ask = getattr(parts.turns, "is_attended", None)
    return bool(ask()) if ask is not None else False


def _add_line(app: App, door: Door) -> None:
    @app.get(_PREFIX + "messages")
    @_for_visitors(door)
    async def poll(request: Request, session: Session) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        after = read_number(request.args.get("after", "0"), "after")
        visit = await parts.records.read(look, parts.records.database, CHANNEL, session.sender, after=after, limit=AT_ONCE)
        lines = [write_line(line, door.knowledge) for line in visit.lines] if visit else []
        return json_response({"messages": lines, "state": write_state(visit, attended=is_attended(parts))})

    @app.get(_PREFIX + "stream")
    @_for_visitors(door)
    async def stream(request: Request, session: Session) -> None:
        after = read_number(request.args.get("after", "0"), "after")
        with request.app.ctx.lines.follow(session.sender) as feed:
            response = await request.respond(content_type="text/event-stream; charset=utf-8", headers={"X-Accel-Buffering": "no"})
            follower = _Follower(request.app.ctx.parts, door.knowledge, session.sender, after)
            ends_at = time.time() + min(LINE_LIFE_S, session.ends_at - time.time())
            while not request.app.ctx.lines.is_stopping and time.time() < ends_at:
                feed.something.clear()
                typing, feed.typing = feed.typing, False
                if typing:
                    await response.send(write_event("typing", {"for_s": TYPING_FOR_S}))
                for event in await follower.find_news():
                    await response.send(event)
                try:
                    await asyncio.wait_for(feed.something.wait(), KEEP_ALIVE_S)
                except asyncio.TimeoutError:
                    await response.send(": still here\n\n")
            await response.send(write_event("bye", {}))
            await response.eof()

    @app.post(_PREFIX + "ack")
    @_for_visitors(door)
    async def ack(request: Request, session: Session) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        up_to = read_number(read_object(read_json(request.body)).get("id"), "id")
        await parts.records.write(acknowledge, parts.records.database, CHANNEL, session.sender, up_to=up_to)
        return HTTPResponse(status=204)


class _Follower:
    """Where one line has got to."""

    def __init__(self, parts: Parts, knowledge: Knowledge, sender: str, after: int) -> None:
        self._parts, self._knowledge, self._sender, self._after = parts, knowledge, sender, after
        self._state: dict[str, Any] | None = None

    async def find_news(self) -> list[str]:
        """Events for what is new since the last time, state last; none while the record is away."""
        parts = self._parts
        events: list[str] = []
        while True:
            try:
                database = parts.records.database
                visit = await parts.records.read(look, database, CHANNEL, self._sender, after=self._after, limit=AT_ONCE)
            except StoreUnavailableError:
                return events
            lines = visit.lines if visit else ()
            for line in lines:
                self._after = line.id
                events.append(write_event("message", write_line(line, self._knowledge), message_id=line.id))
            if len(lines) == AT_ONCE:
                continue
            state = write_state(visit, attended=is_attended(parts))
            if state != self._state:
                self._state = state
                events.append(write_event("state", state))
            return events


def _add_own_data(app: App, door: Door) -> None:
    @app.post(_PREFIX + "feedback")
    @_for_visitors(door, writes=True)
    async def judge(request: Request, session: Session) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        message_id, thumb, comment = read_feedback(read_json(request.body))
        kept = await parts.records.write(
            give_feedback, parts.records.database, CHANNEL, session.sender, message_id, thumb=thumb, comment=comment
        )
        if not kept:
            raise NotFoundError("There is no such message in this conversation.")
        return HTTPResponse(status=204)

    @app.post(_PREFIX + "erase")
    @_for_visitors(door)
    async def erase(request: Request, session: Session) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        life = timedelta(seconds=LIFE_S)
        try:
            n_messages = await parts.records.write(
                erase_visit, parts.records.database, CHANNEL, session.sender, remembered_for=life
            )
        except HeldError:
            raise ConflictError("This conversation must be kept for now; please ask a coordinator.") from None
        await parts.records.make_durable()
        return json_response({"erased": n_messages})

    @app.get(_PREFIX + "transcript")
    @_for_visitors(door)
    async def transcript(request: Request, session: Session) -> HTTPResponse:
        parts: Parts = request.app.ctx.parts
        lines, after = [], 0
        while True:
            visit = await parts.records.read(look, parts.records.database, CHANNEL, session.sender, after=after, limit=AT_ONCE)
            lines += list(visit.lines) if visit else []
            if visit is None or len(visit.lines) < AT_ONCE:
                break
            after = lines[-1].id
        return text(write_transcript(lines), headers={"Content-Disposition": 'attachment; filename="conversation.txt"'})


def _add_passages(app: App, door: Door) -> None:
    @app.get(_PREFIX + "passages/<passage_id:path>")
    async def passage(request: Request, passage_id: str) -> HTTPResponse:
        """A cited passage: what the source says, in our words, and where it stands."""
        door.allow(request)
        try:
            found = door.knowledge.passage(unquote(passage_id))
        except UnknownPassageError:
            raise NotFoundError("There is no such passage.") from None
        document = door.knowledge.documents[found.document_id]
        body = {
            "id": found.id,
            "title": found.title,
            "text": found.text,
            "document": document.title,
            "publisher": document.publisher,
            "heading": door.knowledge.section_of(found).heading,
            "lines": list(found.lines),
            "read_on": str(document.read_on),
        }
        return json_response(body, headers={"Cache-Control": "public, max-age=3600"})
