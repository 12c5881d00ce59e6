"""Migrations up and down, on filled databases of both kinds."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from conversations.backup import digest_record
from conversations.database import Database, migrate, open_database, read_revision
from conversations.errors import StoreUnavailableError
from conversations.store import Store
from conversations.tables import METADATA
from conversations.types import Incoming
from tests.conversations.filling import fill

REVISIONS = sorted(
    path.name.split("_")[0]
    for path in (Path(__file__).resolve().parents[2] / "conversations/migrations/versions").glob("[0-9]*.py")
)


def test_the_migrated_tables_are_those_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": lambda name, kind, _: not str(name).startswith("message_search")}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)

    assert differences == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_filled_record_goes_down_and_up_again_without_loss(database: Database, revision: str) -> None:
    fill(database)
    before = digest_record(database).counts

    migrate(database.engine, revision)
    assert read_revision(database.engine) == revision
    migrate(database.engine)

    after = digest_record(database).counts
    assert read_revision(database.engine) == REVISIONS[-1]
    assert {name: after[name] for name in ("conversations", "messages", "turns", "cases", "outbox", "events")} == {
        name: before[name] for name in ("conversations", "messages", "turns", "cases", "outbox", "events")
    }


def test_down_to_nothing_and_up_again(database: Database) -> None:
    fill(database, conversations=2)

    migrate(database.engine, "base")
    assert read_revision(database.engine) is None
    migrate(database.engine)

    assert not any(digest_record(database).counts.values())


def test_migrating_twice_changes_nothing(database: Database) -> None:
    fill(database, conversations=2)
    before = digest_record(database)

    migrate(database.engine)

    assert digest_record(database) == before


def test_what_a_gateway_of_before_writes_fits_the_tables_of_after(database: Database) -> None:
    """A gateway that still runs while another has migrated knows the first tables only: what it leaves out has a default."""
    migrate(database.engine, REVISIONS[-2])
    of_before = {
        name: [column["name"] for column in sa.inspect(database.engine).get_columns(name)] for name in ("conversations", "cases")
    }
    migrate(database.engine)
    now = datetime.now(timezone.utc)
    given = {
        "conversations": {"id": "c", "channel": "rest", "sender": "ann", "began_at": now, "last_at": now},
        "cases": {
            "reference": "r",
            "conversation_id": "c",
            "kind": "handoff",
            "reason": "asked",
            "priority": "normal",
            "state": "open",
        }
        | {"opened_at": now, "changed_at": now},
    }

    with database.write() as connection:
        for name, row in given.items():
            assert set(row) <= set(of_before[name])
            connection.execute(sa.insert(METADATA.tables[name]), row)
    assert Store(database, owner="new").accept(Incoming("rest", "ann", "m1", "hello")).conversation_id == "c"


@pytest.mark.parametrize("address", ["sqlite:////nowhere/at/all.db", "postgresql://postgres@127.0.0.1:1/none"])
def test_a_database_that_is_not_there_is_our_error(address: str) -> None:
    engine = open_database(address)

    with pytest.raises(StoreUnavailableError):
        migrate(engine)
    engine.dispose()


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        with database.write() as connection:
            connection.execute(sa.text("insert into labels values ('nobody', 'x', 'y', '2026-01-01 00:00:00')"))
