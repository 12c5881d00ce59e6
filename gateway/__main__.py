"""Run the gateway: `python -m gateway`."""

from __future__ import annotations

import logging
import sys

from gateway.app import create_app
from settings import SettingError, load_settings


def main() -> int:
    """Serve on loopback until SIGTERM."""
    try:
        settings = load_settings()
    except SettingError as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stdout)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines say nothing that ours do not
    create_app(settings).run("127.0.0.1", settings.port, single_process=True, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
