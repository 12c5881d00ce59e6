"""Write the whole record to a file and read it back, into either kind of database, equal by hash of content.

The file is gzipped JSON lines: a header with the revision of the tables, one line a row, tables and rows in a fixed order, and a
footer with the counts and the SHA-256 of all row lines. A backup is one snapshot, taken while the gateways go on.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from conversations.database import Database, as_store_errors, migrate, read_revision
from conversations.errors import BackupError
from conversations.tables import METADATA

FORMAT = 1
ROWS_AT_ONCE = 500
# Parents before children. A table that a later revision adds is put at its place by the foreign keys.
_NOT_CONTENT = {"alembic_version"}
_SEARCH = "message_search"  # made anew from the messages by the database's triggers, as are the tables behind it


@dataclass(frozen=True)
class Digest:
    """What a record holds: rows by table, and the SHA-256 of all of them."""

    counts: dict[str, int]
    sha256: str


def backup(database: Database, path: Path) -> Digest:
    """Write a backup; readable by its owner only, complete or not there.

    Raises:
        BackupError: If the record has no tables yet, or the file cannot be written.
        StoreUnavailableError: If the database does not answer.
    """
    revision = read_revision(database.engine)
    if revision is None:
        raise BackupError("The record is empty: nothing has been started with it yet.")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.touch(mode=0o600)
        with gzip.open(unfinished, "wt", encoding="utf-8") as file:
            _write_line(file, {"format": FORMAT, "revision": revision, "written_at": datetime.now(timezone.utc).isoformat()})
            digest = _walk(database, file)
            _write_line(file, {"counts": digest.counts, "sha256": digest.sha256})
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error
    return digest


def digest_record(database: Database) -> Digest:
    """What a record holds now.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    return _walk(database, None)


def restore(database: Database, path: Path) -> Digest:
    """Read a backup into an empty database, check it, and bring its tables up to date.

    Raises:
        BackupError: If the database is not empty, or the file is damaged or of another program; nothing is kept then.
        StoreUnavailableError: If the database does not answer.
    """
    if read_revision(database.engine) is not None and any(digest_record(database).counts.values()):
        raise BackupError("The database holds conversations. Restore into an empty one: another DATABASE_URL or DATA_DIR.")
    header, footer = _check_file(path)
    migrate(database.engine, header["revision"])
    with database.write() as connection:
        _fill(connection, path)
    digest = digest_record(database)
    if digest.sha256 != footer["sha256"]:
        raise BackupError("What was restored is not equal to the backup. Do not use this database.")
    migrate(database.engine)
    return digest


def _walk(database: Database, file: IO[str] | None) -> Digest:
    """Go through all rows of one snapshot, write them if there is a file, and sum them up."""
    total, counts = hashlib.sha256(), {}
    with as_store_errors(), database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        else:
            connection = connection.execution_options(only_reads=True)
        for table in _tables(connection):
            counts[table.name] = 0
            rows = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
            for row in connection.execute(rows):
                line = _dump({"table": table.name, "row": {name: _plain(value) for name, value in row._mapping.items()}})
                counts[table.name] += 1
                total.update(line.encode() + b"\n")
                if file is not None:
                    file.write(line + "\n")
    return Digest(counts, total.hexdigest())


def _tables(connection: Connection) -> list[sa.Table]:
    """The tables as they are in the database, whatever its revision; parents first, then by name."""
    metadata = sa.MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(_SEARCH))
    known = [table.name for table in METADATA.sorted_tables]
    found = [table for table in metadata.tables.values() if table.name not in _NOT_CONTENT]
    return sorted(found, key=lambda table: (known.index(table.name) if table.name in known else len(known), table.name))


def _check_file(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and footer of a backup whose rows are whole."""
    total, previous, header = hashlib.sha256(), None, None
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                if header is None:
                    header = json.loads(line)
                    continue
                if previous is not None:
                    total.update(previous.encode())
                previous = line
        footer = json.loads(previous or "")
        sound = header is not None and header["format"] == FORMAT and footer["sha256"] == total.hexdigest()
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} cannot be read as a backup ({type(error).__name__}).") from error
    if not sound or header is None:
        raise BackupError(f"{path} is damaged: its rows do not have the SHA-256 that it names.")
    return header, footer


def _fill(connection: Connection, path: Path) -> None:
    tables = {table.name: table for table in _tables(connection)}
    for name, rows in _batches(path):
        table = tables[name]
        connection.execute(sa.insert(table), [{key: _typed(table.c[key], value) for key, value in row.items()} for row in rows])
    if connection.dialect.name == "postgresql":
        for table in tables.values():
            _set_counter(connection, table)


def _set_counter(connection: Connection, table: sa.Table) -> None:
    """Let PostgreSQL count on from the highest id; SQLite does it by itself."""
    if "id" in table.c and isinstance(table.c.id.type, sa.BigInteger):
        highest = connection.execute(sa.select(sa.func.max(table.c.id))).scalar()
        if highest is not None:
            counter = sa.func.pg_get_serial_sequence(table.name, "id")
            connection.execute(sa.select(sa.func.setval(counter, highest)))


def _batches(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows of one table after the other, several at once."""
    name = ""
    rows: list[dict[str, Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            data = json.loads(line)
            if "table" not in data:
                continue
            if rows and (data["table"] != name or len(rows) >= ROWS_AT_ONCE):
                yield name, rows
                rows = []
            name = data["table"]
            rows.append(data["row"])
    if rows:
        yield name, rows


def _write_line(file: IO[str], data: dict[str, Any]) -> None:
    file.write(_dump(data) + "\n")


def _dump(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """A value in the same form whatever database it came from."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc).isoformat(timespec="microseconds")
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    """A value as the database takes it."""
    if isinstance(column.type, sa.DateTime) and value is not None:
        time = datetime.fromisoformat(value)
        return time if getattr(column.type, "timezone", False) else time.replace(tzinfo=None)
    if isinstance(column.type, sa.JSON) and value is None:
        return sa.null()
    return value
