"""One assistant with the trained model, and real servers, for the short versions of all scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.conftest import new_postgres_url
from tests.resilience.processes import Assistant, Keeper, start_assistant
from tests.resilience.scenarios import Setting, set_up
from tests.resilience.servers import MissingServerError, Server, start_postgres, start_rabbit, start_redis


@pytest.fixture(scope="session")
def keeper() -> Iterator[Keeper]:
    """Starts processes again that the tests kill."""
    keeper = Keeper()
    yield keeper
    keeper.stop()


@pytest.fixture(scope="session")
def running(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Action server and Rasa server."""
    return start_assistant(keeper, tmp_path_factory.mktemp("assistant"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server that may be killed."""
    yield from _serve(start_postgres, tmp_path_factory.mktemp("postgres"))


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Redis server that may be killed."""
    yield from _serve(start_redis, tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A RabbitMQ broker that may be killed."""
    yield from _serve(start_rabbit, tmp_path_factory.mktemp("rabbit"))


def _serve(start, folder: Path) -> Iterator[Server]:  # type: ignore[no-untyped-def]
    try:
        server = start(folder)
    except MissingServerError as error:
        pytest.skip(str(error))
    yield server
    server.stop()


@pytest.fixture
def sqlite(keeper: Keeper, running: Assistant, tmp_path: Path) -> Iterator[Setting]:
    """One gateway on an empty embedded record."""
    setting = set_up(tmp_path / "sqlite", keeper, running)
    yield setting
    setting.close()


@pytest.fixture
def shared(keeper: Keeper, running: Assistant, postgres: Server, redis: Server, tmp_path: Path) -> Iterator[Setting]:
    """Two gateways on an empty PostgreSQL record and Redis."""
    address = new_postgres_url(postgres)
    setting = set_up(tmp_path / "shared", keeper, running, record=address, gateways=2, postgres=postgres, redis=redis)
    yield setting
    setting.close()
