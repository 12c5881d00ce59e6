"""The live channel: server-sent events that say what has changed; the pages then look."""

from __future__ import annotations

import asyncio

from sanic.response import HTTPResponse

from conversations.accounts import find_session, note_presence
from conversations.errors import StoreUnavailableError
from desk.access import CSP, Access, Routes, Visit, cookie_name

routes = Routes()
BEAT_S = 15.0


@routes.get("/live", Access.COORDINATOR, passive=True)
async def live(visit: Visit) -> HTTPResponse | None:
    """Stream until the browser leaves or the session ends; an open stream is what makes a coordinator present."""
    desk, request = visit.desk, visit.request
    queue = desk.hub.listen()
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    try:
        await desk.records.write(note_presence, desk.database, visit.who.id)
        if visit.who.available:
            desk.present = max(desk.present, 1)
        response = await request.respond(content_type="text/event-stream", headers=headers)
        assert response is not None
        await response.send("retry: 2000\n\nevent: changed\ndata: \n\n")
        while await _is_alive(visit):
            try:
                changed = await asyncio.wait_for(queue.get(), BEAT_S)
            except asyncio.TimeoutError:
                await desk.records.write(note_presence, desk.database, visit.who.id)
                await response.send(": beat\n\n")
                continue
            await response.send(f"event: changed\ndata: {changed}\n\n")
        await response.send("event: ended\ndata: \n\n")
        await response.eof()
    except StoreUnavailableError:
        return None  # the browser connects again
    finally:
        desk.hub.leave(queue)
    return None


async def _is_alive(visit: Visit) -> bool:
    """Whether the session still is: looked at before each word, so that a stream ends with its session."""
    cookie = visit.request.cookies.get(cookie_name(visit.desk)) or ""
    settings = visit.desk.settings
    found = await visit.desk.records.read(
        find_session, visit.desk.database, cookie, idle_s=settings.desk_idle_min * 60, life_s=settings.desk_life_h * 3600
    )
    return found is not None
