"""Work on the turns: one at a time in each conversation, in order, at once; whatever goes wrong, there is a reply.

A turn whose message comes to a free conversation is claimed with the message and begun without delay. The others follow when the
one before is committed. A sweep finds what a dead worker left.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from conversations.errors import LeaseLostError, StoreUnavailableError
from conversations.live import find_heard
from conversations.store import LEASE_S, Store
from conversations.types import Author, Draft, Finished, Outcome, TurnState, Work
from gateway.assistant import Asked, AssistantClient, Reply
from gateway.errors import AssistantUnavailableError
from gateway.metrics import Metrics
from gateway.readiness import Readiness
from gateway.records import Records
from settings import Settings

logger = logging.getLogger("gateway.turns")
SWEEP_EVERY_S = 1.0
RENEW_EVERY_S = LEASE_S / 3
# A message whose turn brought its worker down this often is set aside without another try.
MOST_BEGINNINGS = 5
RETRY_WAIT_S = 0.2
LOOK_AGAIN_S = 1.0
REMEMBERED_ENDS = 500
AFTER_S = 0.01
EXPECTED = "{expected}"


class Turns:
    """Works on the turns of this gateway and tells those who wait for them."""

    def __init__(
        self,
        records: Records,
        store: Store,
        assistant: AssistantClient,
        readiness: Readiness,
        metrics: Metrics,
        *,
        settings: Settings,
        replies: Mapping[str, str],
    ) -> None:
        self._records, self._store, self._assistant, self._readiness = records, store, assistant, readiness
        self._metrics, self._settings, self._replies = metrics, settings, replies
        self._calls = asyncio.Semaphore(settings.assistant_calls)
        self._working: dict[str, asyncio.Task[None]] = {}
        # Outcomes that are being made while their messages are still being committed, by conversation.
        self._prepared: dict[str, tuple[int, asyncio.Task[Outcome]]] = {}
        self._waiters: dict[int, list[asyncio.Future[Finished]]] = {}
        # What ended a moment ago, for those who begin to wait a moment late; None if another gateway ended it.
        self._ended: OrderedDict[int, Finished | None] = OrderedDict()
        self._sweeper: asyncio.Task[None] | None = None
        self._stopping = False
        # Called when a reply has been committed, for those who push it on.
        self.when_ended: Callable[[], None] = lambda: None
        # Whether a coordinator could join now, and when one will answer, in words; the desk knows.
        self.is_attended: Callable[[], bool] = lambda: False
        self.expected: Callable[[], str] = lambda: replies["expected"]

    def start(self) -> None:
        """Begin to look for turns that were left."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self, within_s: float) -> None:
        """Take nothing new, finish the turns under way as far as there is time; the rest is left in the record."""
        self._stopping = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._working:
            await asyncio.wait(list(self._working.values()), timeout=within_s)
        for task in self._working.values():
            task.cancel()

    def announce(self, text: str) -> None:
        """A message has come and is about to be stored: the assistant may begin to understand it."""
        if 0 < len(text) <= self._settings.max_message_chars:
            self._assistant.announce(text)

    def prepare(self, work: Work) -> None:
        """Begin to make the outcome of a turn whose message is just being committed; `begin` or `forget` must follow."""
        self.forget(work.conversation_id)
        self._prepared[work.conversation_id] = (work.fence, asyncio.create_task(self._make_outcome(work)))

    def forget(self, conversation_id: str) -> None:
        """Throw away what was prepared: the message is not known to be stored."""
        _, task = self._prepared.pop(conversation_id, (0, None))
        if task is not None:
            task.cancel()

    def begin(self, work: Work) -> None:
        """Work on a claimed turn, and then on those that wait behind it."""
        self._working[work.conversation_id] = asyncio.create_task(self._work(work))

    async def wait(self, message_id: int, within_s: float) -> Finished | None:
        """Wait until a turn has ended; None if it has not in time.

        A turn may end at another gateway; if its word gets lost, the record is asked now and then.
        """
        future: asyncio.Future[Finished] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(message_id, []).append(future)
        deadline = time.monotonic() + within_s
        try:
            if message_id in self._ended:
                await self._catch_up(message_id)
            while (left := deadline - time.monotonic()) > 0:
                await asyncio.wait((future,), timeout=min(LOOK_AGAIN_S, left))
                if future.done():
                    return future.result()
                await self.look(message_id)
            return future.result() if future.done() else None
        finally:
            waiting = self._waiters.get(message_id, [])
            if future in waiting:
                waiting.remove(future)
            if not waiting:
                self._waiters.pop(message_id, None)

    async def hear(self, message_id: int) -> None:
        """Another gateway says that it has ended a turn for which somebody may wait here."""
        if message_id in self._waiters:
            await self.look(message_id)
        else:
            self._remember(message_id, None)

    async def _catch_up(self, message_id: int) -> None:
        finished = self._ended[message_id]
        if finished is None:
            await self.look(message_id)
        else:
            self._tell(message_id, finished)

    async def look(self, message_id: int) -> None:
        """See in the record whether a turn has ended."""
        try:
            state, replies = await self._records.read(self._store.find_turn, message_id)
        except StoreUnavailableError:
            return
        if state is not TurnState.WAITING:
            self._tell(message_id, Finished(state, replies, None))

    def _remember(self, message_id: int, finished: Finished | None) -> None:
        self._ended[message_id] = finished
        while len(self._ended) > REMEMBERED_ENDS:
            self._ended.popitem(last=False)

    def _tell(self, message_id: int, finished: Finished) -> None:
        self._remember(message_id, finished)
        for future in self._waiters.pop(message_id, ()):
            if not future.done():
                future.set_result(finished)

    # ------------------------------------------------------------------ one conversation

    async def _work(self, work: Work) -> None:
        following: Work | None = work
        try:
            while following is not None:
                work = following
                began = time.monotonic()
                outcome = await (self._take_prepared(work) or self._make_outcome(work))
                finished = await self._commit(work, outcome)
                took_s = time.monotonic() - began
                # The visitor first: who waits for the reply here gets it before anything is written down about the turn.
                delay_s = AFTER_S if work.message_id in self._waiters else 0
                self._tell(work.message_id, finished)
                asyncio.get_running_loop().call_later(delay_s, self._follow_up, work, finished, outcome, took_s)
                following = finished.following
        except LeaseLostError:
            logger.warning("another worker has taken over", extra={"conversation": work.conversation_id})
        except Exception:
            # A fault of ours: the lease runs out, the sweep tries again, and at last the turn is set aside.
            logger.exception("worker failed", extra={"conversation": work.conversation_id, "turn": work.message_id})
        finally:
            if self._working.get(work.conversation_id) is asyncio.current_task():
                del self._working[work.conversation_id]

    def _take_prepared(self, work: Work) -> asyncio.Task[Outcome] | None:
        fence, task = self._prepared.get(work.conversation_id, (0, None))
        if task is None or fence != work.fence:
            self.forget(work.conversation_id)  # of a message that was given up
            return None
        del self._prepared[work.conversation_id]
        return task

    async def _make_outcome(self, work: Work) -> Outcome:
        """What the visitor gets; never raises for what can go wrong at the assistant's."""
        if work.holder.value != "assistant":
            return self._pass_on(work)
        if not work.text:
            return own_outcome("clarify", self._replies["empty"])
        if len(work.text) > self._settings.max_message_chars:
            return own_outcome("clarify", self._replies["too_long"].format(limit=self._settings.max_message_chars))
        if work.tries > MOST_BEGINNINGS:
            return self._set_aside(work, f"begun {work.tries - 1} times without an end")
        try:
            async with self._calls:
                reply = await self._ask(work)
        except AssistantUnavailableError as error:
            return self._set_aside(work, str(error))
        return answered(reply, self.expected)

    async def _ask(self, work: Work) -> Reply:
        """Ask the assistant, more than once if need be.

        Raises:
            AssistantUnavailableError: If no try brought a reply.
        """
        tries = self._settings.turn_tries
        asked = Asked(
            work.external_id,
            work.conversation_id,
            work.channel,
            work.text,
            work.context,
            work.previous_kind,
            live=self.is_attended(),
            heard=await self._find_heard(work) if work.was_held else (),
        )
        for number in range(1, tries + 1):
            try:
                return await self._assistant.take_turn(asked, timeout_s=self._settings.turn_timeout_s / tries)
            except AssistantUnavailableError as error:
                self._metrics.failed_tries.labels(work.channel).inc()
                logger.warning("try failed", extra={"turn": work.message_id, "try": number, "reason": str(error)})
                if number == tries:
                    raise
            await asyncio.sleep(RETRY_WAIT_S * random.uniform(0.5, 1.5))
        raise AssertionError("unreachable: the last try returns or raises")

    async def _find_heard(self, work: Work) -> list[tuple[str, str]]:
        """What was said while a person held the conversation, for the assistant's first turn after it."""
        try:
            database = self._records.database
            return await self._records.read(find_heard, database, work.conversation_id, before=work.message_id)
        except StoreUnavailableError:
            return []

    def _set_aside(self, work: Work, reason: str) -> Outcome:
        """The visitor is told the truth, and a coordinator gets the question."""
        self._readiness.forget()
        logger.error("turn set aside", extra={"turn": work.message_id, "reason": reason})
        case = {"type": "case", "kind": "failure", "reason": "assistant_failed", "priority": "normal", "questions": [work.text]}
        return own_outcome("unavailable", self._replies["unavailable"], TurnState.SET_ASIDE, effects=[case], error=reason)

    async def _commit(self, work: Work, outcome: Outcome) -> Finished:
        """Commit, again and again while the database is away: the reply is made and must not be lost.

        Raises:
            LeaseLostError: If another worker has the conversation now.
        """
        wait_s = 0.1
        while True:
            try:
                finished = await self._records.write(self._store.finish, work, outcome, proceed=not self._stopping)
                if outcome.effects:
                    # The visitor is told a reference, so it must last. A reply alone would be made again, the same.
                    await self._records.make_durable()
                return finished
            except StoreUnavailableError as error:
                logger.error("reply not committed yet", extra={"turn": work.message_id, "reason": str(error)})
                await asyncio.sleep(wait_s * random.uniform(0.5, 1.5))
                wait_s = min(2.0, wait_s * 2)

    def _pass_on(self, work: Work) -> Outcome:
        """A person has the message; who only waits for one may go back to the assistant by saying so."""
        if work.holder.value == "waiting" and work.text.strip(" .!").casefold() in self._replies["stop_waiting"]:
            draft = Draft(Author.GATEWAY, self._replies["resumed"], "handoff", own_body("handoff"))
            return Outcome(TurnState.PASSED_ON, [draft], kind="handoff", effects=[{"type": "resume"}])
        return Outcome(TurnState.PASSED_ON)

    def _follow_up(self, work: Work, finished: Finished, outcome: Outcome, seconds: float) -> None:
        self.when_ended()
        self._report(work, finished, outcome, seconds)

    def _report(self, work: Work, finished: Finished, outcome: Outcome, seconds: float) -> None:
        kind = finished.replies[-1].kind if finished.replies else None
        self._metrics.ended.labels(work.channel, finished.state.value).inc()
        self._metrics.turn_seconds.labels(work.channel).observe(seconds)
        logger.info(
            "turn",
            extra={
                "turn": work.message_id,
                "conversation": work.conversation_id,
                "channel": work.channel,
                "state": finished.state.value,
                "kind": kind,
                "ms": round(seconds * 1e3, 1),
            },
        )

    # ------------------------------------------------------------------ what was left

    async def _sweep(self) -> None:
        """Renew the leases of what is being worked on; take up what has no living worker."""
        renewed_at = time.monotonic()
        while True:
            await asyncio.sleep(SWEEP_EVERY_S * random.uniform(0.8, 1.2))
            try:
                if self._working and time.monotonic() - renewed_at > RENEW_EVERY_S:
                    await self._records.write(self._store.renew_leases, list(self._working))
                    renewed_at = time.monotonic()
                await self._take_up_left()
            except StoreUnavailableError as error:
                logger.warning("sweep put off", extra={"reason": str(error)})
            except Exception:
                logger.exception("sweep failed")

    async def _take_up_left(self) -> None:
        while not self._stopping:
            work = await self._records.write(self._store.claim_left)
            if work is None:
                return
            logger.warning("taking up a turn that was left", extra={"turn": work.message_id, "try": work.tries})
            self._metrics.taken_up.inc()
            self.begin(work)


