"""Commands on the record: `python -m gateway.commands cases | backup FILE | restore FILE`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conversations.backup import Digest, backup, restore
from conversations.database import Database, open_database, read_revision
from conversations.errors import BackupError, StoreUnavailableError
from conversations.store import Store
from conversations.types import Case
from gateway.only_one import AlreadyOpenError, hold_record
from gateway.parts import make_cipher
from settings import SettingError, Settings, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what is wrong is said in one line."""
    parser = argparse.ArgumentParser(prog="gateway.commands", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("cases", help="list the open cases")
    for name, what in (("backup", "write the record to a file"), ("restore", "read it back into an empty database")):
        commands.add_parser(name, help=what).add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    try:
        settings = load_settings()
        database = Database(open_database(settings.record_url, cipher=make_cipher(settings)))
        if given.command == "cases":
            print(show_cases(database))
        elif given.command == "backup":
            print(f"backup: {_count(backup(database, given.file))} in {given.file}")
        else:
            _restore(settings, database, given.file)
        database.close()
    except StoreUnavailableError as error:
        print(f"{given.command}: the database does not answer ({error}); check DATABASE_URL and DATA_DIR", file=sys.stderr)
        return 2
    except (SettingError, BackupError, AlreadyOpenError) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 2
    return 0


def _restore(settings: Settings, database: Database, file: Path) -> None:
    with hold_record(settings.record_url):
        print(f"restore: {_count(restore(database, file))}, equal to the backup")


def show_cases(database: Database) -> str:
    """The open cases as a table, urgent ones first."""
    if read_revision(database.engine) is None:
        return "No open cases: there is no record yet."
    found = Store(database, owner="commands").open_cases()
    rows = [("reference", "opened (UTC)", "kind", "reason", "priority", "contact"), *(_row(case) for case in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join(lines) if found else "No open cases."


def _row(case: Case) -> tuple[str, ...]:
    contact = ", ".join(_printable(case.contact[name]) for name in ("name", "email", "phone") if name in case.contact)
    opened = case.opened_at.strftime("%Y-%m-%d %H:%M")
    return case.reference, opened, case.kind, case.reason, case.priority, contact


def _printable(text: str) -> str:
    """What a visitor wrote, harmless to a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _count(digest: Digest) -> str:
    counts = digest.counts
    return (
        f"{counts.get('conversations', 0)} conversations, {counts.get('messages', 0)} messages, {counts.get('cases', 0)} cases, "
        f"SHA-256 of content {digest.sha256}"
    )


if __name__ == "__main__":
    sys.exit(main())
