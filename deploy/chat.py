"""Talk to the running assistant in the terminal, over the REST channel."""

from __future__ import annotations

import sys
import uuid

import httpx

from settings import load_settings


def main() -> int:
    """Read lines, print replies, until end of input."""
    settings = load_settings()
    url = f"http://127.0.0.1:{settings.port}/webhooks/rest/webhook"
    sender = f"terminal-{uuid.uuid4().hex[:8]}"
    print("Ask a question on CAR-T for lupus. Ctrl-D ends.")
    with httpx.Client(timeout=60, trust_env=False) as client:
        while True:
            try:
                text = input("\nyou> ")
            except (EOFError, KeyboardInterrupt):
                print()
                return 0
            try:
                messages = client.post(url, json={"sender": sender, "message": text}).json()
            except httpx.HTTPError:
                print(f"The assistant does not answer at {url}. Start it with `make run`.", file=sys.stderr)
                return 1
            for message in messages:
                print(message.get("text", ""))
                for button in message.get("buttons", ()):
                    print(f"  > {button['title']}")


if __name__ == "__main__":
    sys.exit(main())
