"""What is new in the record, for those who look now and then. What is committed late is not missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from conversations.database import Database
from conversations.tables import case_events, conversations, messages, moves, notes

# On PostgreSQL a transaction that began earlier may commit later, with a smaller id: so long the last ids are looked at again.
LATE_BY_S = 2.0
MOST_AT_ONCE = 1000
_LOOKED_AT = (messages, notes, moves, case_events)


@dataclass(frozen=True)
class Change:
    """A row that is new in a table: its id, and what it belongs to; None if that concerns nobody here."""

    id: int
    of: str | None


class News:
    """How far one table has been looked at: all up to one id, and of those after it the ones that were seen.

    Attributes:
        after: The next look begins behind this id.
    """

    def __init__(self, after: int, *, late_by_s: float) -> None:
        self.after = after
        self._late_by_s = late_by_s
        self._seen: dict[int, float] = {}

    def take(self, changes: Sequence[Change], now: float) -> set[str]:
        """What the changes belong to that had not been seen; goes on behind those that are too old for an earlier one to follow.

        Args:
            changes: What was found after `after`, the lowest id first, at most `MOST_AT_ONCE`.
            now: In seconds, of any clock that does not go back.
        """
        unseen = {change.of for change in changes if change.id not in self._seen and change.of is not None}
        for change in changes:
            seen_at = self._seen.setdefault(change.id, now)
            if now - seen_at >= self._late_by_s or len(changes) >= MOST_AT_ONCE:
                self.after = change.id
        self._seen = {one: at for one, at in self._seen.items() if one > self.after}
        return unseen


def begin_news(database: Database) -> dict[str, News]:
    """Begin at the end of each table: by name.

    What is committed while this is called may be before or after: who was told something earlier should look once more.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    late_by_s = 0.0 if database.is_sqlite else LATE_BY_S
    with database.read() as connection:
        ends = {table.name: connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0 for table in _LOOKED_AT}
    return {name: News(end, late_by_s=late_by_s) for name, end in ends.items()}


def find_said(database: Database, channel: str, *, after: int) -> list[Change]:
    """Messages after one of the record, by address of the visitor of their conversation; those of other channels by None.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    with database.read() as connection:
        rows = connection.execute(
            sa.select(messages.c.id, conversations.c.sender, conversations.c.channel)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(messages.c.id > after)
            .order_by(messages.c.id)
            .limit(MOST_AT_ONCE)
        ).all()
    return [Change(row.id, row.sender if row.channel == channel else None) for row in rows]


def find_changes(database: Database, after: Mapping[str, int]) -> dict[str, list[Change]]:
    """What has happened in conversations and cases, by name of the table and by id of the conversation; "" for a case's history.

    Args:
        database: The record.
        after: Ids to begin behind, by name of the table.

    Raises:
        StoreUnavailableError: If the database does not answer.
    """
    with database.read() as connection:
        found = {}
        for table in _LOOKED_AT:
            of = table.c.conversation_id if "conversation_id" in table.c else sa.literal("")
            rows = sa.select(table.c.id, of).where(table.c.id > after[table.name]).order_by(table.c.id).limit(MOST_AT_ONCE)
            found[table.name] = [Change(*row) for row in connection.execute(rows)]
        return found
