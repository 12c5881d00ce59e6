"""Review: which messages most need eyes, what reviewers say of them, and what becomes an example for the training.

A candidate is proposed by one person and approved by another; the text in it has no personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row

from conversations.database import Database
from conversations.errors import NotFoundError, RefusedError
from conversations.personal import mask
from conversations.tables import candidates, cases, feedback, messages, reviews, turns

UNSURE_BELOW = 0.6
WHYS = ("thumbs_down", "unanswered", "clarified", "unsure", "failed")


@dataclass(frozen=True)
class Doubt:
    """A message of a visitor that needs eyes: `why` is one of `WHYS`, the gravest."""

    message_id: int
    conversation_id: str
    position: int
    text: str
    said_at: datetime
    intent: str | None
    confidence: float | None
    kind: str | None
    why: str
    passage: str | None


def list_doubts(database: Database, *, why: str = "", limit: int = 30, before: int | None = None) -> list[Doubt]:
    """Messages that nobody has reviewed yet, the newest first."""
    replies, down = messages.alias("replies"), feedback.alias("down")
    disliked = sa.exists().where(
        replies.c.answers == turns.c.message_id, down.c.message_id == replies.c.id, down.c.thumb == "down"
    )
    whys: dict[str, sa.ColumnElement[bool]] = {
        "thumbs_down": disliked,
        "unanswered": turns.c.kind == "out_of_scope",
        "clarified": turns.c.kind == "clarify",
        "unsure": sa.and_(turns.c.confidence < UNSURE_BELOW, turns.c.kind == "answer"),
        "failed": turns.c.state == "set_aside",
    }
    said = sa.case(*((condition, name) for name, condition in whys.items()), else_="")
    query = (
        sa.select(messages, turns.c.intent, turns.c.confidence, turns.c.kind.label("reply_kind"), turns.c.understanding, said)
        .join(turns, turns.c.message_id == messages.c.id)
        .where(whys[why] if why in whys else sa.or_(*whys.values()), messages.c.text != "")
        .where(~sa.exists().where(reviews.c.message_id == messages.c.id))
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(messages.c.id < before)
    with database.read() as connection:
        return [_as_doubt(row) for row in connection.execute(query)]


def find_doubt(database: Database, message_id: int) -> Row[Any]:
    """A visitor's message and what the assistant made of it.

    Raises:
        NotFoundError: If there is none.
    """
    query = sa.select(messages, turns.c.intent, turns.c.understanding).join(turns, turns.c.message_id == messages.c.id)
    with database.read() as connection:
        row = connection.execute(query.where(messages.c.id == message_id)).first()
    if row is None:
        raise NotFoundError("There is no such message.")
    return row


def judge(
    database: Database, message_id: int, verdict: str, *, reviewer: str, intent: str | None = None, passage: str | None = None
) -> bool:
    """Keep what a reviewer says of a message; confirmed and corrected ones become candidates.

    Args:
        database: The record.
        message_id: Of a visitor's message.
        verdict: "confirmed", "corrected", "out_of_scope" or "skipped".
        reviewer: Who says so.
        intent, passage: What the message asks about.

    Returns:
        True if it is now a candidate; False if nothing is learnt from it, or it was judged before.

    Raises:
        NotFoundError: If there is no such message.
    """
    insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert
    found = find_doubt(database, message_id)
    now = datetime.now(timezone.utc)
    with database.write() as connection:
        row = {"message_id": message_id, "conversation_id": found.conversation_id, "verdict": verdict, "intent": intent}
        row |= {"passage": passage, "reviewer": reviewer, "reviewed_at": now}
        added = connection.execute(insert(reviews).on_conflict_do_nothing().returning(reviews.c.message_id), row).first()
        if added is None or verdict == "skipped" or not intent:
            return False
        names = connection.execute(
            sa.select(cases.c.contact_name).where(cases.c.conversation_id == found.conversation_id)
        ).scalars()
        text = " ".join(mask(found.text, names=[name for name in names if name]).split())
        known = sa.select(candidates.c.id).where(
            sa.func.lower(candidates.c.text) == text.lower(), candidates.c.state.in_(("proposed", "approved"))
        )
        if connection.execute(known).first() is not None:
            return False
        row = {"message_id": message_id, "text": text, "intent": intent, "passage": passage, "state": "proposed"}
        connection.execute(sa.insert(candidates), {**row, "proposed_by": reviewer, "proposed_at": now})
        return True


def undo_verdict(database: Database, message_id: int) -> None:
    """Take a verdict back, and the candidate that it made: the message is in the queue again.

    Raises:
        NotFoundError: If there is no verdict.
    """
    with database.write() as connection:
        connection.execute(sa.delete(candidates).where(candidates.c.message_id == message_id))
        if connection.execute(sa.delete(reviews).where(reviews.c.message_id == message_id)).rowcount != 1:
            raise NotFoundError("There is no such review.")


def list_candidates(database: Database, *, state: str = "") -> list[Row[Any]]:
    """Candidates, the newest first."""
    query = sa.select(candidates, messages.c.conversation_id).join(messages, messages.c.id == candidates.c.message_id)
    if state:
        query = query.where(candidates.c.state == state)
    with database.read() as connection:
        return list(connection.execute(query.order_by(candidates.c.id.desc()).limit(500)))


def decide(database: Database, candidate_id: int, state: str, *, by: str) -> None:
    """Approve, reject or undo a candidate. Who proposed it cannot approve it.

    Raises:
        NotFoundError: If there is none that this can be done to.
        RefusedError: If the same person proposed it.
    """
    before = {"approved": ("proposed",), "rejected": ("proposed",), "undone": ("approved",)}[state]
    with database.write() as connection:
        query = sa.select(candidates.c.proposed_by).where(candidates.c.id == candidate_id, candidates.c.state.in_(before))
        proposed_by = connection.execute(query.with_for_update()).scalar()
        if proposed_by is None:
            raise NotFoundError("Somebody has decided on this one already.")
        if state == "approved" and proposed_by == by:
            raise RefusedError("You proposed it yourself. Another person approves it.")
        values = {"state": state, "decided_by": by, "decided_at": datetime.now(timezone.utc), "problem": None}
        connection.execute(sa.update(candidates).where(candidates.c.id == candidate_id).values(values))


def note_problems(database: Database, problems: dict[int, str]) -> None:
    """Note why the training left candidates out."""
    with database.write() as connection:
        for candidate_id, problem in problems.items():
            connection.execute(sa.update(candidates).where(candidates.c.id == candidate_id).values(problem=problem[:200]))


def send_back(database: Database, problems: dict[int, str]) -> None:
    """Approved candidates are proposals again, each with what is against it: people decide once more."""
    with database.write() as connection:
        for candidate_id, problem in problems.items():
            values = {"state": "proposed", "decided_by": None, "decided_at": None, "problem": problem[:200]}
            query = sa.update(candidates).where(candidates.c.id == candidate_id, candidates.c.state == "approved")
            connection.execute(query.values(values))


def count_review(database: Database) -> dict[str, int]:
    """How many candidates stand where."""
    query = sa.select(candidates.c.state, sa.func.count()).group_by(candidates.c.state)
    with database.read() as connection:
        return {state: number for state, number in connection.execute(query)}


def _as_doubt(row: Row[Any]) -> Doubt:
    labels = (row.understanding or {}).get("labels") or []
    first = labels[0] if labels and isinstance(labels[0], dict) else {}
    return Doubt(
        row.id,
        row.conversation_id,
        row.position,
        row.text,
        row.said_at,
        row.intent,
        row.confidence,
        row.reply_kind,
        row[-1],
        first.get("label"),
    )


def conversation_names(database: Database, conversation_id: str) -> list[str]:
    """Names given in the contact form of a conversation, for the masking."""
    query = sa.select(cases.c.contact_name).where(cases.c.conversation_id == conversation_id)
    with database.read() as connection:
        return [name for name in connection.execute(query).scalars() if name]
