"""Calls between two processes of one machine: JSON in frames over a Unix socket, beside the HTTP that does the same.

HTTP costs a call about a millisecond on each side, a frame a tenth of that. A line is a short cut and never the only way: whoever
calls goes by HTTP where there is no line or it breaks.

A frame is the length of what follows, four bytes, the highest first, and a JSON object: `{"call": NUMBER, "body": {...}}`, or
without `call` if no answer is wanted. The answer is `{"call": NUMBER, "answer": {...}}`, or has `error` and `status` instead of
`answer`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from packing import pack, unpack

logger = logging.getLogger(__name__)
LARGEST_FRAME = 4 * 1024 * 1024  # bytes; the largest call, with what was heard meanwhile, has a tenth of it
FINISH_WITHIN_S = 5.0
_LENGTH = struct.Struct(">I")
# Who may connect is who may write to the socket's file: the user that runs the processes.
_OWNER_ONLY = 0o177

Body = dict[str, Any]


class LineError(Exception):
    """There is no line, or it broke before the answer; the call may be made again in another way."""


class RefusedError(Exception):
    """The other side answered with an error.

    Attributes:
        status: As HTTP has it.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _Frames(asyncio.Protocol):
    """Cuts what comes into frames and writes frames."""

    def __init__(self, take: Callable[[_Frames, Body], None], lost: Callable[[_Frames], None]) -> None:
        self._take, self._lost = take, lost
        self._come = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one without saying so

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        self._come += data
        while len(self._come) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._come)
            if length > LARGEST_FRAME:
                logger.error("a frame of %d bytes; at most %d", length, LARGEST_FRAME)
                self.close()
                return
            end = _LENGTH.size + length
            if len(self._come) < end:
                return
            raw = bytes(self._come[_LENGTH.size : end])
            del self._come[:end]
            try:
                frame = unpack(raw)
            except ValueError:
                frame = None
            if not isinstance(frame, dict):
                logger.error("a frame that is no JSON object")
                self.close()
                return
            self._take(self, frame)

    def send(self, frame: Body) -> None:
        """Write a frame; nothing happens if the other side is gone."""
        if self._transport is not None:
            raw = pack(frame)
            self._transport.write(_LENGTH.pack(len(raw)) + raw)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()


class Answering:
    """The side that is called."""

    def __init__(self, answer: Callable[[Body], Awaitable[Body]], hear: Callable[[Body], None] | None = None) -> None:
        """Take over what is done with the calls.

        Args:
            answer: Makes the answer to a call; `RefusedError` says what is wrong with it.
            hear: Takes what wants no answer; without it, that is left.
        """
        self._answer, self._hear = answer, hear
        self._server: asyncio.AbstractServer | None = None
        self._links: set[_Frames] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._path: Path | None = None

    async def open(self, path: Path) -> bool:
        """Listen at a path, in place of what a process that died left there.

        Returns:
            False if that cannot be, for a reason in the log: callers go by HTTP then.
        """
        before = os.umask(_OWNER_ONLY)
        try:
            with suppress(FileNotFoundError):
                path.unlink()
            loop = asyncio.get_running_loop()
            self._server = await loop.create_unix_server(self._connect, str(path))
        except OSError as error:
            logger.warning("no line at %s, calls go by HTTP: %s", path, error)
            return False
        finally:
            os.umask(before)
        self._path = path
        return True

    async def close(self, within_s: float = FINISH_WITHIN_S) -> None:
        """Take nothing new, answer the calls under way as far as there is time, and end."""
        if self._server is not None:
            self._server.close()
        if self._tasks:
            await asyncio.wait([*self._tasks], timeout=within_s)
        for link in [*self._links]:
            link.close()
        for task in [*self._tasks]:
            task.cancel()
        if self._path is not None:
            with suppress(FileNotFoundError):
                self._path.unlink()

    def _connect(self) -> _Frames:
        link = _Frames(self._take, self._links.discard)
        self._links.add(link)
        return link

    def _take(self, link: _Frames, frame: Body) -> None:
        body = frame.get("body")
        if not isinstance(body, dict):
            link.close()
        elif "call" not in frame:
            try:
                if self._hear is not None:
                    self._hear(body)
            except Exception as error:  # nobody waits for it, and the line must go on
                logger.error("what needs no answer failed: %s", type(error).__name__)
        else:
            task = asyncio.ensure_future(self._reply(link, frame["call"], body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reply(self, link: _Frames, call: Any, body: Body) -> None:
        try:
            link.send({"call": call, "answer": await self._answer(body)})
        except RefusedError as error:
            link.send({"call": call, "status": error.status, "error": str(error)})
        except Exception as error:  # whatever the work raises: the caller must hear of it
            logger.error("call failed: %s", type(error).__name__)
            link.send({"call": call, "status": 500, "error": type(error).__name__})


class Line:
    """The side that calls. It connects when it is needed, and again after a break."""

    def __init__(self, path: Path | None) -> None:
        """Keep where the other side listens; None if there is no line."""
        self._path = path
        self._link: _Frames | None = None
        self._calls: dict[int, asyncio.Future[Body]] = {}
        self._numbers = itertools.count()

    async def call(self, body: Body, *, within_s: float) -> Body:
        """Make a call and wait for its answer.

        Raises:
            LineError: If there is no line, or it broke; the other side may have done the work.
            RefusedError: If the other side answered with an error.
            asyncio.TimeoutError: If there is no answer in time.
        """
        if not await self._is_open():
            raise LineError("there is no line")
        assert self._link is not None
        number = next(self._numbers)
        answer: asyncio.Future[Body] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        self._link.send({"call": number, "body": body})
        timer = asyncio.get_running_loop().call_later(within_s, _expire, answer)
        try:
            return await answer
        finally:
            timer.cancel()
            self._calls.pop(number, None)

    def tell(self, body: Body) -> None:
        """Send what wants no answer, if the line is open; nothing depends on its arrival."""
        if self._link is not None:
            self._link.send({"body": body})

    def close(self) -> None:
        """End the connection."""
        if self._link is not None:
            self._link.close()

    async def _is_open(self) -> bool:
        if self._link is None and self._path is not None:
            with suppress(OSError):
                loop = asyncio.get_running_loop()
                _, link = await loop.create_unix_connection(lambda: _Frames(self._take, self._lose), str(self._path))
                if self._link is None:
                    self._link = link
                else:  # two calls at once: one line is enough
                    link.close()
        return self._link is not None

    def _take(self, link: _Frames, frame: Body) -> None:
        answer = self._calls.get(frame.get("call", -1))
        if answer is None or answer.done():
            return
        if "answer" in frame:
            answer.set_result(frame["answer"])
        else:
            answer.set_exception(RefusedError(int(frame.get("status", 500)), str(frame.get("error", ""))))

    def _lose(self, link: _Frames) -> None:
        if link is not self._link:
            return
        self._link = None
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(LineError("the line broke"))


def _expire(answer: asyncio.Future[Body]) -> None:
    if not answer.done():
        answer.set_exception(asyncio.TimeoutError())
