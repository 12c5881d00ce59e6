"""A backup is read back equal by hash, into either kind of database."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.backup import backup, digest_record, restore
from conversations.database import Database, migrate, open_database
from conversations.errors import BackupError
from conversations.store import Store
from conversations.types import Incoming
from tests.conversations.conftest import new_postgres_url
from tests.conversations.filling import fill


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another database without any table, of each kind in turn."""
    if request.param == "sqlite":
        database = Database(open_database(f"sqlite:///{tmp_path / 'empty.db'}"))
    else:
        database = Database(open_database(new_postgres_url(request.getfixturevalue("postgres"))))
    yield database
    database.close()


def test_what_is_restored_is_equal_by_hash(database: Database, empty: Database, tmp_path: Path) -> None:
    fill(database)
    written = backup(database, tmp_path / "b.gz")

    restored = restore(empty, tmp_path / "b.gz")

    assert restored == written == digest_record(empty)
    assert restored.counts["conversations"] == 20 and restored.counts["cases"] == 20


def test_the_restored_record_goes_on(database: Database, empty: Database, tmp_path: Path) -> None:
    fill(database)
    backup(database, tmp_path / "b.gz")
    restore(empty, tmp_path / "b.gz")
    store = Store(empty, owner="after")

    assert store.accept(Incoming("rest", "s1", "m1", "again")).repeated
    assert not store.accept(Incoming("rest", "s1", "m9", "new")).repeated


def test_a_backup_is_for_its_owner_only(database: Database, tmp_path: Path) -> None:
    backup(database, tmp_path / "b.gz")

    assert (tmp_path / "b.gz").stat().st_mode & 0o077 == 0


def test_a_record_that_holds_something_is_not_overwritten(database: Database, tmp_path: Path) -> None:
    fill(database, conversations=1)
    backup(database, tmp_path / "b.gz")

    with pytest.raises(BackupError, match="holds conversations"):
        restore(database, tmp_path / "b.gz")


def change_a_row(path: Path) -> None:
    text = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(gzip.compress(text.replace("ask_cost", "ask_risk", 1).encode()))


def cut_it_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def write_other_text(path: Path) -> None:
    path.write_bytes(b"not a backup")


def drop_a_row(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
    path.write_bytes(gzip.compress("".join(lines[:3] + lines[4:]).encode()))


@pytest.mark.parametrize("damage", [change_a_row, cut_it_short, write_other_text, drop_a_row])
def test_a_damaged_backup_is_refused_before_anything_is_kept(database: Database, empty: Database, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    fill(database, conversations=3)
    backup(database, tmp_path / "b.gz")
    damage(tmp_path / "b.gz")

    with pytest.raises(BackupError):
        restore(empty, tmp_path / "b.gz")

    migrate(empty.engine)
    assert not any(digest_record(empty).counts.values())


def test_a_backup_that_cannot_be_written_says_so(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written"):
        backup(database, tmp_path / "no-folder" / "b.gz")
