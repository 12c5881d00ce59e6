"""Open the database: SQLite as the embedded default, PostgreSQL by its address; bring its tables up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from conversations.errors import StoreUnavailableError
from conversations.prepared import execute_on_sqlite
from conversations.sealing import Cipher
from packing import pack, unpack

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_MIGRATION_LOCK = 4107_2026  # any number, the same in each gateway
STATEMENT_TIMEOUT_MS = 8000
LOCK_TIMEOUT_MS = 5000


def open_database(url: str, *, pool_size: int = 16, cipher: Cipher | None = None) -> Engine:
    """Make an engine; nothing is opened before the first use.

    Args:
        url: `sqlite:///path` or `postgresql://user:password@host:port/name`.
        pool_size: Connections kept, on PostgreSQL.
        cipher: Seals contact details and notes; without one they are kept and shown as they lie in the tables.
    """
    engine = _make_engine(url, pool_size)
    engine.dialect.cipher = cipher  # type: ignore[attr-defined]  # for `conversations.tables.Sealed`
    return engine


def _make_engine(url: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        engine = sa.create_engine(
            url,
            json_serializer=_as_json,
            json_deserializer=unpack,
            connect_args={"timeout": 5},
            pool_use_lifo=True,  # the pages that a connection has read are forgotten when another one has written
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        json_serializer=_as_json,
        json_deserializer=unpack,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=3,
        pool_pre_ping=True,  # a connection that died while idle is replaced, not handed out
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 3,
            "options": options,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 8000,
        },
    )


def _as_json(data: Any) -> str:
    return pack(data).decode()


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    # NORMAL: a commit survives the death of the process; `make_durable` makes it survive that of the machine.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A write that begins as a read may find the database changed and fail: writes take the lock at once.
    kind = "DEFERRED" if connection.get_execution_options().get("only_reads") else "IMMEDIATE"
    execute_on_sqlite(connection, f"BEGIN {kind}")


@contextmanager
def as_store_errors() -> Iterator[None]:
    """Turn "the database does not answer" into our error; a wrong statement stays what it is.

    Raises:
        StoreUnavailableError: If the database is away, locked, too slow or shutting down.
    """
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except (sa.exc.OperationalError, sa.exc.InterfaceError, PoolTimeoutError) as error:
        raise StoreUnavailableError(type(error).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailableError(type(error).__name__) from error
        raise


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, up or down; gateways that start together wait for each other.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with as_store_errors(), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET lock_timeout = 0; SET statement_timeout = 0"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        current = _revision(connection)
        if revision == "base" or (current is not None and revision.isdigit() and int(revision) < int(current)):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
        connection.commit()


def _revision(connection: Connection) -> str | None:
    """The revision that the tables have, or None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def read_revision(engine: Engine) -> str | None:
    """The revision that the tables have, or None before the first.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    with as_store_errors(), engine.connect() as connection:
        return _revision(connection)


class Database:
    """An engine and its two kinds of transaction. Methods of the record are given one; tests make their own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._readers = engine.execution_options(only_reads=True)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database: one process, one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back after an error.

        Raises:
            StoreUnavailableError: If the database does not answer; nothing is kept then, or, if it died in the commit, all.
        """
        with as_store_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and on SQLite waits for no writer.

        Raises:
            StoreUnavailableError: If the database does not answer.
        """
        with as_store_errors(), self._readers.begin() as connection:
            yield connection

    def make_durable(self) -> None:
        """Return when all that has been committed so far survives a power cut.

        PostgreSQL sees to that in each commit. For SQLite the log of changes is synced here, apart from the commits, so that the
        disk works while the assistant thinks.

        Raises:
            StoreUnavailableError: If the disk refuses.
        """
        path = self.engine.url.database
        if not self.is_sqlite or not path:
            return
        try:
            # SQLite's locks are on the other files: closing this one takes none away.
            descriptor = os.open(f"{path}-wal", os.O_RDONLY)
        except FileNotFoundError:
            return  # nothing since the last checkpoint, which SQLite has synced
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise StoreUnavailableError(error.strerror) from error
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
