"""Coordinators, their sessions, the count of their sign-ins, and the log of what they did."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from conversations.database import Database
from conversations.errors import NotFoundError, RefusedError
from conversations.tables import audit, coordinators, sessions, sign_ins


class Role(str, Enum):
    """What a coordinator may do: a supervisor also sees after the others."""

    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"


class Stage(str, Enum):
    """How far a sign-in has come."""

    PASSWORD = "password"
    FULL = "full"


@dataclass(frozen=True)
class Coordinator:
    """Someone who works at the desk; `has_factor` tells whether the second factor is set up."""

    id: str
    name: str
    role: Role
    active: bool
    available: bool
    must_change: bool
    has_factor: bool
    seen_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Secrets:
    """What a sign-in is checked against."""

    password_hash: str
    totp_secret: str | None


@dataclass(frozen=True)
class Session:
    """A session as the server knows it; the cookie's value is in it nowhere."""

    id_hash: str
    coordinator: Coordinator
    stage: Stage
    csrf: str
    began_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Deed:
    """A row of the audit log."""

    id: int
    coordinator: str
    action: str
    object: str | None
    detail: str | None
    address: str | None
    done_at: datetime


# ------------------------------------------------------------------ coordinators


def add_coordinator(database: Database, account: str, name: str, role: Role, password_hash: str) -> None:
    """Make an account.

    Raises:
        RefusedError: If the name to sign in with is taken, also by one who has left.
    """
    row = {"id": account, "name": name, "role": role.value, "password_hash": password_hash, "created_at": _utc()}
    try:
        with database.write() as connection:
            connection.execute(sa.insert(coordinators), row)
    except IntegrityError as error:
        raise RefusedError(f"There is an account {account} already.") from error


def list_coordinators(database: Database) -> list[Coordinator]:
    """All of them, by name."""
    with database.read() as connection:
        return [_as_coordinator(row) for row in connection.execute(sa.select(coordinators).order_by(coordinators.c.name))]


def find_coordinator(database: Database, account: str) -> Coordinator:
    """One of them.

    Raises:
        NotFoundError: If there is no such account.
    """
    with database.read() as connection:
        row = connection.execute(sa.select(coordinators).where(coordinators.c.id == account)).first()
    if row is None:
        raise NotFoundError("There is no such account.")
    return _as_coordinator(row)


