"""Encrypt contact details where they lie: AES-128-CBC with HMAC-SHA256 (Fernet); find equal ones by a keyed fingerprint.

The first key seals; the others only open, so that keys can be changed without a stop.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from conversations.errors import SealError

_MARK = "sealed:"


class Cipher:
    """Seals and opens texts."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Make a cipher.

        Args:
            keys: Fernet keys, the one that seals first.

        Raises:
            SealError: If there is none, or one is no key.
        """
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
            self._finger = hashlib.sha256(b"fingerprint" + base64.urlsafe_b64decode(keys[-1])).digest()
        except (ValueError, IndexError) as error:
            raise SealError("CONTACT_KEY holds no key. Make one with `make contactkey`, or leave it empty.") from error

    def seal(self, text: str) -> str:
        """A text, encrypted; twice the same text gives two different ones."""
        return _MARK + self._fernet.encrypt(text.encode()).decode()

    def open(self, text: str) -> str:
        """What was sealed; a text that was not is returned as it is.

        Raises:
            SealError: If it was sealed with another key.
        """
        if not text.startswith(_MARK):
            return text
        try:
            return self._fernet.decrypt(text.removeprefix(_MARK).encode()).decode()
        except InvalidToken as error:
            raise SealError("Contact details were sealed with another key. Add the old one to CONTACT_KEY.") from error

    def fingerprint(self, text: str) -> str:
        """Equal texts have equal fingerprints, of which nobody without the key can tell the text."""
        return hmac.new(self._finger, text.strip().lower().encode(), hashlib.sha256).hexdigest()


def make_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode()


def read_or_make_key(path: Path) -> str:
    """The key of a file that only its owner may read; made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make_key())
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
