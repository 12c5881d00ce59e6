"""Find conversations: by words (SQLite FTS5, PostgreSQL tsvector) and by what happened in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from conversations.database import Database
from conversations.errors import NotFoundError
from conversations.tables import cases, conversations, feedback, messages, turns

# Of a common word only the newest so many messages are looked at, so that no search takes for ever.
MOST_HITS = 1000
# On PostgreSQL a word with more hits than MANY is common, and looked for among so many of the newest messages only.
MANY, NEWEST = 5_000, 20_000
_WORDS = re.compile(r"\w+")
MARKS = ("handed_over", "emergency", "unanswered", "thumbs_down", "reviewed", "not_reviewed")
_UNANSWERED = ("out_of_scope", "unavailable")


@dataclass(frozen=True)
class Wanted:
    """What conversations are looked for; empty texts ask for nothing.

    Attributes:
        words: All must be in one message; the last may be the beginning of a word.
        since, until: Days of the last message, both included, UTC.
        channel, topic, kind: Channel; intent of a message; kind of a reply.
        marks: Of `MARKS`, all must hold.
    """

    words: str = ""
    since: date | None = None
    until: date | None = None
    channel: str = ""
    topic: str = ""
    kind: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A conversation that was found."""

    id: str
    channel: str
    began_at: datetime
    last_at: datetime
    messages: int
    holder: str
    last_kind: str | None
    urgent: bool
    reviewed_at: datetime | None
    excerpt: str


def find_conversations(database: Database, wanted: Wanted, *, limit: int = 50, before: datetime | None = None) -> list[Found]:
    """Conversations, the one with the newest message first.

    Args:
        database: The record.
        wanted: What is looked for.
        limit: How many at most.
        before: Only those whose last message is older: for the next page.
    """
    with database.read() as connection:
        query, excerpts = _query(connection, wanted)
        if query is None:
            return []
        if before is not None:
            query = query.where(conversations.c.last_at < before)
        rows = connection.execute(query.order_by(conversations.c.last_at.desc()).limit(limit)).all()
        firsts = _first_words(connection, [row.id for row in rows if row.id not in excerpts])
    return [_as_found(row, excerpts.get(row.id) or firsts.get(row.id, "")) for row in rows]


def _query(connection: Connection, wanted: Wanted) -> tuple[sa.Select[Any] | None, Mapping[str, str]]:
    columns = conversations.c
    query = sa.select(
        columns.id, columns.channel, columns.began_at, columns.last_at, columns.positions, columns.holder, columns.last_kind,
        columns.urgent, columns.reviewed_at,
    )  # fmt: skip
    excerpts: dict[str, str] = {}
    if wanted.words:
        excerpts = _search(connection, wanted.words)
        if not excerpts:
            return None, {}
        query = query.where(columns.id.in_(list(excerpts)))
    if wanted.since:
        query = query.where(columns.last_at >= _begin(wanted.since))
    if wanted.until:
        query = query.where(columns.last_at < _begin(wanted.until + timedelta(days=1)))
    if wanted.channel:
        query = query.where(columns.channel == wanted.channel)
    of_turn = turns.c.conversation_id == columns.id
    if wanted.topic:
        query = query.where(sa.exists().where(of_turn, turns.c.intent == wanted.topic))
    if wanted.kind:
        query = query.where(sa.exists().where(of_turn, turns.c.kind == wanted.kind))
    for mark in wanted.marks:
        query = query.where(_condition(mark))
    return query, excerpts


def _condition(mark: str) -> sa.ColumnElement[bool]:
    columns = conversations.c
    of_turn, of_case = turns.c.conversation_id == columns.id, cases.c.conversation_id == columns.id
    conditions: dict[str, sa.ColumnElement[bool]] = {
        "handed_over": sa.exists().where(of_case, cases.c.kind == "handoff"),
        "emergency": sa.exists().where(of_turn, turns.c.kind == "emergency"),
        "unanswered": sa.exists().where(of_turn, turns.c.kind.in_(_UNANSWERED)),
        "thumbs_down": sa.exists().where(feedback.c.conversation_id == columns.id, feedback.c.thumb == "down"),
        "reviewed": columns.reviewed_at.is_not(None),
        "not_reviewed": columns.reviewed_at.is_(None),
    }
    return conditions[mark]