def own_body(kind: str) -> dict[str, Any]:
    """The custom object of a reply that cites nothing."""
    return {"custom": {"kind": kind, "citations": [], "suggestions": []}}


def own_outcome(
    kind: str,
    text: str,
    state: TurnState = TurnState.ANSWERED,
    *,
    effects: list[dict[str, Any]] | None = None,
    error: str | None = None,
) -> Outcome:
    """A reply of the door itself."""
    return Outcome(state, [Draft(Author.GATEWAY, text, kind, own_body(kind))], kind, effects=effects or (), error=error)


def answered(reply: Reply, expected: Callable[[], str]) -> Outcome:
    """The assistant's reply as the record keeps it; `{expected}` in it stands for when a coordinator will answer."""
    drafts = []
    for message in reply.messages:
        body = {key: value for key, value in message.items() if key not in ("recipient_id", "text") and value}
        kind = (message.get("custom") or {}).get("kind")
        text = str(message.get("text") or "")
        if EXPECTED in text:
            text = text.replace(EXPECTED, expected())
        drafts.append(Draft(Author.ASSISTANT, text, kind, body))
    kind = next((draft.kind for draft in reversed(drafts) if draft.kind), None)
    return Outcome(TurnState.ANSWERED, drafts, kind, reply.context, reply.effects, reply.understanding, reply.model)
