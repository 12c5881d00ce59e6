"""Figures of the desk: what was asked, how it was answered, how long people waited."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from conversations.database import Database
from conversations.tables import case_events, cases, feedback, messages, turns

MOST_UNANSWERED = 3000
_WORDS = re.compile(r"[a-zà-ÿ]{3,}")
_STOP = frozenset(
    [
        "the",
        "and",
        "for",
        "are",
        "you",
        "can",
        "what",
        "how",
        "does",
        "with",
        "that",
        "this",
        "have",
        "has",
        "had",
        "was",
        "will",
        "would",
        "could",
        "should",
        "there",
        "their",
        "they",
        "from",
        "not",
        "about",
        "your",
        "any",
        "get",
        "into",
        "our",
        "out",
        "who",
        "why",
        "when",
        "where",
        "which",
    ]
)


@dataclass
class Figures:
    """What the analytics page shows.

    Attributes:
        days: Conversations that had a message, by day, oldest first.
        topics: Questions by intent, the most frequent first.
        countries: Cases by country.
        ends: Turns by how they ended: kinds of reply.
        hours: Messages by hour of the day, local, 24 numbers.
        thumbs: "up" and "down".
        claim_s, first_reply_s: Seconds until a case was claimed, until a person answered: each value.
        unanswered: Groups of questions alike: how many, and an example.
        n_conversations, n_messages, n_handed_over: In the period.
    """

    days: list[tuple[str, int]] = field(default_factory=list)
    topics: list[tuple[str, int]] = field(default_factory=list)
    countries: list[tuple[str, int]] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    hours: list[int] = field(default_factory=lambda: [0] * 24)
    thumbs: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    claim_s: list[float] = field(default_factory=list)
    first_reply_s: list[float] = field(default_factory=list)
    unanswered: list[tuple[int, str]] = field(default_factory=list)
    n_conversations: int = 0
    n_messages: int = 0
    n_handed_over: int = 0

    @property
    def claim_median_s(self) -> float | None:
        """Half of the cases were claimed faster."""
        return median(self.claim_s) if self.claim_s else None

    @property
    def first_reply_median_s(self) -> float | None:
        """Half of the visitors had a person's answer faster."""
        return median(self.first_reply_s) if self.first_reply_s else None


def read_figures(database: Database, *, days: int, zone: ZoneInfo) -> Figures:
    """Figures of the last so many days."""
    since = datetime.now(timezone.utc) - timedelta(days=days)
    figures = Figures()
    with database.read() as connection:
        _count_turns(connection, figures, since, zone)
        _count_cases(connection, figures, since)
        rated = sa.select(feedback.c.thumb, sa.func.count()).where(feedback.c.given_at >= since).group_by(feedback.c.thumb)
        figures.thumbs |= dict(tuple(row) for row in connection.execute(rated))
        asked = (
            sa.select(messages.c.text)
            .join(turns, turns.c.message_id == messages.c.id)
            .where(turns.c.accepted_at >= since, turns.c.kind == "out_of_scope")
            .order_by(messages.c.id.desc())
            .limit(MOST_UNANSWERED)
        )
        figures.unanswered = group_alike(list(connection.execute(asked).scalars()))
    return figures


def _count_turns(connection: Connection, figures: Figures, since: datetime, zone: ZoneInfo) -> None:
    period = turns.c.accepted_at >= since
    by_intent = sa.select(turns.c.intent, sa.func.count()).where(period, turns.c.intent.is_not(None)).group_by(turns.c.intent)
    figures.topics = sorted(((name, n) for name, n in connection.execute(by_intent)), key=lambda pair: (-pair[1], pair[0]))
    by_end = sa.select(turns.c.kind, turns.c.state, sa.func.count()).where(period).group_by(turns.c.kind, turns.c.state)
    for kind, state, number in connection.execute(by_end):
        name = "handoff" if state == "passed_on" else kind or state
        figures.ends[name] = figures.ends.get(name, 0) + number
    figures.n_messages = sum(figures.ends.values())
    figures.n_conversations = connection.execute(
        sa.select(sa.func.count(sa.distinct(turns.c.conversation_id))).where(period)
    ).scalar_one()
    _count_times(connection, figures, period, zone)


def _count_times(connection: Connection, figures: Figures, period: sa.ColumnElement[bool], zone: ZoneInfo) -> None:
    """Days and hours: counted by the hour in the database, put into the desk's time zone here."""
    if connection.dialect.name == "sqlite":
        hour: Any = sa.func.strftime("%Y-%m-%dT%H", turns.c.accepted_at)
    else:
        hour = sa.func.to_char(sa.func.timezone("UTC", turns.c.accepted_at), 'YYYY-MM-DD"T"HH24')
    grouped = sa.select(hour.label("hour"), sa.func.count()).where(period).group_by(sa.text("1"))
    days: Counter[str] = Counter()
    for text, number in connection.execute(grouped):
        local = datetime.strptime(text, "%Y-%m-%dT%H").replace(tzinfo=timezone.utc).astimezone(zone)
        figures.hours[local.hour] += number
        days[local.date().isoformat()] += number
    figures.days = sorted(days.items())


def _count_cases(connection: Connection, figures: Figures, since: datetime) -> None:
    rows = connection.execute(
        sa.select(cases.c.id, cases.c.conversation_id, cases.c.kind, cases.c.countries, cases.c.opened_at).where(
            cases.c.opened_at >= since
        )
    ).all()
    figures.n_handed_over = sum(row.kind == "handoff" for row in rows)
    countries = Counter(country for row in rows for country in row.countries or ())
    figures.countries = countries.most_common(12)
    opened = {row.id: row.opened_at for row in rows}
    claimed = (
        sa.select(case_events.c.case_id, sa.func.min(case_events.c.happened_at))
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(cases.c.opened_at >= since, case_events.c.what == "claimed")
        .group_by(case_events.c.case_id)
    )
    for case_id, at in connection.execute(claimed):
        if case_id in opened:
            figures.claim_s.append(max(0.0, (at - opened[case_id]).total_seconds()))
    first = (
        sa.select(cases.c.id, sa.func.min(messages.c.said_at))
        .join(messages, messages.c.conversation_id == cases.c.conversation_id)
        .where(cases.c.opened_at >= since, messages.c.author == "coordinator", messages.c.said_at >= cases.c.opened_at)
        .group_by(cases.c.id)
    )
    for case_id, at in connection.execute(first):
        figures.first_reply_s.append(max(0.0, (at - opened[case_id]).total_seconds()))


def group_alike(texts: list[str], *, at_least: float = 0.34, most: int = 15) -> list[tuple[int, str]]:
    """Group questions by the words that they share.

    Args:
        texts: What was asked.
        at_least: Share of words in common (Jaccard) from which a question belongs to a group.
        most: How many groups, the largest first.

    Returns:
        How many questions are in a group, and the shortest of them.
    """
    groups: list[tuple[set[str], list[str]]] = []
    by_word: defaultdict[str, set[int]] = defaultdict(set)
    for text in texts:
        words = {word[:6] for word in _WORDS.findall(text.lower())} - _STOP
        near = Counter(number for word in words for number in by_word[word])
        best, share = -1, 0.0
        for number, common in near.most_common(20):
            of_group = groups[number][0]
            if (found := common / len(of_group | words)) > share:
                best, share = number, found
        if share < at_least:
            best = len(groups)
            groups.append((words, []))
            for word in words:
                by_word[word].add(best)
        groups[best][1].append(text)
    sizes = sorted(((len(members), min(members, key=len)) for _, members in groups), key=lambda pair: -pair[0])
    return sizes[:most]
