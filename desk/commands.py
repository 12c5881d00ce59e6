"""Commands of the desk.

`python -m desk.commands coordinator NAME | retention [--apply] | visitor ID | reviewed | withdraw | key`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from conversations.accounts import Role, add_coordinator, change_coordinator, list_coordinators, write_deed
from conversations.database import Database, migrate, open_database
from conversations.errors import RecordError
from conversations.preferences import read_preferences
from conversations.privacy import copy_visitor, delete_old, erase, find_of_visitor, find_old
from conversations.sealing import Cipher, make_key, read_or_make_key
from desk.passwords import hash_password, make_password
from desk.reviewed import take_in, withdraw
from settings import ROOT, SettingError, Settings, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what is wrong is said in one line."""
    parser = argparse.ArgumentParser(prog="desk.commands", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("coordinator", help="make an account, or give one a new password")
    new.add_argument("name")
    new.add_argument("--role", choices=[role.value for role in Role])
    commands.add_parser("retention", help="say what is due for deletion").add_argument("--apply", action="store_true")
    visitor = commands.add_parser("visitor", help="copy or erase one visitor's data")
    visitor.add_argument("conversation")
    visitor.add_argument("--erase", action="store_true")
    commands.add_parser("reviewed", help="write what was approved into the training data")
    commands.add_parser("withdraw", help="after a model was refused: its new examples are proposals again")
    commands.add_parser("key", help="make a key for CONTACT_KEY")
    given = parser.parse_args(arguments)
    if given.command == "key":
        print(make_key())
        return 0
    try:
        settings = load_settings()
        if given.command == "reviewed" and not _has_record(settings):
            return 0  # nothing was ever reviewed here
        database = open_record(settings)
        acts: dict[str, Callable[[], str]] = {
            "coordinator": lambda: make_account(database, given.name, given.role),
            "retention": lambda: run_retention(database, settings, apply=given.apply),
            "visitor": lambda: see_visitor(database, given.conversation, erase_it=given.erase),
            "reviewed": lambda: take_in(database, ROOT / "data"),
            "withdraw": lambda: withdraw(database, ROOT / "data", settings.data_dir / "models"),
        }
        said = acts[given.command]()
        database.close()
    except (SettingError, RecordError) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 2
    if said:
        print(said)
    return 0


def _has_record(settings: Settings) -> bool:
    return bool(settings.database_url) or Path(settings.record_url.removeprefix("sqlite:///")).exists()


def open_record(settings: Settings) -> Database:
    """The record, its tables up to date."""
    keys = [key.strip() for key in settings.contact_key.split(",") if key.strip()]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    cipher = Cipher(keys or [read_or_make_key(settings.data_dir / "contact.key")])
    database = Database(open_database(settings.record_url, cipher=cipher))
    migrate(database.engine)
    return database


def make_account(database: Database, name: str, role: str | None) -> str:
    """Make an account, or give an existing one a new start; the first one is a supervisor."""
    account = "".join(
        letter for letter in name.lower().replace(" ", ".") if letter.isascii() and (letter.isalnum() or letter in "._-")
    )
    password, known = make_password(), {one.id for one in list_coordinators(database)}
    if account in known:
        values = {"password_hash": hash_password(password), "must_change": True, "totp_secret": None, "active": True}
        change_coordinator(database, account, end_sessions=True, **values)
    else:
        kind = Role(role) if role else Role.COORDINATOR if known else Role.SUPERVISOR
        add_coordinator(database, account, name, kind, hash_password(password))
    write_deed(database, "command line", "make account", of=account)
    return f"account   {account}\npassword  {password}\nIt is shown only now and must be changed at the first sign-in, at /desk."


def run_retention(database: Database, settings: Settings, *, apply: bool) -> str:
    """Delete what is too old, or say what would be."""
    days = int(read_preferences(database).get("retention_days", settings.retention_days))
    if not days:
        return "retention: conversations are kept for ever (RETENTION_DAYS is 0)"
    if not apply:
        return f"retention: {len(find_old(database, days=days))} conversations are older than {days} days; APPLY=1 deletes them"
    counts = delete_old(database, days=days, by="command line")
    return "retention: " + (", ".join(f"{name} {number}" for name, number in counts.items()) or "nothing was due")


def see_visitor(database: Database, conversation_id: str, *, erase_it: bool) -> str:
    """A copy of a visitor's data, or the receipt of their erasure, as JSON."""
    ids = find_of_visitor(database, conversation_id)
    if not erase_it:
        write_deed(database, "command line", "copy visitor's data", of=conversation_id)
        return json.dumps(copy_visitor(database, ids), ensure_ascii=False, indent=1, default=str)
    receipt = erase(database, ids, by="command line")
    write_deed(database, "command line", "erase visitor", of=conversation_id, detail=f"receipt {receipt.id}")
    return json.dumps({"receipt": receipt.id, "done_at": receipt.done_at.isoformat(), "rows": dict(receipt.counts)}, indent=1)


if __name__ == "__main__":
    sys.exit(main())
