"""Read the record from outside, as it lies in the database, and count what is wrong in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

_TURNS = """
select c.sender, m.external_id, m.position, t.state, t.kind, t.repeats, t.tries, m.id
from turns t join messages m on m.id = t.message_id join conversations c on c.id = m.conversation_id
order by c.sender, m.position
"""
_REPLIES = """
select c.sender, m.position, m.answers, m.text, m.kind, o.state
from messages m join conversations c on c.id = m.conversation_id left join outbox o on o.message_id = m.id
where m.author <> 'visitor' order by c.sender, m.position
"""


@dataclass
class Recorded:
    """What the record says, and what is wrong with it."""

    turns: list[Any]
    replies: list[Any]
    states: Counter[str] = field(default_factory=Counter)

    @property
    def by_id(self) -> dict[tuple[str, str], Any]:
        """Turns by sender and message id."""
        return {(turn.sender, turn.external_id): turn for turn in self.turns}


def read_record(url: str) -> Recorded:
    """Read all turns and replies."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        turns, replies = connection.execute(sa.text(_TURNS)).all(), connection.execute(sa.text(_REPLIES)).all()
    engine.dispose()
    return Recorded(list(turns), list(replies), Counter(turn.state for turn in turns))


def count_doubled(recorded: Recorded) -> int:
    """Messages that have more than one turn or more than one reply."""
    turns = Counter((turn.sender, turn.external_id) for turn in recorded.turns)
    replies = Counter(reply.answers for reply in recorded.replies)
    return sum(number > 1 for number in turns.values()) + sum(number > 1 for number in replies.values())


def count_out_of_order(recorded: Recorded) -> int:
    """Replies that do not follow the order of the messages that they answer, conversation by conversation."""
    wrong, last = 0, {}
    for reply in recorded.replies:
        wrong += reply.answers < last.get(reply.sender, 0)
        last[reply.sender] = max(reply.answers, last.get(reply.sender, 0))
    return wrong
