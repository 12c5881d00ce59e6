"""The tables of the record. A change here needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from conversations.sealing import Cipher


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it as text that sorts by time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Aware to what the database keeps."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What the database keeps to aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class Sealed(TypeDecorator[str]):
    """A text that is encrypted where it lies, with the cipher of the database it goes to."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Plain to sealed."""
        cipher: Cipher | None = getattr(dialect, "cipher", None)
        return value if value is None or cipher is None else cipher.seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Sealed to plain; what was written before there was a key is plain already."""
        cipher: Cipher | None = getattr(dialect, "cipher", None)
        return value if value is None or cipher is None else cipher.open(value)


METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite counts up by itself only in a column that is plainly INTEGER.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)


def _message_id(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, BIG, sa.ForeignKey("messages.id", ondelete="CASCADE"), **options)


def _conversation_id(**options: Any) -> sa.Column[str]:
    return sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), **options)


conversations = sa.Table(
    "conversations",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("sender", sa.String(255), nullable=False),
    sa.Column("holder", sa.String(16), nullable=False, server_default="assistant"),
    sa.Column("coordinator", sa.String(64)),  # who holds it, if holder is "coordinator"
    sa.Column("held_since", UtcTime),
    sa.Column("timer", sa.String(16)),  # what is waited for: "claim", "answer" or "visitor"
    sa.Column("timer_at", UtcTime),
    sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reviewed_at", UtcTime),
    sa.Column("reviewed_by", sa.String(64)),
    sa.Column("context", JSON),  # the assistant's working memory, opaque here
    sa.Column("last_kind", sa.String(32)),
    sa.Column("positions", sa.Integer, nullable=False, server_default="0"),  # messages so far
    sa.Column("waiting", sa.Integer, nullable=False, server_default="0"),  # turns without a reply
    sa.Column("lease_owner", sa.String(64)),
    sa.Column("lease_until", sa.Float),  # seconds since 1970
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),  # counts leases; an older one commits nothing
    sa.Column("began_at", UtcTime, nullable=False),
    sa.Column("last_at", UtcTime, nullable=False, index=True),
    sa.UniqueConstraint("channel", "sender"),
)
sa.Index(
    "ix_conversations_unfinished",
    conversations.c.lease_until,
    sqlite_where=conversations.c.waiting > 0,
    postgresql_where=conversations.c.waiting > 0,
)

sa.Index(
    "ix_conversations_timers",
    conversations.c.timer_at,
    sqlite_where=conversations.c.timer.is_not(None),
    postgresql_where=conversations.c.timer.is_not(None),
)

messages = sa.Table(
    "messages",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    _conversation_id(nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("author", sa.String(16), nullable=False),
    sa.Column("author_id", sa.String(64)),  # which coordinator
    sa.Column("external_id", sa.String(255)),  # the client's or provider's id of a visitor's message
    _message_id("answers", index=True),  # the visitor's message that this one answers
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("kind", sa.String(32)),
    sa.Column("body", JSON),  # the rest in Rasa's form: buttons, custom with the citations
    sa.Column("said_at", UtcTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "position"),
    sa.UniqueConstraint("conversation_id", "external_id"),
    sqlite_autoincrement=True,
)

turns = sa.Table(
    "turns",
    METADATA,
    _message_id("message_id", primary_key=True, autoincrement=False),
    _conversation_id(nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(32)),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),  # deliveries beyond the first
    sa.Column("accepted_by", sa.String(64), nullable=False),  # the gateway whose caller waits; "*" for several
    sa.Column("intent", sa.String(64)),
    sa.Column("confidence", sa.Float),
    sa.Column("understanding", JSON),
    sa.Column("model", sa.String(128)),
    sa.Column("error", sa.String(200)),
    sa.Column("accepted_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
)
sa.Index(
    "ix_turns_waiting",
    turns.c.conversation_id,
    turns.c.message_id,
    sqlite_where=turns.c.state == "waiting",
    postgresql_where=turns.c.state == "waiting",
)

sa.Index("ix_turns_conversation_kind", turns.c.conversation_id, turns.c.kind)
sa.Index("ix_turns_accepted", turns.c.accepted_at)

outbox = sa.Table(
    "outbox",
    METADATA,
    _message_id("message_id", primary_key=True, autoincrement=False),
    _conversation_id(nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", sa.Float, nullable=False),  # seconds since 1970; while being sent, the end of the lease
    sa.Column("provider_id", sa.String(255)),
    sa.Column("error", sa.String(200)),
    sa.Column("queued_at", UtcTime, nullable=False),
    sa.Column("sent_at", UtcTime),
)
sa.Index(
    "ix_outbox_pending",
    outbox.c.channel,
    outbox.c.conversation_id,
    outbox.c.message_id,
    sqlite_where=outbox.c.state == "pending",
    postgresql_where=outbox.c.state == "pending",
)

cases = sa.Table(
    "cases",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("reference", sa.String(16), nullable=False, unique=True),
    _conversation_id(nullable=False, index=True),
    sa.Column("message_id", BIG, sa.ForeignKey("messages.id", ondelete="SET NULL")),  # the message that opened it
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("priority", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("contact_name", Sealed),
    sa.Column("contact_email", Sealed),
    sa.Column("contact_phone", Sealed),
    sa.Column("contact_key", sa.String(64), index=True),  # fingerprint of the e-mail or phone: finds the same visitor again
    sa.Column("consent", JSON),  # given or not, the wording shown, when
    sa.Column("topics", JSON),
    sa.Column("countries", JSON),
    sa.Column("questions", JSON),  # the visitor's own
    sa.Column("language", sa.String(16)),
    sa.Column("time_zone", sa.String(64)),
    sa.Column("occurrences", sa.Integer, nullable=False, server_default="1"),
    sa.Column("assigned_to", sa.String(64)),
    sa.Column("outcome", sa.String(32)),
    sa.Column("closed_by", sa.String(64)),
    sa.Column("notified_at", UtcTime),  # when the coordinators were told, or that was put in the queue
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("closed_at", UtcTime),
    sqlite_autoincrement=True,
)
sa.Index("ix_cases_state", cases.c.state, cases.c.priority, cases.c.opened_at)

labels = sa.Table(
    "labels",
    METADATA,
    _conversation_id(primary_key=True),
    sa.Column("label", sa.String(64), primary_key=True),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", UtcTime, nullable=False),
)

moves = sa.Table(
    "moves",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    _conversation_id(nullable=False, index=True),
    sa.Column("before", sa.String(16), nullable=False),
    sa.Column("after", sa.String(16), nullable=False),
    sa.Column("coordinator", sa.String(64)),
    sa.Column("moved_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

events = sa.Table(
    "events",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("conversation_id", sa.String(32), nullable=False),
    sa.Column("message_id", BIG),
    sa.Column("data", JSON),
    sa.Column("happened_at", UtcTime, nullable=False),
    sa.Column("published_at", UtcTime),
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_events_unpublished",
    events.c.id,
    sqlite_where=events.c.published_at.is_(None),
    postgresql_where=events.c.published_at.is_(None),
)

leases = sa.Table(
    "leases",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),  # seconds since 1970
)


# ------------------------------------------------------------------ the desk

coordinators = sa.Table(
    "coordinators",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),  # what one signs in with; never reused
    sa.Column("name", sa.String(100), nullable=False),  # what visitors read
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("available", sa.Boolean, nullable=False, server_default=sa.true()),  # takes live conversations
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("totp_secret", Sealed),  # None until the second factor is set up
    sa.Column("totp_step", BIG, nullable=False, server_default="0"),  # of the last code: none is taken twice
    sa.Column("seen_at", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
)


def _coordinator_id(**options: Any) -> sa.Column[str]:
    return sa.Column("coordinator_id", sa.String(64), sa.ForeignKey("coordinators.id", ondelete="CASCADE"), **options)


sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id_hash", sa.String(64), primary_key=True),  # the cookie itself is kept nowhere
    _coordinator_id(nullable=False, index=True),
    sa.Column("stage", sa.String(16), nullable=False),  # "password" until the second factor is given, then "full"
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("began_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
)

sign_ins = sa.Table(
    "sign_ins",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(200), nullable=False),  # whose guesses are counted: an address, an account
    sa.Column("tried_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("ix_sign_ins_key", sign_ins.c.key, sign_ins.c.tried_at)

audit = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("coordinator", sa.String(64), nullable=False),
    sa.Column("action", sa.String(48), nullable=False),
    sa.Column("object", sa.String(200)),  # what it was done to: an id, never a content
    sa.Column("detail", sa.String(500)),
    sa.Column("address", sa.String(64)),
    sa.Column("done_at", UtcTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)

notes = sa.Table(
    "notes",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    _conversation_id(nullable=False, index=True),
    sa.Column("coordinator", sa.String(64), nullable=False),
    sa.Column("text", Sealed, nullable=False),
    sa.Column("written_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

case_events = sa.Table(
    "case_events",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("what", sa.String(32), nullable=False),
    sa.Column("coordinator", sa.String(64)),
    sa.Column("detail", sa.String(200)),
    sa.Column("happened_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

canned_replies = sa.Table(
    "canned_replies",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("title", sa.String(80), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

feedback = sa.Table(
    "feedback",
    METADATA,
    _message_id("message_id", primary_key=True, autoincrement=False),
    _conversation_id(nullable=False, index=True),
    sa.Column("thumb", sa.String(8), nullable=False),  # "up" or "down"
    sa.Column("comment", sa.Text),
    sa.Column("given_at", UtcTime, nullable=False),
)

reviews = sa.Table(
    "reviews",
    METADATA,
    _message_id("message_id", primary_key=True, autoincrement=False),
    _conversation_id(nullable=False, index=True),
    sa.Column("verdict", sa.String(16), nullable=False),  # "confirmed", "corrected", "out_of_scope" or "skipped"
    sa.Column("intent", sa.String(64)),
    sa.Column("passage", sa.String(128)),
    sa.Column("reviewer", sa.String(64), nullable=False),
    sa.Column("reviewed_at", UtcTime, nullable=False),
)

candidates = sa.Table(
    "candidates",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    _message_id("message_id", nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),  # personal data removed
    sa.Column("intent", sa.String(64), nullable=False),
    sa.Column("passage", sa.String(128)),
    sa.Column("state", sa.String(16), nullable=False, index=True),  # "proposed", "approved", "rejected" or "undone"
    sa.Column("proposed_by", sa.String(64), nullable=False),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("problem", sa.String(200)),  # why the training left it out
    sa.Column("proposed_at", UtcTime, nullable=False),
    sa.Column("decided_at", UtcTime),
    sqlite_autoincrement=True,
)

notices = sa.Table(
    "notices",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("way", sa.String(16), nullable=False),  # "email" or "webhook"
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", sa.Float, nullable=False),  # seconds since 1970
    sa.Column("error", sa.String(200)),
    sa.Column("sent_at", UtcTime),
    sa.UniqueConstraint("case_id", "way"),
    sqlite_autoincrement=True,
)

unmaskings = sa.Table(
    "unmaskings",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    _conversation_id(nullable=False),
    sa.Column("coordinator", sa.String(64), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("until", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("ix_unmaskings_whose", unmaskings.c.conversation_id, unmaskings.c.coordinator)

holds = sa.Table(
    "holds",
    METADATA,
    # No cascade: the database itself refuses to delete a conversation that is held.
    sa.Column("conversation_id", sa.String(32), sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", UtcTime, nullable=False),
)

receipts = sa.Table(
    "receipts",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("what", sa.String(16), nullable=False),  # "erasure" or "retention"
    sa.Column("counts", JSON, nullable=False),  # rows by store
    sa.Column("done_by", sa.String(64), nullable=False),
    sa.Column("done_at", UtcTime, nullable=False),
)

preferences = sa.Table(
    "preferences",
    METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("value", JSON),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)

ended_sessions = sa.Table(
    "ended_sessions",
    METADATA,
    sa.Column("key", sa.String(64), primary_key=True),  # SHA-256 of channel and sender: says nothing of the visitor
    sa.Column("ended_at", UtcTime, nullable=False),
)
