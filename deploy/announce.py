"""Say in one line each what is ready and where, and when something stops answering or comes back."""

from __future__ import annotations

import signal
import sys
import time

import httpx

from settings import Settings, load_settings

POLL_S = 1.0


def make_client(settings: Settings) -> httpx.Client:
    """A client of the gateway: one for all polls, since to make one takes longer than everything else that runs in a second.

    Each poll has a connection of its own, so that none goes to a gateway that is no more.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=60, trust_env=False, limits=limits)


def ask_missing(client: httpx.Client) -> frozenset[str]:
    """Names of what is not ready, as the gateway's /healthz says."""
    try:
        answer = client.get("/healthz")
        return frozenset(answer.json()["missing"])
    except (httpx.HTTPError, ValueError, KeyError):
        return frozenset({"gateway", "record", "rasa", "actions", "model"})


def main() -> int:
    """Poll until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = load_settings()
    places = {
        "actions": f"action server      http://127.0.0.1:{settings.actions_port} (inside the Rasa server)",
        "rasa": f"Rasa server        http://127.0.0.1:{settings.rasa_port} (the public door only)",
        "gateway": f"public door        http://127.0.0.1:{settings.port}",
        "record": f"record             {'PostgreSQL' if settings.database_url.startswith('postgresql') else 'SQLite'}",
        "model": f"model              has answered its test questions; ask with `make chat PORT={settings.port}`",
    }
    client = make_client(settings)
    known: frozenset[str] = frozenset(places)
    while True:
        missing = ask_missing(client)
        for name in places:
            if name in known and name not in missing:
                print(f"ready: {places[name]}", flush=True)
            elif name in missing and name not in known:
                print(f"not ready: {name} does not answer; it is being restarted", flush=True)
        known = missing
        time.sleep(POLL_S)


if __name__ == "__main__":
    sys.exit(main())
