"""A prepared statement does what SQLAlchemy would have done with it, on both databases."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from conversations.database import Database, open_database
from conversations.errors import StoreUnavailableError
from conversations.prepared import Prepared
from conversations.tables import conversations

NOW = datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=-3)))
ADD = Prepared(sa.insert(conversations))
FIND = Prepared(sa.select(conversations).where(conversations.c.id == sa.bindparam("of_id")))
CHANGE = Prepared(
    sa.update(conversations)
    .where(conversations.c.id == sa.bindparam("of_id"), conversations.c.holder == "assistant")
    .returning(conversations.c.fence, conversations.c.last_at)
)


def row(name: str, **more: Any) -> dict[str, Any]:
    """A new conversation."""
    return {"id": name, "channel": "rest", "sender": name, "began_at": NOW, "last_at": NOW, **more}


def test_what_it_writes_and_reads_is_what_sqlalchemy_writes_and_reads(database: Database) -> None:
    context = {"question": "¿cuánto? 你好", "passages": ["a", None, 1.5], "deep": {"yes": True}}
    with database.write() as connection:
        ADD.first(connection, row("a", context=context, urgent=True))
        connection.execute(sa.insert(conversations), [row("b", context=context, urgent=True)])
        ADD.first(connection, row("c", context=None))

    with database.read() as connection:
        read = {name: FIND.first(connection, {"of_id": name}) for name in "abc"}
        plain = {found.id: found for found in connection.execute(sa.select(conversations))}

    for name in "abc":
        assert tuple(read[name]) == tuple(plain[name])
    assert read["a"].last_at == NOW and read["a"].last_at.utcoffset() == timedelta(0)
    assert (read["a"].context, read["b"].context, read["c"].context) == (context, context, None)
    assert (read["c"].holder, read["c"].fence) == ("assistant", 0)


def test_it_takes_other_names_each_time(database: Database) -> None:
    with database.write() as connection:
        ADD.first(connection, row("a"))
        first = CHANGE.first(connection, {"of_id": "a", "fence": 7})
        second = CHANGE.first(connection, {"of_id": "a", "last_at": NOW + timedelta(days=1), "waiting": 2})
        nothing = CHANGE.first(connection, {"of_id": "missing", "fence": 8})

    assert (first.fence, second.fence, nothing) == (7, 7, None)
    assert second.last_at == NOW + timedelta(days=1)


def test_a_refusal_is_an_error_of_sqlalchemy_and_nothing_is_kept(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        ADD.first(connection, row("a"))
        ADD.first(connection, row("a"))

    with database.read() as connection:
        assert FIND.first(connection, {"of_id": "a"}) is None


def test_a_locked_or_damaged_database_is_said_to_be_away(tmp_path: Any) -> None:
    path = tmp_path / "record.db"
    database = Database(open_database(f"sqlite:///{path}"))
    with pytest.raises(StoreUnavailableError), database.write() as connection:
        FIND.first(connection, {"of_id": "a"})  # no such table

    holder = sqlite3.connect(path)
    holder.execute("CREATE TABLE t (i)")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailableError), database.read() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA busy_timeout = 50")  # type: ignore[union-attr]
        Prepared(sa.text("INSERT INTO t VALUES (:i)")).first(connection, {"i": 1})
    holder.close()
    database.close()


def test_a_default_that_python_makes_is_refused(tmp_path: Any) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("i", sa.Integer), sa.Column("j", sa.Integer, default=1))
    database = Database(open_database(f"sqlite:///{tmp_path / 'record.db'}"))

    with pytest.raises(TypeError, match="server_default"), database.write() as connection:
        Prepared(sa.insert(table)).first(connection, {"i": 1})
    database.close()
