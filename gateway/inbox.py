"""The one way in: every channel hands its messages to this inbox and gets back what to tell the sender.

Emergency rules come before everything, and so also while the database or the assistant is away. After them a message is stored
before anyone is told that it arrived.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from conversations.errors import StoreUnavailableError
from conversations.live import find_undelivered
from conversations.store import Store
from conversations.types import Accepted, Author, Finished, Incoming, Outcome, Said, TurnState, Work
from gateway.errors import StoppingError
from gateway.metrics import Metrics
from gateway.records import Records
from gateway.turns import Turns, own_body, own_outcome
from safety.emergency import load_safety

logger = logging.getLogger("gateway.inbox")
# An emergency reply does not wait for a slow database longer than this.
EMERGENCY_WITHIN_S = 2.0
NOT_STORED = 0  # id of a reply that is in no record


@dataclass(frozen=True)
class Answer:
    """What the sender is told.

    Attributes:
        replies: In order; empty if the turn has not ended.
        stored: True if the message is in the record.
        ended: True if its turn has ended.
        repeated: True if the message was known.
        state: Of the turn; None if the message is not stored.
    """

    replies: Sequence[Said]
    stored: bool
    ended: bool
    repeated: bool = False
    state: TurnState | None = None


class Inbox:
    """Takes messages of all channels."""

    def __init__(self, records: Records, store: Store, turns: Turns, metrics: Metrics, *, replies: Mapping[str, str]) -> None:
        self._records, self._store, self._turns, self._metrics, self._replies = records, store, turns, metrics, replies
        self.is_stopping = False
        self._accepting: set[asyncio.Task[Accepted]] = set()

    async def receive(self, incoming: Incoming, *, wait_s: float) -> Answer:
        """Take one message.

        Args:
            incoming: Checked by its channel.
            wait_s: How long to wait for the reply; 0 for channels that get it by the outbox.

        Raises:
            StoppingError: If the gateway is stopping; an emergency still gets its reply.
        """
        self._turns.announce(incoming.text)
        rule = load_safety().find(incoming.text)
        if rule is not None:
            logger.warning("emergency", extra={"channel": incoming.channel, "rule": rule.id})
            return await self._answer_emergency(incoming, load_safety().reply_to(rule))
        if self.is_stopping:
            raise StoppingError("The assistant is being restarted. Please send the message again.", retry_after_s=10)
        try:
            # Shielded: a caller who hangs up must not stop a message between its place in the record and its worker.
            task = asyncio.ensure_future(self._accept(incoming))
            self._accepting.add(task)
            task.add_done_callback(self._accepting.discard)
            accepted = await asyncio.shield(task)
            # The disk works while the assistant thinks; nobody is told before both have done.
            durable = asyncio.ensure_future(self._records.make_durable())
            answer = await self._wait(accepted, wait_s)
            await durable
        except StoreUnavailableError as error:
            logger.error("message not stored", extra={"channel": incoming.channel, "reason": str(error)})
            self._metrics.refused.labels(incoming.channel, "store").inc()
            return Answer([_unstored("unavailable", self._replies["not_stored"])], stored=False, ended=True)
        return answer

    async def drain(self) -> None:
        """Wait for the messages that are just being stored: nothing comes after them once `is_stopping` is set."""
        if self._accepting:
            await asyncio.wait(list(self._accepting))

    async def _accept(self, incoming: Incoming) -> Accepted:
        loop = asyncio.get_running_loop()
        claimed: list[Work] = []

        def begin_early(work: Work) -> None:
            """In the writer's thread: the assistant thinks while the record commits, and nobody hears of it before."""
            claimed.append(work)
            loop.call_soon_threadsafe(self._turns.prepare, work)

        try:
            accepted = await self._records.write(self._store.accept, incoming, when_claimed=begin_early)
        except BaseException:
            for work in claimed:
                self._turns.forget(work.conversation_id)
            raise
        self._count(incoming, accepted)
        if accepted.work is not None:
            self._turns.begin(accepted.work)
        return accepted

    async def _wait(self, accepted: Accepted, wait_s: float) -> Answer:
        if accepted.state is not TurnState.WAITING:
            replies = accepted.replies or (self._notice(accepted.state) if wait_s > 0 else [])
            return Answer(replies, stored=True, ended=True, repeated=accepted.repeated, state=accepted.state)
        finished = await self._turns.wait(accepted.message_id, wait_s) if wait_s > 0 else None
        if finished is None:
            late = [_unstored("unavailable", self._replies["late"])] if wait_s > 0 else []
            return Answer(late, stored=True, ended=False, repeated=accepted.repeated, state=accepted.state)
        told = await self._find_told(accepted, finished) if finished.was_held else []
        replies = [*told, *(finished.replies or self._notice(finished.state))]
        return Answer(replies, stored=True, ended=True, repeated=accepted.repeated, state=finished.state)

    async def _find_told(self, accepted: Accepted, finished: Finished) -> list[Said]:
        """What a coordinator said before and has not reached the visitor: for a caller who only asks and never looks."""
        before = finished.replies[0].id if finished.replies else None
        try:
            database = self._records.database
            told = await self._records.read(find_undelivered, database, accepted.conversation_id, before=before)
        except StoreUnavailableError:
            return []  # it stays in the outbox
        # Words only: of one reply one message says of which kind it is.
        return [replace(said, body={}) for said in told]

    def _notice(self, state: TurnState) -> list[Said]:
        """A caller waits for an answer, and a person will give it later: said here, not kept in the transcript each time."""
        return [_unstored("handoff", self._replies["held"])] if state is TurnState.PASSED_ON else []

    async def _answer_emergency(self, incoming: Incoming, text: str) -> Answer:
        """The help text at once, recorded if the database answers."""
        case = {"type": "case", "kind": "emergency", "reason": "emergency", "priority": "urgent", "questions": [incoming.text]}
        outcome: Outcome = own_outcome("emergency", text, effects=[case])
        try:
            accepted = await self._records.write(self._store.accept, incoming, at_once=outcome, within_s=EMERGENCY_WITHIN_S)
        except StoreUnavailableError as error:
            logger.error("emergency not stored", extra={"channel": incoming.channel, "reason": str(error)})
            return Answer([_unstored("emergency", text)], stored=False, ended=True)
        self._count(incoming, accepted)
        replies = accepted.replies or [_unstored("emergency", text)]
        return Answer(replies, stored=True, ended=True, repeated=accepted.repeated, state=accepted.state)

    def _count(self, incoming: Incoming, accepted: Accepted) -> None:
        counter = self._metrics.repeated if accepted.repeated else self._metrics.accepted
        counter.labels(incoming.channel).inc()


def _unstored(kind: str, text: str) -> Said:
    return Said(NOT_STORED, Author.GATEWAY, text, kind, own_body(kind))
