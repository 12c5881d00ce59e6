"""A record on each kind of database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from conversations.database import Database, migrate, open_database
from conversations.store import Store
from tests.resilience.servers import MissingServerError, Server, start_postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server of the tests."""
    try:
        server = start_postgres(tmp_path_factory.mktemp("postgres"), durable=False)
    except MissingServerError as error:
        pytest.skip(str(error))
    yield server
    server.stop()


def new_postgres_url(server: Server) -> str:
    """A fresh database on a server."""
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{server.port}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"postgresql://postgres@127.0.0.1:{server.port}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    return new_postgres_url(request.getfixturevalue("postgres"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty record."""
    database = Database(open_database(url))
    migrate(database.engine)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Store:
    """The record as the gateway "one" sees it."""
    return Store(database, owner="one")


@pytest.fixture
def other(database: Database) -> Store:
    """The same record as the gateway "two" sees it."""
    return Store(database, owner="two")
