"""The parts of a running gateway: made from the settings, started and stopped in the right order."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import aiohttp
from sanic import Sanic

from conversations.database import Database, migrate, open_database
from conversations.errors import StoreUnavailableError
from conversations.outbox import Outbox
from conversations.sealing import Cipher, read_or_make_key
from conversations.store import Store
from conversations.wake import listen
from gateway.assistant import AssistantClient
from gateway.channels.base import Sender
from gateway.channels.callback.sender import CallbackSender
from gateway.delivered import Delivered
from gateway.inbox import Inbox
from gateway.limits import RateLimiter
from gateway.metrics import Metrics
from gateway.readiness import Readiness
from gateway.records import Records
from gateway.sending import SendingWorker
from gateway.stream import EventStream
from gateway.turns import Turns
from settings import Settings

logger = logging.getLogger("gateway")
App: TypeAlias = Sanic[Any, Any]
OPEN_AGAIN_S = 1.0
# Less than the process manager waits before it kills.
FINISH_WITHIN_S = 10.0
# Python 3.10's `wait_for` loses a cancellation that comes together with what it waited for.
CANCELS = 3


@dataclass
class Parts:
    """What the routes work with. `make_parts` makes it."""

    settings: Settings
    client: aiohttp.ClientSession
    records: Records
    store: Store
    assistant: AssistantClient
    readiness: Readiness
    metrics: Metrics
    turns: Turns
    inbox: Inbox
    delivered: Delivered
    limiter: RateLimiter
    senders: list[SendingWorker] = field(default_factory=list)
    stream: EventStream | None = None
    # What else works beside the gateway in this process: the desk.
    jobs: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    # Called when something may have been said to a visitor: those who hold live lines.
    listeners: list[Callable[[], None]] = field(default_factory=list)

    async def start(self) -> None:
        """Open the record and begin to work; if the database is away, go on trying while the door is open."""
        if not await self._open_record():
            self.tasks.append(asyncio.create_task(self._open_later()))

    async def _open_later(self) -> None:
        while True:
            await asyncio.sleep(OPEN_AGAIN_S)
            if await self._open_record():
                return

    async def _open_record(self) -> bool:
        try:
            await self.records.write(migrate, self.records.database.engine, within_s=60)
            if self.records.database.is_sqlite:
                # One process has the embedded database (`conversations.lock`), so whoever had a lease is dead.
                await self.records.write(self.store.void_leases)
        except StoreUnavailableError as error:
            logger.error("the record cannot be opened", extra={"reason": str(error)})
            return False
        self.turns.start()
        jobs = [*(worker.run() for worker in self.senders), *(job() for job in self.jobs)]
        if self.stream is not None:
            jobs.append(self.stream.run())
        if not self.records.database.is_sqlite:
            jobs.append(self._listen())
        self.tasks += [asyncio.create_task(job) for job in jobs]
        return True

    def wake_senders(self) -> None:
        """There may be something to push."""
        for worker in self.senders:
            worker.wake()
        for listener in self.listeners:
            listener()

    async def _listen(self) -> None:
        """Hear from other gateways which turns have ended, connecting again whenever need be."""
        while True:
            try:
                async for message_id in listen(self.settings.record_url):
                    await self.turns.hear(message_id)
            except StoreUnavailableError as error:
                logger.warning("not listening to other gateways", extra={"reason": str(error)})
            await asyncio.sleep(OPEN_AGAIN_S)

    async def stop(self) -> None:
        """Take nothing new, finish what is under way, leave the rest in the record."""
        self.inbox.is_stopping = True
        await self.inbox.drain()
        await self.turns.stop(FINISH_WITHIN_S)
        for _ in range(CANCELS):
            running = [task for task in self.tasks if not task.done()]
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running, timeout=1)

    async def close(self) -> None:
        """Write down the last deliveries and close everything: after the last answer has been sent."""
        await self.delivered.flush()
        await self.limiter.close()
        self.assistant.close()
        await self.client.close()
        await asyncio.get_running_loop().run_in_executor(None, self.records.close)


def make_parts(settings: Settings, replies: Mapping[str, str]) -> Parts:
    """Make the parts; call it inside the event loop. Nothing is opened yet."""
    client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=60), auto_decompress=False)
    database = Database(open_database(settings.record_url, cipher=make_cipher(settings)))
    records = Records(database)
    owner = f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    store = Store(database, owner=owner, with_events=bool(settings.events_url))
    assistant = AssistantClient(
        client,
        rasa_urls=settings.assistant_urls,
        actions_url=settings.actions_url,
        token=settings.assistant_token,
        line=None if settings.rasa_urls else settings.assistant_line,  # of several servers none has all the calls
    )
    metrics, readiness = Metrics(), Readiness(assistant, records)
    outbox = Outbox(database)
    turns = Turns(records, store, assistant, readiness, metrics, settings=settings, replies=replies)
    parts = Parts(
        settings,
        client,
        records,
        store,
        assistant,
        readiness,
        metrics,
        turns,
        Inbox(records, store, turns, metrics, replies=replies),
        Delivered(records, outbox),
        RateLimiter(settings.redis_url),
    )
    if settings.events_url:
        parts.stream = EventStream(records, metrics, url=settings.events_url, owner=owner)
    for sender in make_senders(client, settings):
        parts.senders.append(
            SendingWorker(records, outbox, sender, metrics, most_tries=settings.send_tries, first_wait_s=settings.send_wait_s)
        )
    turns.when_ended = parts.wake_senders
    return parts


def make_cipher(settings: Settings) -> Cipher:
    """The cipher of contact details: its keys are those of the settings, or the one in the data folder, made if missing.

    Raises:
        SealError: If a key is none.
    """
    given = [key.strip() for key in settings.contact_key.split(",") if key.strip()]
    return Cipher(given or [read_or_make_key(settings.data_dir / "contact.key")])


def make_senders(client: aiohttp.ClientSession, settings: Settings) -> list[Sender]:
    """The channels that push and are switched on."""
    if not settings.callback_url:
        return []
    return [CallbackSender(client, url=settings.callback_url, secret=settings.callback_secret)]
