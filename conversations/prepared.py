"""Statements of every turn, compiled once.

SQLAlchemy looks up, binds and wraps each execution anew, which takes longer than SQLite takes for the statement. Here its
compiled form is kept and handed to SQLite's driver; on PostgreSQL, where the way to the server counts, it is executed as usual.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Processor = Callable[[Any], Any]
_ERRORS: dict[type[sqlite3.Error], type[sa.exc.DBAPIError]] = {
    sqlite3.IntegrityError: sa.exc.IntegrityError,
    sqlite3.OperationalError: sa.exc.OperationalError,
    sqlite3.InterfaceError: sa.exc.InterfaceError,
}


def execute_on_sqlite(connection: Connection, sql: str, bound: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Execute a statement by SQLite's driver.

    Args:
        connection: Of SQLite.
        sql: With a question mark for each value.
        bound: The values, as SQLite keeps them.

    Returns:
        All rows.

    Raises:
        sqlalchemy.exc.DBAPIError: As SQLAlchemy raises it.
    """
    driver: Any = connection.connection.dbapi_connection
    try:
        rows: list[tuple[Any, ...]] = driver.execute(sql, bound).fetchall()
        return rows
    except sqlite3.Error as error:
        kind = next((ours for theirs, ours in _ERRORS.items() if isinstance(error, theirs)), sa.exc.DBAPIError)
        raise kind(sql, None, error, hide_parameters=True) from error


class _Compiled:
    """A statement for SQLite with the values of certain names."""

    def __init__(self, statement: Any, names: list[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        assert isinstance(compiled, SQLCompiler)
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("a statement with defaults that are made in Python cannot be prepared; use server_default")
        self.sql = compiled.string
        fixed = compiled.params
        binders: Mapping[str, Any] = compiled._bind_processors
        self._binds: list[tuple[str, Any, _Processor | None]] = [
            (name, fixed.get(name), binders.get(name)) for name in compiled.positiontup or ()
        ]
        columns = [(entry.keyname, entry.type) for entry in compiled._result_columns]
        self._readers: list[_Processor | None] = [type_._cached_result_processor(dialect, None) for _, type_ in columns]
        self._row = namedtuple("_row", [name for name, _ in columns])  # type: ignore[misc]

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the statement, as SQLite keeps them."""
        bound = []
        for name, fixed, process in self._binds:
            value = values.get(name, fixed)
            bound.append(value if process is None else process(value))
        return bound

    def read(self, row: tuple[Any, ...]) -> Any:
        """A row with names."""
        return self._row(*(value if read is None else read(value) for value, read in zip(row, self._readers)))


class Prepared:
    """A statement that is executed with every turn."""

    def __init__(self, statement: Any) -> None:
        """Keep a statement; it is compiled when it is first executed.

        Args:
            statement: Select, insert or update; what is not given at execution has a default of the database.
        """
        self.statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute it.

        Args:
            connection: In a transaction.
            values: By name of the column or parameter.

        Returns:
            The first row, its columns as attributes; None if there is none.

        Raises:
            sqlalchemy.exc.DBAPIError: If the database refuses it or does not answer.
        """
        if connection.dialect.name != "sqlite":
            result = connection.execute(self.statement, dict(values))
            return result.first() if result.returns_rows else None
        names = tuple(values)
        compiled = self._compiled.get(names)
        if compiled is None:
            compiled = self._compiled[names] = _Compiled(self.statement, list(names), connection.dialect)
        rows = execute_on_sqlite(connection, compiled.sql, compiled.bind(values))
        return compiled.read(rows[0]) if rows else None
