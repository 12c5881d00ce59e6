"""The desk: accounts, sessions, audit, notes, reviews, notices, holds, the search index; sealed contact details."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)
_TABLES = (
    "coordinators",
    "sessions",
    "sign_ins",
    "audit",
    "notes",
    "case_events",
    "canned_replies",
    "feedback",
    "reviews",
    "candidates",
    "notices",
    "unmaskings",
    "holds",
    "receipts",
    "preferences",
)
_COLUMNS: dict[str, Any] = {"timer": sa.String(16), "timer_at": TIME, "reviewed_at": TIME, "reviewed_by": sa.String(64)}
_CASE_COLUMNS: dict[str, Any] = {
    "contact_key": sa.String(64),
    "time_zone": sa.String(64),
    "assigned_to": sa.String(64),
    "outcome": sa.String(32),
    "closed_by": sa.String(64),
    "notified_at": TIME,
}


def upgrade() -> None:
    """Make all tables, and what the desk needs in the others."""
    for name, kind in _COLUMNS.items():
        op.add_column("conversations", sa.Column(name, kind))
    where: dict[str, Any] = {"sqlite_where": sa.text("timer IS NOT NULL"), "postgresql_where": sa.text("timer IS NOT NULL")}
    op.create_index("ix_conversations_timers", "conversations", ["timer_at"], **where)
    with op.batch_alter_table("cases", table_kwargs={"sqlite_autoincrement": True}) as cases:
        for name, size in (("contact_name", 200), ("contact_email", 320), ("contact_phone", 64)):
            cases.alter_column(name, existing_type=sa.String(size), type_=sa.Text())
        for name, kind in _CASE_COLUMNS.items():
            cases.add_column(sa.Column(name, kind))
    op.create_index("ix_cases_contact_key", "cases", ["contact_key"])
    op.create_index("ix_turns_conversation_kind", "turns", ["conversation_id", "kind"])
    op.create_index("ix_turns_accepted", "turns", ["accepted_at"])
    _make_accounts()
    _make_work()
    _make_reviews()
    _make_rest()
    _make_search()
    _guard_audit()


def downgrade() -> None:
    """Drop them; the contact columns stay as wide as they are, since what is sealed in them must not be cut."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("audit_update", "audit_delete", "message_search_add", "message_search_drop", "message_search_change"):
            op.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    else:
        op.execute("DROP TRIGGER IF EXISTS message_search_add ON messages")
        op.execute("DROP FUNCTION IF EXISTS message_search_add()")
    op.execute("DROP TABLE message_search")
    for name in reversed(_TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION IF EXISTS audit_guard()")
    op.drop_index("ix_turns_accepted", "turns")
    op.drop_index("ix_turns_conversation_kind", "turns")
    op.drop_index("ix_cases_contact_key", "cases")
    with op.batch_alter_table("cases", table_kwargs={"sqlite_autoincrement": True}) as cases:
        for name in _CASE_COLUMNS:
            cases.drop_column(name)
    op.drop_index("ix_conversations_timers", "conversations")
    for name in _COLUMNS:
        op.drop_column("conversations", name)


def _make(name: str, *parts: Any, **options: Any) -> None:
    op.create_table(name, *parts, **options)


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG, autoincrement=True, nullable=False)


def _conversation(**options: Any) -> sa.Column[str]:
    return sa.Column("conversation_id", sa.String(32), nullable=False, **options)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(table: str, column: str, other: str, **options: Any) -> sa.ForeignKeyConstraint:
    options.setdefault("ondelete", "CASCADE")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def _text(name: str, size: int | None = None, *, need: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text() if size is None else sa.String(size), nullable=not need)


def _time(name: str, *, need: bool = True) -> sa.Column[Any]:
    return sa.Column(name, TIME, nullable=not need)


