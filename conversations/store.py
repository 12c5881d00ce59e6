"""The inbox and the turns: accept a message once, claim a conversation, commit a reply once.

One worker at a time has a conversation: by a lease (`lease_owner`, `lease_until`) that it renews, and by a number that counts
leases (`fence`). What a worker made is committed only if its number is still the conversation's, so a worker that was thought
dead and was not does no harm. Clocks decide only when a lease is taken over, never what is kept.

Method: leases with fencing numbers, Kleppmann (2016), How to do distributed locking.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from conversations.cases import apply_effects, list_cases
from conversations.database import Database
from conversations.errors import LeaseLostError
from conversations.events import add_event
from conversations.moves import Holder
from conversations.prepared import Prepared
from conversations.tables import UtcTime, cases, conversations, events, messages, outbox, turns
from conversations.types import Accepted, Author, Backlog, Case, Draft, Finished, Incoming, Outcome, Said, TurnState, Work

LEASE_S = 10.0
ANYONE = "*"  # in accepted_by: callers at several gateways wait for the turn
WAKE_CHANNEL = "turns_ended"

_FIND = Prepared(
    sa.select(
        conversations.c.id,
        conversations.c.holder,
        conversations.c.context,
        conversations.c.last_kind,
        conversations.c.positions,
        conversations.c.waiting,
        conversations.c.lease_owner,
        conversations.c.lease_until,
        conversations.c.fence,
        conversations.c.timer,
        conversations.c.held_since,
    )
    .where(conversations.c.channel == sa.bindparam("of_channel"), conversations.c.sender == sa.bindparam("of_sender"))
    .with_for_update()
)
_LOCK = Prepared(
    sa.select(
        conversations.c.id,
        conversations.c.channel,
        conversations.c.holder,
        conversations.c.context,
        conversations.c.last_kind,
        conversations.c.positions,
        conversations.c.waiting,
        conversations.c.fence,
        conversations.c.held_since,
    )
    .where(conversations.c.id == sa.bindparam("of_id"))
    .with_for_update()
)
_CHANGE = Prepared(sa.update(conversations).where(conversations.c.id == sa.bindparam("of_id")))
_ADD_TURN = Prepared(sa.insert(turns))
# As text, since SQLAlchemy compiles its own form of ON CONFLICT anew each time. Both databases understand this one.
_ADD_INCOMING = Prepared(
    sa.text(
        "INSERT INTO messages (conversation_id, position, author, external_id, text, said_at)"
        " VALUES (:conversation_id, :position, :author, :external_id, :text, :said_at)"
        " ON CONFLICT (conversation_id, external_id) DO NOTHING RETURNING id"
    )
    .bindparams(sa.bindparam("said_at", type_=UtcTime()))
    .columns(messages.c.id)
)
_ADD_CONVERSATION = Prepared(
    sa.text(
        "INSERT INTO conversations (id, channel, sender, began_at, last_at) VALUES (:id, :channel, :sender, :now, :now)"
        " ON CONFLICT (channel, sender) DO NOTHING RETURNING id"
    )
    .bindparams(sa.bindparam("now", type_=UtcTime()))
    .columns(conversations.c.id)
)
_ADD_MESSAGE = Prepared(sa.insert(messages).returning(messages.c.id))
_ADD_TO_OUTBOX = Prepared(sa.insert(outbox))
_REPLIES = (
    sa.select(messages.c.id, messages.c.author, messages.c.text, messages.c.kind, messages.c.body)
    .where(messages.c.answers == sa.bindparam("of_message"), messages.c.author != Author.COORDINATOR.value)
    .order_by(messages.c.id)
)
_FIRST_WAITING = (
    sa.select(turns.c.message_id, turns.c.tries, messages.c.text, messages.c.external_id)
    .join(messages, messages.c.id == turns.c.message_id)
    .where(turns.c.conversation_id == sa.bindparam("of_id"), turns.c.state == TurnState.WAITING.value)
    .order_by(turns.c.message_id)
    .limit(1)
)
_BEGIN_TRY = sa.update(turns).where(turns.c.message_id == sa.bindparam("of_message")).values(tries=turns.c.tries + 1)
_END_TURN = Prepared(
    sa.update(turns)
    .where(turns.c.message_id == sa.bindparam("of_message"), turns.c.state == TurnState.WAITING.value)
    .returning(turns.c.accepted_by)
)


@dataclass(frozen=True)
class _Begun:
    """A conversation that has just been begun, as `_FIND` would find it."""

    id: str
    holder: str = Holder.ASSISTANT.value
    context: Mapping[str, Any] | None = None
    last_kind: str | None = None
    positions: int = 0
    waiting: int = 0
    lease_owner: str | None = None
    lease_until: float | None = None
    fence: int = 0
    timer: str | None = None
    held_since: datetime | None = None


def _work_of(found: Row[Any] | _Begun, incoming: Incoming, message_id: int) -> Work:
    """The turn of a new message in a conversation that nobody works on."""
    return Work(
        found.id,
        incoming.channel,
        message_id,
        incoming.external_id,
        incoming.text,
        found.context,
        found.last_kind,
        Holder(found.holder),
        found.fence + 1,
        1,
        found.held_since is not None,
    )


class Store:
    """The record, as one gateway sees it. All methods are blocking and safe to call from several threads."""

    def __init__(self, database: Database, *, owner: str, with_events: bool = False, lease_s: float = LEASE_S) -> None:
        """Make a view of the record.

        Args:
            database: Opened and migrated.
            owner: Name of the gateway, unique among those that run.
            with_events: Whether events are written for the event stream.
            lease_s: How long a claimed conversation stays claimed without renewal.
        """
        self.database, self.owner, self._lease_s = database, owner, lease_s
        self._with_events = with_events

    # ------------------------------------------------------------------ accepting

    def accept(
        self, incoming: Incoming, *, at_once: Outcome | None = None, when_claimed: Callable[[Work], None] | None = None
    ) -> Accepted:
        """Store a message, or recognise it; claim its turn if nobody works on the conversation.

        Args:
            incoming: The message.
            at_once: What came of it already (an emergency); committed with it, before what waits.
            when_claimed: Called with a turn that is claimed here, before the commit: for work that has no effect of its own and
                is thrown away if the commit fails.

        Raises:
            StoreUnavailableError: If it is not known to be stored.
        """
        with self.database.write() as connection:
            now = _utc()
            found = self._find_or_begin(connection, incoming, now)
            values = _message_values(found.id, found.positions + 1, Author.VISITOR, incoming.text, now)
            added = _ADD_INCOMING.first(connection, {**values, "external_id": incoming.external_id})
            if added is None:
                return self._recognise(connection, found.id, incoming.external_id)
            if at_once is not None:
                return self._answer_at_once(connection, found, incoming, added.id, at_once, now)
            return self._queue(connection, found, incoming, added.id, now, when_claimed)

    def _find_or_begin(self, connection: Connection, incoming: Incoming, now: datetime) -> Row[Any] | _Begun:
        key = {"of_channel": incoming.channel, "of_sender": incoming.sender}
        found: Row[Any] | None = _FIND.first(connection, key)
        if found is not None:
            return found
        new = _Begun(uuid.uuid4().hex)
        row = {"id": new.id, "channel": incoming.channel, "sender": incoming.sender, "now": now}
        if _ADD_CONVERSATION.first(connection, row) is not None:
            return new
        begun: Row[Any] = _FIND.first(connection, key)  # by another gateway, just now
        return begun

    def _recognise(self, connection: Connection, conversation_id: str, external_id: str) -> Accepted:
        """A repeat: counted, and pointed to its turn."""
        known = connection.execute(
            sa.select(turns.c.message_id, turns.c.state, turns.c.accepted_by)
            .join(messages, messages.c.id == turns.c.message_id)
            .where(messages.c.conversation_id == conversation_id, messages.c.external_id == external_id)
        ).one()
        waits_here = known.accepted_by if known.accepted_by == self.owner else ANYONE
        connection.execute(
            sa.update(turns)
            .where(turns.c.message_id == known.message_id)
            .values(repeats=turns.c.repeats + 1, accepted_by=waits_here)
        )
        state = TurnState(known.state)
        replies = () if state is TurnState.WAITING else _read_replies(connection, known.message_id)
        return Accepted(conversation_id, known.message_id, True, state, replies)

    def _queue(
        self,
        connection: Connection,
        found: Row[Any] | _Begun,
        incoming: Incoming,
        message_id: int,
        now: datetime,
        when_claimed: Callable[[Work], None] | None,
    ) -> Accepted:
        """A new message: its turn waits, or is claimed at once if the conversation is free and nothing waits before it."""
        claims = found.waiting == 0 and not self._is_leased(found)
        work = _work_of(found, incoming, message_id) if claims else None
        if work is not None and when_claimed is not None:
            when_claimed(work)
        turn = {"message_id": message_id, "conversation_id": found.id, "state": TurnState.WAITING.value}
        _ADD_TURN.first(connection, {**turn, "tries": int(claims), "accepted_by": self.owner, "accepted_at": now})
        change: dict[str, Any] = {"positions": found.positions + 1, "waiting": found.waiting + 1, "last_at": now}
        if claims:
            change |= self._lease(found.fence + 1)
        if found.holder == Holder.COORDINATOR.value and found.timer != "answer":
            change |= {"timer": "answer", "timer_at": now}  # the visitor has written: now the coordinator is waited for
        _CHANGE.first(connection, {"of_id": found.id, **change})
        if self._with_events:
            add_event(connection, "message_accepted", found.id, message_id, {"channel": incoming.channel}, now)
        return Accepted(found.id, message_id, False, TurnState.WAITING, (), work)

    def _answer_at_once(
        self,
        connection: Connection,
        found: Row[Any] | _Begun,
        incoming: Incoming,
        message_id: int,
        outcome: Outcome,
        now: datetime,
    ) -> Accepted:
        row = {
            "message_id": message_id,
            "conversation_id": found.id,
            "tries": 1,
            "accepted_by": self.owner,
            "accepted_at": now,
            **_ending(outcome, now),
        }
        _ADD_TURN.first(connection, row)
        replies = self._keep_reply(connection, found.id, incoming.channel, message_id, outcome, found.positions + 1, now)
        change = {"positions": found.positions + 1 + len(replies), "last_at": now, "last_kind": outcome.kind}
        _CHANGE.first(connection, {"of_id": found.id, **change})
        return Accepted(found.id, message_id, False, outcome.state, replies)

    # ------------------------------------------------------------------ turns

    def finish(self, work: Work, outcome: Outcome, *, if_held: Sequence[Draft] = (), proceed: bool = True) -> Finished:
        """Commit what came of a claimed turn, whole or not at all, and claim the conversation's next one.

        If a person holds the conversation by now, the assistant's reply is refused: the turn ends as passed on, with `if_held`.
        Doing it twice changes nothing the second time, so that it may be tried again when the database died in the commit.

        Args:
            work: The claimed turn.
            outcome: What came of it.
            if_held: What the visitor reads instead, if a person holds the conversation.
            proceed: False while shutting down: the next turn is left for another worker.

        Raises:
            LeaseLostError: If another worker has the conversation now.
            StoreUnavailableError: If the database does not answer.
        """
        with self.database.write() as connection:
            now = _utc()
            found = _LOCK.first(connection, {"of_id": work.conversation_id})
            if found is None or found.fence != work.fence:
                raise LeaseLostError(f"conversation {work.conversation_id} has another worker now")
            if found.holder != Holder.ASSISTANT.value and outcome.state is not TurnState.PASSED_ON:
                outcome = Outcome(TurnState.PASSED_ON, if_held, kind=if_held[0].kind if if_held else None)
            ended = _END_TURN.first(connection, {"of_message": work.message_id, **_ending(outcome, now)})
            if ended is None:
                return self._finished_before(connection, work)
            replies = self._keep_reply(connection, found.id, found.channel, work.message_id, outcome, found.positions, now)
            following = self._proceed(connection, found, outcome, len(replies), proceed=proceed)
            self._wake(connection, ended.accepted_by, work.message_id)
            return Finished(outcome.state, replies, following, was_held=found.held_since is not None)

    def _finished_before(self, connection: Connection, work: Work) -> Finished:
        """The turn was committed by this very worker, whose answer got lost; what waits is found by the sweep."""
        state = connection.execute(sa.select(turns.c.state).where(turns.c.message_id == work.message_id)).scalar_one()
        return Finished(TurnState(state), _read_replies(connection, work.message_id), None)

    def _keep_reply(
        self,
        connection: Connection,
        conversation_id: str,
        channel: str,
        message_id: int,
        outcome: Outcome,
        positions: int,
        now: datetime,
    ) -> list[Said]:
        """Store the reply, its places in the outbox, and what else it asked for."""
        reference = apply_effects(connection, conversation_id, message_id, outcome.effects, now) if outcome.effects else None
        replies = []
        for number, draft in enumerate(outcome.drafts, 1):
            text = draft.text.replace("{reference}", reference) if reference else draft.text
            values = _message_values(conversation_id, positions + number, draft.author, text, now)
            more = {"answers": message_id, "kind": draft.kind, "body": dict(draft.body) or None}
            said_id = _ADD_MESSAGE.first(connection, {**values, **more}).id
            queued = {"message_id": said_id, "conversation_id": conversation_id, "channel": channel, "state": "pending"}
            _ADD_TO_OUTBOX.first(connection, {**queued, "next_at": 0.0, "queued_at": now})
            replies.append(Said(said_id, draft.author, text, draft.kind, draft.body))
        if self._with_events:
            data = {"channel": channel, "state": outcome.state.value, "kind": outcome.kind}
            add_event(connection, "turn_ended", conversation_id, message_id, data, now)
        return replies

    def _proceed(
        self, connection: Connection, found: Row[Any], outcome: Outcome, n_replies: int, *, proceed: bool
    ) -> Work | None:
        """Write what the turn changed in the conversation; go on to the next turn, or let the conversation go."""
        context = found.context if outcome.context is None else outcome.context
        kind = outcome.kind or found.last_kind
        following = None
        if proceed and found.waiting > 1:
            following = self._begin_first_waiting(connection, found, context, kind, found.fence)
        change = {
            "positions": found.positions + n_replies,
            "waiting": found.waiting - 1,
            "context": context,
            "last_kind": kind,
            **(self._lease(found.fence) if following else {"lease_owner": None, "lease_until": None}),
        }
        _CHANGE.first(connection, {"of_id": found.id, **change})
        return following

    def _begin_first_waiting(
        self, connection: Connection, found: Row[Any], context: Mapping[str, Any] | None, kind: str | None, fence: int
    ) -> Work | None:
        first = connection.execute(_FIRST_WAITING, {"of_id": found.id}).first()
        if first is None:
            return None
        # Counted before the try, so that a message which brings the process down is not tried for ever.
        connection.execute(_BEGIN_TRY, {"of_message": first.message_id})
        # Read anew: the turn before may have asked for a person.
        holder = connection.execute(sa.select(conversations.c.holder).where(conversations.c.id == found.id)).scalar_one()
        return Work(
            found.id,
            found.channel,
            first.message_id,
            first.external_id,
            first.text,
            context,
            kind,
            Holder(holder),
            fence,
            first.tries + 1,
            found.held_since is not None,
        )

    def _wake(self, connection: Connection, accepted_by: str, message_id: int) -> None:
        """Tell other gateways, with the commit, that a turn ended for which a caller of theirs waits."""
        if accepted_by != self.owner and not self.database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_notify(WAKE_CHANNEL, str(message_id))))

    # ------------------------------------------------------------------ leases

    def claim_left(self) -> Work | None:
        """Claim one conversation that has turns waiting and no living worker; None if there is none."""
        now = time.time()
        free = sa.or_(
            conversations.c.lease_until.is_(None),
            conversations.c.lease_until < now,
            conversations.c.lease_until > now + 2 * self._lease_s,  # the clock was set back: no lease is that long
        )
        query = sa.select(*_LOCK.statement.selected_columns).where(conversations.c.waiting > 0, free).limit(1)
        with self.database.write() as connection:
            found = connection.execute(query.with_for_update(skip_locked=True)).first()
            if found is None:
                return None
            work = self._begin_first_waiting(connection, found, found.context, found.last_kind, found.fence + 1)
            change = {**self._lease(found.fence + 1), "waiting": found.waiting if work else 0}
            _CHANGE.first(connection, {"of_id": found.id, **change})
            return work

    def renew_leases(self, conversation_ids: Sequence[str]) -> None:
        """Keep conversations that this gateway is working on; others that it claimed run out and are found by a sweep."""
        mine = sa.update(conversations).where(
            conversations.c.lease_owner == self.owner, conversations.c.id.in_(list(conversation_ids))
        )
        with self.database.write() as connection:
            connection.execute(mine.values(lease_until=time.time() + self._lease_s))

    def void_leases(self) -> None:
        """Free all conversations: right when no other gateway can be alive, as at the start on SQLite."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(conversations)
                .where(conversations.c.lease_owner.is_not(None))
                .values(lease_owner=None, lease_until=None, fence=conversations.c.fence + 1)
            )

    def _is_leased(self, found: Row[Any] | _Begun) -> bool:
        now = time.time()
        return found.lease_until is not None and now <= found.lease_until <= now + 2 * self._lease_s

    def _lease(self, fence: int) -> dict[str, Any]:
        return {"lease_owner": self.owner, "lease_until": time.time() + self._lease_s, "fence": fence}

    # ------------------------------------------------------------------ looking

    def find_turn(self, message_id: int) -> tuple[TurnState, Sequence[Said]]:
        """How a turn stands, and its reply."""
        with self.database.read() as connection:
            state = connection.execute(sa.select(turns.c.state).where(turns.c.message_id == message_id)).scalar_one()
            return TurnState(state), _read_replies(connection, message_id)

    def open_cases(self) -> list[Case]:
        """Open cases, urgent ones first."""
        with self.database.read() as connection:
            return list_cases(connection)

    def count_backlog(self, *, pulled: Sequence[str] = ()) -> Backlog:
        """What waits, for the metrics.

        Args:
            pulled: Channels whose replies are fetched: what their callers never fetched does not wait for us.
        """
        with self.database.read() as connection:
            n_turns, oldest_turn = connection.execute(
                sa.select(sa.func.count(), sa.func.min(turns.c.accepted_at)).where(turns.c.state == TurnState.WAITING.value)
            ).one()
            n_sends, oldest_send = connection.execute(
                sa.select(sa.func.count(), sa.func.min(outbox.c.queued_at)).where(
                    outbox.c.state == "pending", outbox.c.channel.not_in(pulled)
                )
            ).one()
            n_events = connection.execute(
                sa.select(sa.func.count()).select_from(events).where(events.c.published_at.is_(None))
            ).scalar_one()
            n_cases = connection.execute(
                sa.select(sa.func.count()).select_from(cases).where(cases.c.state == "open")
            ).scalar_one()
        return Backlog(n_turns, _age_s(oldest_turn), n_sends, _age_s(oldest_send), n_events, n_cases)


def _utc() -> datetime:
    return datetime.now(timezone.utc)


def _age_s(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (_utc() - since).total_seconds())


def _message_values(conversation_id: str, position: int, author: Author, text: str, now: datetime) -> dict[str, Any]:
    return {"conversation_id": conversation_id, "position": position, "author": author.value, "text": text, "said_at": now}


def _ending(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns of a turn that has ended."""
    understood = outcome.understanding or {}
    intent, confidence = understood.get("intent"), understood.get("confidence")
    return {
        "state": outcome.state.value,
        "kind": outcome.kind,
        "intent": intent[:64] if isinstance(intent, str) else None,
        "confidence": float(confidence) if isinstance(confidence, (int, float)) else None,
        "understanding": dict(understood) or None,
        "model": outcome.model[:128] if outcome.model else None,
        "error": outcome.error[:200] if outcome.error else None,
        "ended_at": now,
    }


def _read_replies(connection: Connection, message_id: int) -> list[Said]:
    rows = connection.execute(_REPLIES, {"of_message": message_id})
    return [Said(row.id, Author(row.author), row.text, row.kind, row.body or {}) for row in rows]
