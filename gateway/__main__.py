"""Run the gateway: `python -m gateway`."""

from __future__ import annotations

import sys

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
        make_app(settings).run(
            "127.0.0.1", settings.port, protocol=DoorProtocol, single_process=True, access_log=False, motd=False
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
