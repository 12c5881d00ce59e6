"""Passwords and one-time codes: argon2id as OWASP's cheat sheet sets it, TOTP as RFC 6238."""

from __future__ import annotations

import secrets
import time

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

MIN_CHARS, MAX_CHARS = 15, 128
MIN_SCORE = 3  # of 4, by zxcvbn
ISSUER = "CAR-T desk"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked for accounts that do not exist, so that they take as long as those that do.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def check_password(password: str, kept: str | None) -> bool:
    """True if it is the one; for an account that does not exist (None) the same work is done, in vain."""
    try:
        return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def find_weakness(password: str, *, account: str, name: str) -> str | None:
    """Why a new password is not taken, or None."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        return f"A password has {MIN_CHARS} to {MAX_CHARS} characters. Take four or five words that have nothing in common."
    found = zxcvbn(password, user_inputs=[account, name, "lupus", "coordinator"], max_length=MAX_CHARS)
    if found["score"] < MIN_SCORE:
        return found["feedback"]["warning"] or "That one can be guessed. Take words that have nothing to do with each other."
    return None


def make_password() -> str:
    """A password for the first sign-in."""
    return "-".join(secrets.token_hex(2) for _ in range(6))


def make_secret() -> str:
    """A new secret of the second factor."""
    return pyotp.random_base32()


def describe_secret(secret: str, account: str) -> str:
    """The address that an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def find_step(secret: str, code: str) -> int | None:
    """The time step that a code belongs to, the one before and after allowed; None if it is wrong."""
    cleaned = "".join(letter for letter in code if letter.isdigit())
    now, totp = time.time(), pyotp.TOTP(secret)
    for shift in (0, -1, 1):
        if secrets.compare_digest(totp.at(int(now) + shift * totp.interval), cleaned):
            return int(now // totp.interval) + shift
    return None
