"""Who holds a conversation, and the moves that are allowed. The store refuses all others."""

from __future__ import annotations

from enum import Enum


class Holder(str, Enum):
    """Who answers: the assistant, nobody yet (a person is awaited), or a coordinator."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    COORDINATOR = "coordinator"


# From one coordinator to another it goes through WAITING: nobody becomes holder without claiming.
ALLOWED_MOVES: frozenset[tuple[Holder, Holder]] = frozenset(
    {
        (Holder.ASSISTANT, Holder.WAITING),  # the visitor asks for a person
        (Holder.ASSISTANT, Holder.COORDINATOR),  # a coordinator steps in unasked
        (Holder.WAITING, Holder.COORDINATOR),  # a coordinator claims
        (Holder.WAITING, Holder.ASSISTANT),  # nobody came, or the visitor no longer wants it
        (Holder.COORDINATOR, Holder.ASSISTANT),  # handed back
        (Holder.COORDINATOR, Holder.WAITING),  # the coordinator leaves; another is awaited
    }
)


def is_allowed(before: Holder, after: Holder) -> bool:
    """True if a conversation may go from one holder to another."""
    return (before, after) in ALLOWED_MOVES
