"""Run the gateway: `python -m gateway`."""

from __future__ import annotations

import sys

from gateway.app import create_app
from gateway.logs import configure_logs
from gateway.only_one import AlreadyOpenError, hold_record
from gateway.protocol import DoorProtocol
from settings import SettingError, load_settings


def main() -> int:
    """Serve on loopback until SIGTERM."""
    try:
        settings = load_settings()
        held = hold_record(settings.record_url)
    except (SettingError, AlreadyOpenError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    configure_logs(settings.log_level)
    with held:
        create_app(settings).run(
            "127.0.0.1", settings.port, protocol=DoorProtocol, single_process=True, access_log=False, motd=False
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
