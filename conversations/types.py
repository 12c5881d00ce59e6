"""The values that cross between the record and those who use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from conversations.moves import Holder


class TurnState(str, Enum):
    """Where a visitor's message stands."""

    WAITING = "waiting"  # accepted, no reply yet
    ANSWERED = "answered"
    SET_ASIDE = "set_aside"  # the assistant failed; the visitor was told, a case was opened
    PASSED_ON = "passed_on"  # a person holds the conversation, or is awaited


class Author(str, Enum):
    """Who said a message."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    GATEWAY = "gateway"  # the door's own words: emergency, unavailable, empty message
    COORDINATOR = "coordinator"


class DeliveryState(str, Enum):
    """Where a message to the visitor stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # for good; a case was opened


@dataclass(frozen=True)
class Incoming:
    """One message of a visitor, checked, before it is stored.

    Attributes:
        channel: Name of the channel.
        sender: The visitor's address on the channel; with the channel it names the conversation.
        external_id: The client's or provider's id; a second message with it in the same conversation is a repeat.
        text: What was written, control characters removed; may be empty.
    """

    channel: str
    sender: str
    external_id: str
    text: str


@dataclass(frozen=True)
class Draft:
    """A message to the visitor before it is stored.

    Attributes:
        author: Who says it.
        text: What is read; `{reference}` stands for the reference of the case that the same turn opens.
        kind: Of the reply, as in the contract; None for a second message of the same reply.
        body: The rest of the message in Rasa's form: buttons, custom, image.
    """

    author: Author
    text: str
    kind: str | None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A stored message to the visitor: its id in the record, and what it says."""

    id: int
    author: Author
    text: str
    kind: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of a turn, to be committed whole or not at all.

    Attributes:
        state: How the turn ends.
        drafts: The reply, in order.
        kind: Of the reply.
        context: The assistant's working memory after the turn; None keeps the stored one.
        effects: What else was asked for; see `conversations.effects`.
        understanding: What the assistant made of the message: intent, confidence, labels.
        model: Id of the model that spoke.
        error: Why the assistant failed, without a word of the visitor.
    """

    state: TurnState
    drafts: Sequence[Draft] = ()
    kind: str | None = None
    context: Mapping[str, Any] | None = None
    effects: Sequence[Mapping[str, Any]] = ()
    understanding: Mapping[str, Any] | None = None
    model: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Work:
    """A claimed turn: what the worker needs to make the reply, and the proof that it may commit it.

    Attributes:
        conversation_id: Of the record.
        channel: Name of the visitor's channel.
        message_id: The visitor's message in the record.
        external_id: The client's id of it.
        text: What the visitor wrote.
        context: The assistant's working memory; None at the first turn.
        previous_kind: Kind of the reply before, or None.
        holder: Who held the conversation when the turn was claimed.
        fence: Number of the lease; a commit with an older one is refused.
        tries: How often the turn has been begun, this time included.
        was_held: True if a person has ever been in the conversation, or been waited for.
    """

    conversation_id: str
    channel: str
    message_id: int
    external_id: str
    text: str
    context: Mapping[str, Any] | None
    previous_kind: str | None
    holder: Holder
    fence: int
    tries: int
    was_held: bool = False


@dataclass(frozen=True)
class Accepted:
    """What the record knows of a message once it is stored.

    Attributes:
        conversation_id: Of the record.
        message_id: Of the record.
        repeated: True if the message was known.
        state: Of its turn.
        replies: The stored reply, if there is one.
        work: The turn, if the caller is the one to work on it now.
    """

    conversation_id: str
    message_id: int
    repeated: bool
    state: TurnState
    replies: Sequence[Said] = ()
    work: Work | None = None


@dataclass(frozen=True)
class Finished:
    """A committed turn.

    Attributes:
        state: How it ended.
        replies: Its reply.
        following: The next turn of the conversation, already claimed.
        was_held: True if a person has ever been in the conversation, or been waited for.
    """

    state: TurnState
    replies: Sequence[Said]
    following: Work | None
    was_held: bool = False


@dataclass(frozen=True)
class Case:
    """Something a coordinator must see to.

    Attributes:
        reference: Short, said to the visitor.
        kind: "handoff", "privacy", "emergency" or "failure".
        reason: Of the closed list `conversations.effects.REASONS`.
        priority: "normal" or "urgent".
        state: "open" or "closed".
        conversation_id: Of the record.
        contact: Name, e-mail, phone as far as given.
        opened_at: UTC.
    """

    reference: str
    kind: str
    reason: str
    priority: str
    state: str
    conversation_id: str
    contact: Mapping[str, str]
    opened_at: datetime


@dataclass(frozen=True)
class Delivery:
    """A message that is to be sent now: claimed from the outbox.

    Attributes:
        message_id: Of the record; the receiving side may recognise a repeat by it.
        conversation_id: Of the record.
        sender: The visitor's address on the channel.
        said: What to send.
        answers: The client's id of the message that it answers, or None.
        tries: How often it has been tried, this time included.
    """

    message_id: int
    conversation_id: str
    sender: str
    said: Said
    answers: str | None
    tries: int


@dataclass(frozen=True)
class Backlog:
    """What has not been done yet: counts, and the age in seconds of the oldest of each."""

    turns: int
    oldest_turn_s: float
    deliveries: int
    oldest_delivery_s: float
    events: int
    open_cases: int