def _search(connection: Connection, words: str) -> dict[str, str]:
    """Conversations that have the words in a message, with the newest such message."""
    parts = _WORDS.findall(words.lower())[:12]
    if not parts:
        return {}
    if connection.dialect.name == "sqlite":
        # Quoted, so that no word is an operator of the query language.
        match = " ".join(f'"{part}"' for part in parts[:-1]) + f' "{parts[-1]}"*'
        hits = sa.text("SELECT rowid FROM message_search WHERE message_search MATCH :match ORDER BY rowid DESC LIMIT :most")
        ids = list(connection.execute(hits, {"match": match.strip(), "most": MOST_HITS}).scalars())
    else:
        ids = _search_postgresql(connection, " & ".join([*parts[:-1], f"{parts[-1]}:*"]))
    found: dict[str, str] = {}
    for first in range(0, len(ids), 500):
        query = sa.select(messages.c.conversation_id, messages.c.text).where(messages.c.id.in_(ids[first : first + 500]))
        for row in connection.execute(query.order_by(messages.c.id.desc())):
            found.setdefault(row.conversation_id, row.text)
    return found


def _search_postgresql(connection: Connection, match: str) -> list[int]:
    """The newest hits: of a rare word all are read by the index and sorted here; a common one is met soon from the newest on."""
    # Asked for few rows the planner would rather walk through all messages than use the index.
    connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
    hits = sa.text("SELECT message_id FROM message_search WHERE words @@ to_tsquery('simple', :match) LIMIT :many")
    ids = list(connection.execute(hits, {"match": match, "many": MANY + 1}).scalars())
    if len(ids) > MANY:
        newest = "(SELECT message_id, words FROM message_search ORDER BY message_id DESC LIMIT :newest) AS newest"
        hits = sa.text(f"SELECT message_id FROM {newest} WHERE words @@ to_tsquery('simple', :match) LIMIT :most")
        ids = list(connection.execute(hits, {"match": match, "newest": NEWEST, "most": MOST_HITS}).scalars())
    return sorted(ids, reverse=True)[:MOST_HITS]


def _first_words(connection: Connection, ids: list[str]) -> dict[str, str]:
    """What each visitor wrote first."""
    query = sa.select(messages.c.conversation_id, messages.c.text).where(
        messages.c.conversation_id.in_(ids), messages.c.position == 1
    )
    return {row.conversation_id: row.text for row in connection.execute(query)}


def _as_found(row: Row[Any], excerpt: str) -> Found:
    return Found(
        row.id,
        row.channel,
        row.began_at,
        row.last_at,
        row.positions,
        row.holder,
        row.last_kind,
        bool(row.urgent),
        row.reviewed_at,
        excerpt,
    )


def list_topics(database: Database) -> list[str]:
    """Intents that the assistant has found lately."""
    recent = sa.select(turns.c.intent).where(turns.c.intent.is_not(None)).order_by(turns.c.message_id.desc()).limit(5000)
    with database.read() as connection:
        return sorted(set(connection.execute(recent).scalars()))


def list_channels(database: Database) -> list[str]:
    """Channels of the newest conversations."""
    recent = sa.select(conversations.c.channel).order_by(conversations.c.last_at.desc()).limit(2000)
    with database.read() as connection:
        return sorted(set(connection.execute(recent).scalars()))


def export_messages(database: Database, wanted: Wanted, *, most: int = 5000) -> Iterator[dict[str, Any]]:
    """All messages of the conversations that are looked for, in order, at most of `most` conversations."""
    found = find_conversations(database, wanted, limit=most)
    for first in range(0, len(found), 200):
        ids = [one.id for one in found[first : first + 200]]
        query = (
            sa.select(messages, turns.c.intent, turns.c.confidence, conversations.c.channel)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .outerjoin(turns, turns.c.message_id == messages.c.id)
            .where(messages.c.conversation_id.in_(ids))
            .order_by(messages.c.conversation_id, messages.c.position)
        )
        with database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            custom = (row.body or {}).get("custom") or {}
            yield {
                "conversation_id": row.conversation_id,
                "position": row.position,
                "channel": row.channel,
                "said_at": row.said_at.isoformat(timespec="seconds"),
                "author": row.author,
                "text": row.text,
                "kind": row.kind,
                "intent": row.intent,
                "confidence": row.confidence,
                "citations": [one.get("id") for one in custom.get("citations") or ()],
            }


def mark_reviewed(database: Database, conversation_id: str, *, by: str) -> None:
    """Note that somebody has read a conversation through.

    Raises:
        NotFoundError: If there is no such conversation.
    """
    values = {"reviewed_at": datetime.now(timezone.utc), "reviewed_by": by}
    with database.write() as connection:
        change = sa.update(conversations).where(conversations.c.id == conversation_id)
        if connection.execute(change.values(values)).rowcount != 1:
            raise NotFoundError("There is no such conversation.")


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
