"""Another system that listens to the event stream, and connects again whenever the broker comes back."""

from __future__ import annotations

import asyncio
import json
import threading

import aio_pika

from gateway.stream import EXCHANGE


class Listener:
    """Gathers the ids of all events that a durable queue gets."""

    def __init__(self, port: int) -> None:
        self._url = f"amqp://guest:guest@127.0.0.1:{port}/"
        self._heard: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> list[int]:
        """Stop, and return the ids in the order in which they came."""
        self._over.set()
        self._thread.join(timeout=20)
        return self._heard

    async def _listen(self) -> None:
        while not self._over.is_set():
            try:
                await self._gather()
            except (aio_pika.exceptions.AMQPException, OSError, asyncio.TimeoutError, RuntimeError):
                await asyncio.sleep(0.5)

    async def _gather(self) -> None:
        connection = await aio_pika.connect(self._url, timeout=5)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
            queue = await channel.declare_queue("listener", durable=True)
            await queue.bind(exchange, "#")
            while not self._over.is_set():
                message = await queue.get(fail=False)
                if message is None:
                    await asyncio.sleep(0.2)
                    continue
                self._heard.append(json.loads(message.body)["id"])
                await message.ack()