def find_secrets(database: Database, account: str) -> Secrets | None:
    """What an active account is checked against; None if there is none."""
    query = sa.select(coordinators.c.password_hash, coordinators.c.totp_secret).where(
        coordinators.c.id == account, coordinators.c.active
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Secrets(row.password_hash, row.totp_secret)


def change_coordinator(database: Database, account: str, *, end_sessions: bool = False, **values: Any) -> None:
    """Change columns of an account.

    Args:
        database: The record.
        account: Whose.
        end_sessions: Whether all sessions end with it, as after a new password or another role.
        values: New values by column.

    Raises:
        NotFoundError: If there is no such account.
        RefusedError: If no active supervisor would be left.
    """
    with database.write() as connection:
        done = connection.execute(sa.update(coordinators).where(coordinators.c.id == account).values(values))
        if done.rowcount != 1:
            raise NotFoundError("There is no such account.")
        if values.get("role") == Role.COORDINATOR.value or values.get("active") is False:
            left = sa.select(sa.func.count()).select_from(coordinators)
            left = left.where(coordinators.c.role == Role.SUPERVISOR.value, coordinators.c.active)
            if not connection.execute(left).scalar():
                raise RefusedError("The desk needs at least one active supervisor.")
        if end_sessions:
            connection.execute(sa.delete(sessions).where(sessions.c.coordinator_id == account))


def take_code(database: Database, account: str, step: int) -> bool:
    """Note that the code of a time step was used; False if it, or a later one, had been: no code is good twice."""
    change = sa.update(coordinators).where(coordinators.c.id == account, coordinators.c.totp_step < step).values(totp_step=step)
    with database.write() as connection:
        return connection.execute(change).rowcount == 1


def note_presence(database: Database, account: str) -> None:
    """Note that a coordinator has the desk open."""
    with database.write() as connection:
        connection.execute(sa.update(coordinators).where(coordinators.c.id == account).values(seen_at=_utc()))


def count_present(database: Database, *, seen_within_s: float) -> int:
    """How many could take a conversation now."""
    query = (
        sa.select(sa.func.count())
        .select_from(coordinators)
        .where(
            coordinators.c.active, coordinators.c.available, coordinators.c.seen_at > _utc() - timedelta(seconds=seen_within_s)
        )
    )
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


# ------------------------------------------------------------------ sessions


def begin_session(database: Database, account: str, stage: Stage, *, instead_of: str | None = None) -> str:
    """Begin a session under a new id, which is returned and kept nowhere; the old one, if any, ends."""
    cookie, now = secrets.token_urlsafe(32), _utc()
    row = {"id_hash": _hash(cookie), "coordinator_id": account, "stage": stage.value, "csrf": secrets.token_urlsafe(24)}
    with database.write() as connection:
        if instead_of is not None:
            connection.execute(sa.delete(sessions).where(sessions.c.id_hash == instead_of))
        connection.execute(sa.insert(sessions), {**row, "began_at": now, "seen_at": now})
    return cookie


def find_session(database: Database, cookie: str, *, idle_s: float, life_s: float) -> Session | None:
    """The session of a cookie, if it is alive: used within `idle_s`, begun within `life_s`, of an active account."""
    now = _utc()
    query = (
        sa.select(sessions, *(column.label(f"c_{column.name}") for column in coordinators.c))
        .join(coordinators, coordinators.c.id == sessions.c.coordinator_id)
        .where(
            sessions.c.id_hash == _hash(cookie),
            sessions.c.seen_at > now - timedelta(seconds=idle_s),
            sessions.c.began_at > now - timedelta(seconds=life_s),
            coordinators.c.active,
        )
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return Session(row.id_hash, _as_coordinator(row, "c_"), Stage(row.stage), row.csrf, row.began_at, row.seen_at)


def touch_session(database: Database, id_hash: str) -> None:
    """Note that a session was used."""
    with database.write() as connection:
        connection.execute(sa.update(sessions).where(sessions.c.id_hash == id_hash).values(seen_at=_utc()))


def end_session(database: Database, id_hash: str) -> None:
    """End a session."""
    with database.write() as connection:
        connection.execute(sa.delete(sessions).where(sessions.c.id_hash == id_hash))


def drop_old_sessions(database: Database, *, life_s: float) -> None:
    """Delete what can no longer be used: sessions, and counts of sign-ins."""
    with database.write() as connection:
        connection.execute(sa.delete(sessions).where(sessions.c.began_at < _utc() - timedelta(seconds=life_s)))
        connection.execute(sa.delete(sign_ins).where(sign_ins.c.tried_at < _utc() - timedelta(days=1)))


# ------------------------------------------------------------------ throttle


def count_try(database: Database, limits: Sequence[tuple[str, int, float]]) -> bool:
    """Count a guess before it is checked.

    Args:
        database: The record.
        limits: Key, how many, in how many seconds.

    Returns:
        True if it may be checked: none of the limits is over. A guess that may not is not counted, so that an attacker
        cannot lock somebody out for longer than the window.
    """
    now = _utc()
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            # One after the other, or guesses made at once would not see each other.
            for key, _, _ in sorted(limits):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(key))))
        for key, most, window_s in limits:
            tried = sa.select(sa.func.count()).select_from(sign_ins)
            tried = tried.where(sign_ins.c.key == key, sign_ins.c.tried_at > now - timedelta(seconds=window_s))
            if connection.execute(tried).scalar_one() >= most:
                return False
        connection.execute(sa.insert(sign_ins), [{"key": key, "tried_at": now} for key, _, _ in limits])
    return True


def forget_tries(database: Database, keys: Sequence[str]) -> None:
    """Somebody has signed in rightly: their guesses no longer count."""
    with database.write() as connection:
        connection.execute(sa.delete(sign_ins).where(sign_ins.c.key.in_(keys)))


# ------------------------------------------------------------------ audit


def write_deed(
    database: Database,
    coordinator: str,
    action: str,
    *,
    of: str | None = None,
    detail: str | None = None,
    address: str | None = None,
) -> None:
    """Write a row of the audit log, which nobody changes any more."""
    with database.write() as connection:
        add_deed(connection, coordinator, action, of=of, detail=detail, address=address)


def add_deed(
    connection: Connection,
    coordinator: str,
    action: str,
    *,
    of: str | None = None,
    detail: str | None = None,
    address: str | None = None,
) -> None:
    """Write a row of the audit log in the transaction of the deed."""
    row = {"coordinator": coordinator[:64], "action": action, "object": of and of[:200], "detail": detail and detail[:500]}
    connection.execute(sa.insert(audit), {**row, "address": address, "done_at": _utc()})


def list_deeds(
    database: Database, *, coordinator: str = "", action: str = "", before: int | None = None, limit: int = 100
) -> list[Deed]:
    """The log, newest first."""
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    if coordinator:
        query = query.where(audit.c.coordinator == coordinator)
    if action:
        query = query.where(audit.c.action == action)
    if before is not None:
        query = query.where(audit.c.id < before)
    with database.read() as connection:
        return [Deed(*row) for row in connection.execute(query)]


def _as_coordinator(row: Row[Any], prefix: str = "") -> Coordinator:
    def value(name: str) -> Any:
        return row._mapping[prefix + name]

    return Coordinator(
        value("id"),
        value("name"),
        Role(value("role")),
        bool(value("active")),
        bool(value("available")),
        bool(value("must_change")),
        value("totp_secret") is not None,
        value("seen_at"),
        value("created_at"),
    )


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _utc() -> datetime:
    return datetime.now(timezone.utc)
