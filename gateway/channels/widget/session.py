"""Sessions of visitors: a conversation's id that nobody can guess, and a signed token that proves it; nothing is stored.

The token holds the id and the time of its making. It is good for 7 days from then, whatever happens, and cannot be renewed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from gateway.errors import SessionError

LIFE_S = 7 * 24 * 3600
ID_BYTES = 16  # 128 bits
MAX_TOKEN_CHARS = 200


@dataclass(frozen=True)
class Session:
    """A visitor's proof: id of the conversation, the token, and when it ends in seconds since 1970."""

    sender: str
    token: str
    ends_at: float


class Sessions:
    """Makes and checks tokens."""

    def __init__(self, keys: list[str]) -> None:
        # The library signs with the last key and accepts all of them.
        self._signer = TimestampSigner(list(reversed(keys)), salt="widget-session", digest_method=hashlib.sha256)

    def begin(self) -> Session:
        """Make a session."""
        sender = secrets.token_hex(ID_BYTES)
        return self._session(sender, self._signer.sign(sender).decode())

    def check(self, token: str) -> Session:
        """Read a token.

        Raises:
            SessionError: If it is not one of ours, or too old.
        """
        if len(token) <= MAX_TOKEN_CHARS and token.isascii():
            try:
                sender, made_at = self._signer.unsign(token, max_age=LIFE_S, return_timestamp=True)
            except SignatureExpired:
                raise SessionError("This conversation is older than 7 days. Please begin a new one.", code="expired") from None
            except BadSignature:
                pass
            else:
                return Session(sender.decode(), token, made_at.timestamp() + LIFE_S)
        raise SessionError("Send the token of a session: POST /widget/session makes one.")

    def _session(self, sender: str, token: str) -> Session:
        return Session(sender, token, time.time() + LIFE_S)


def load_keys(given: str, data_dir: Path) -> list[str]:
    """The keys of the settings, or the one that is made at the first start and kept in the data folder."""
    keys = [key.strip() for key in given.split(",") if key.strip()]
    if keys:
        return keys
    path = data_dir / "widget.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return [path.read_text(encoding="ascii").strip()]
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return [path.read_text(encoding="ascii").strip()]