def _make_accounts() -> None:
    _make(
        "coordinators",
        _text("id", 64),
        _text("name", 100),
        _text("role", 16),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("available", sa.Boolean(), server_default=sa.true(), nullable=False),
        _text("password_hash", 200),
        sa.Column("must_change", sa.Boolean(), server_default=sa.true(), nullable=False),
        _text("totp_secret", need=False),
        sa.Column("totp_step", BIG, server_default="0", nullable=False),
        _time("seen_at", need=False),
        _time("created_at"),
        _key("coordinators", "id"),
    )
    _make(
        "sessions",
        _text("id_hash", 64),
        _text("coordinator_id", 64),
        _text("stage", 16),
        _text("csrf", 64),
        _time("began_at"),
        _time("seen_at"),
        _to("sessions", "coordinator_id", "coordinators"),
        _key("sessions", "id_hash"),
    )
    op.create_index("ix_sessions_coordinator_id", "sessions", ["coordinator_id"])
    _make("sign_ins", _id(), _text("key", 200), _time("tried_at"), _key("sign_ins", "id"), sqlite_autoincrement=True)
    op.create_index("ix_sign_ins_key", "sign_ins", ["key", "tried_at"])
    _make(
        "audit",
        _id(),
        _text("coordinator", 64),
        _text("action", 48),
        _text("object", 200, need=False),
        _text("detail", 500, need=False),
        _text("address", 64, need=False),
        _time("done_at"),
        _key("audit", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_done_at", "audit", ["done_at"])


def _make_work() -> None:
    _make(
        "notes",
        _id(),
        _conversation(),
        _text("coordinator", 64),
        _text("text"),
        _time("written_at"),
        _to("notes", "conversation_id", "conversations"),
        _key("notes", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_conversation_id", "notes", ["conversation_id"])
    _make(
        "case_events",
        _id(),
        sa.Column("case_id", BIG, nullable=False),
        _text("what", 32),
        _text("coordinator", 64, need=False),
        _text("detail", 200, need=False),
        _time("happened_at"),
        _to("case_events", "case_id", "cases"),
        _key("case_events", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_events_case_id", "case_events", ["case_id"])
    _make(
        "canned_replies",
        _id(),
        _text("title", 80),
        _text("text"),
        _text("changed_by", 64),
        _time("changed_at"),
        _key("canned_replies", "id"),
        sa.UniqueConstraint("title", name=op.f("uq_canned_replies_title")),
        sqlite_autoincrement=True,
    )
    _make(
        "notices",
        _id(),
        sa.Column("case_id", BIG, nullable=False),
        _text("way", 16),
        _text("state", 16),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        _text("error", 200, need=False),
        _time("sent_at", need=False),
        _to("notices", "case_id", "cases"),
        _key("notices", "id"),
        sa.UniqueConstraint("case_id", "way", name=op.f("uq_notices_case_id_way")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_case_id", "notices", ["case_id"])


def _make_reviews() -> None:
    _make(
        "feedback",
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        _conversation(),
        _text("thumb", 8),
        _text("comment", need=False),
        _time("given_at"),
        _to("feedback", "message_id", "messages"),
        _to("feedback", "conversation_id", "conversations"),
        _key("feedback", "message_id"),
    )
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"])
    _make(
        "reviews",
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        _conversation(),
        _text("verdict", 16),
        _text("intent", 64, need=False),
        _text("passage", 128, need=False),
        _text("reviewer", 64),
        _time("reviewed_at"),
        _to("reviews", "message_id", "messages"),
        _to("reviews", "conversation_id", "conversations"),
        _key("reviews", "message_id"),
    )
    op.create_index("ix_reviews_conversation_id", "reviews", ["conversation_id"])
    _make(
        "candidates",
        _id(),
        sa.Column("message_id", BIG, nullable=False),
        _text("text"),
        _text("intent", 64),
        _text("passage", 128, need=False),
        _text("state", 16),
        _text("proposed_by", 64),
        _text("decided_by", 64, need=False),
        _text("problem", 200, need=False),
        _time("proposed_at"),
        _time("decided_at", need=False),
        _to("candidates", "message_id", "messages"),
        _key("candidates", "id"),
        sa.UniqueConstraint("message_id", name=op.f("uq_candidates_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_candidates_state", "candidates", ["state"])


def _make_rest() -> None:
    _make(
        "unmaskings",
        _id(),
        _conversation(),
        _text("coordinator", 64),
        _text("reason", 200),
        _time("until"),
        _to("unmaskings", "conversation_id", "conversations"),
        _key("unmaskings", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unmaskings_whose", "unmaskings", ["conversation_id", "coordinator"])
    _make(
        "holds",
        _conversation(),
        _text("reason", 200),
        _text("set_by", 64),
        _time("set_at"),
        _to("holds", "conversation_id", "conversations", ondelete=None),
        _key("holds", "conversation_id"),
    )
    _make(
        "receipts",
        _text("id", 32),
        _text("what", 16),
        sa.Column("counts", JSON, nullable=False),
        _text("done_by", 64),
        _time("done_at"),
        _key("receipts", "id"),
    )
    _make(
        "preferences",
        _text("key", 64),
        sa.Column("value", JSON),
        _text("changed_by", 64),
        _time("changed_at"),
        _key("preferences", "key"),
    )


def _make_search() -> None:
    """Full text over what was said, kept up by triggers; what is there already is taken in."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE message_search USING fts5(text, content='messages', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        op.execute("INSERT INTO message_search(rowid, text) SELECT id, text FROM messages")
        op.execute(
            "CREATE TRIGGER message_search_add AFTER INSERT ON messages BEGIN "
            "INSERT INTO message_search(rowid, text) VALUES (new.id, new.text); END"
        )
        op.execute(
            "CREATE TRIGGER message_search_drop AFTER DELETE ON messages BEGIN "
            "INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.id, old.text); END"
        )
        op.execute(
            "CREATE TRIGGER message_search_change AFTER UPDATE OF text ON messages BEGIN "
            "INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.id, old.text); "
            "INSERT INTO message_search(rowid, text) VALUES (new.id, new.text); END"
        )
        return
    op.execute(
        "CREATE TABLE message_search (message_id bigint PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE, "
        "words tsvector NOT NULL)"
    )
    op.execute("INSERT INTO message_search SELECT id, to_tsvector('simple', text) FROM messages")
    op.execute("CREATE INDEX ix_message_search_words ON message_search USING gin (words)")
    op.execute(
        "CREATE FUNCTION message_search_add() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO message_search VALUES (new.id, to_tsvector('simple', new.text)) "
        "ON CONFLICT (message_id) DO UPDATE SET words = excluded.words; RETURN new; END $$"
    )
    op.execute(
        "CREATE TRIGGER message_search_add AFTER INSERT OR UPDATE OF text ON messages "
        "FOR EACH ROW EXECUTE FUNCTION message_search_add()"
    )


def _guard_audit() -> None:
    """The audit log only grows: the database itself refuses to change or delete a row."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_{event} BEFORE {event.upper()} ON audit BEGIN "
                "SELECT RAISE(ABORT, 'the audit log only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the audit log only grows'; END $$"
    )
    op.execute("CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard()")
    op.execute("CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()")
