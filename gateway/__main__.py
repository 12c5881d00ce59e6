"""Run the gateway: `python -m gateway`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from functools import partial

from conversations.errors import SealError
from desk.app import add_desk
from desk.hours import HoursError, read_hours
from desk.jobs import Jobs
from desk.notices import Notifier
from desk.parts import Desk
from gateway.app import create_app
from gateway.channels.widget.payload import CHANNEL as WIDGET
from gateway.logs import configure_logs
from gateway.only_one import AlreadyOpenError, hold_record
from gateway.parts import App, Parts, make_cipher
from gateway.protocol import DoorProtocol
from knowledge.passage import load_knowledge
from settings import SettingError, Settings, load_settings

_STOPPING = (signal.SIGINT, signal.SIGTERM)


def make_app(settings: Settings, *, name: str = "gateway") -> App:
    """The public door with the desk in it. Only here do the two know of each other."""
    knowledge = load_knowledge()

    def join(app: App, parts: Parts) -> None:
        desk = Desk(parts.records, settings, knowledge, parts.wake_senders)
        app.ctx.desk = desk
        # Of this gateway's lines only: a sign that comes late or never does no harm.
        desk.show_typing = lambda channel, sender: app.ctx.lines.show_typing(sender) if channel == WIDGET else None
        parts.turns.is_attended, parts.turns.expected = desk.is_attended, desk.expected
        parts.jobs.append(Jobs(desk, Notifier(parts.records, settings)).run)

    app = create_app(settings, name=name, join=join)
    add_desk(app)
    return app


def serve(app: App, port: int) -> None:
    """Serve on loopback until SIGTERM or SIGINT.

    While Sanic starts, its port answers before it listens to signals: for some milliseconds a signal would kill the
    process in the middle of a request, be ignored, or stop an event loop that then begins to run for ever. So both
    signals are kept from it, and a thread of ours waits for them and stops the server when that can be done.
    """

    @app.before_server_start
    async def note_loop(app: App) -> None:
        app.ctx.loop = asyncio.get_running_loop()

    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)  # all threads started from here on inherit this
    threading.Thread(target=_stop_when_told, args=(app,), name="signals", daemon=True).start()
    app.run(
        "127.0.0.1",
        port,
        protocol=DoorProtocol,
        single_process=True,
        access_log=False,
        motd=False,
        register_sys_signals=False,
    )


def _stop_when_told(app: App) -> None:
    signal.sigwait(_STOPPING)
    if not hasattr(app.ctx, "loop"):
        os._exit(128 + signal.SIGTERM)  # the port is not open yet: there is nothing to finish
    while not app.state.is_running:  # set right before the event loop runs for good
        time.sleep(0.01)
    app.ctx.loop.call_soon_threadsafe(partial(app.stop, terminate=False))


def main() -> int:
    """Serve on loopback until SIGTERM."""
    try:
        settings = load_settings()
        held = hold_record(settings.record_url)
        read_hours(settings.opening_hours, settings.time_zone)
        make_cipher(settings)
    except (SettingError, AlreadyOpenError, HoursError, SealError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    configure_logs(settings.log_level)
    with held:
        serve(make_app(settings), settings.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
