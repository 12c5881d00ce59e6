"""Calls between two processes, over real Unix sockets."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from calls import LARGEST_FRAME, Answering, Line, LineError, RefusedError

ROOT = Path(__file__).resolve().parent.parent
WITHIN_S = 5.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the other side listens; pytest's own folder may be too deep for a socket."""
    place = Path(os.path.relpath(tmp_path)) / "line"
    return place if len(str(place)) < len(str(tmp_path / "line")) else tmp_path / "line"


async def echo(body: dict[str, Any]) -> dict[str, Any]:
    """Answer with the call, later if it says so."""
    await asyncio.sleep(body.get("after_s", 0))
    if "refuse" in body:
        raise RefusedError(body["refuse"], "no")
    if "fail" in body:
        raise ValueError("the secret of the visitor")
    return body


def over(path: Path, talk: Callable[[Line, Answering], Awaitable[Any]], **options: Any) -> Any:
    """Run a talk over a line."""

    async def go() -> Any:
        answering, line = Answering(echo, **options), Line(path)
        assert await answering.open(path)
        try:
            return await talk(line, answering)
        finally:
            line.close()
            await answering.close()

    return asyncio.run(go())


@pytest.mark.parametrize("body", [{}, {"text": "güncel 你好 😀"}, {"text": "x" * 500_000}])
def test_an_answer_comes_back_whole(path: Path, body: dict[str, Any]) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        return await line.call(body, within_s=WITHIN_S)

    assert over(path, talk) == body


def test_calls_at_once_get_their_own_answers_in_whatever_order(path: Path) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        calls = [line.call({"n": n, "after_s": 0.05 * (3 - n)}, within_s=WITHIN_S) for n in range(4)]
        return [answer["n"] for answer in await asyncio.gather(*calls)]

    assert over(path, talk) == [0, 1, 2, 3]


def test_what_is_told_is_heard_before_the_next_call_and_may_fail(path: Path) -> None:
    heard: list[dict[str, Any]] = []

    def hear(body: dict[str, Any]) -> None:
        heard.append(body)
        raise ValueError

    async def talk(line: Line, answering: Answering) -> None:
        line.tell({"n": 0})  # there is no line yet: it is lost
        await line.call({}, within_s=WITHIN_S)
        line.tell({"n": 1})
        await line.call({}, within_s=WITHIN_S)

    over(path, talk, hear=hear)

    assert heard == [{"n": 1}]


@pytest.mark.parametrize(("body", "status"), [({"refuse": 401}, 401), ({"fail": True}, 500)])
def test_a_refused_call_says_how_and_repeats_nothing(path: Path, body: dict[str, Any], status: int) -> None:
    async def talk(line: Line, answering: Answering) -> None:
        await line.call(body, within_s=WITHIN_S)

    with pytest.raises(RefusedError) as refused:
        over(path, talk)

    assert refused.value.status == status and "secret" not in str(refused.value)


def test_a_late_answer_is_not_waited_for_and_harms_no_later_call(path: Path) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        with pytest.raises(asyncio.TimeoutError):
            await line.call({"n": 1, "after_s": 0.1}, within_s=0.02)
        await asyncio.sleep(0.15)
        return await line.call({"n": 2}, within_s=WITHIN_S)

    assert over(path, talk) == {"n": 2}


@pytest.mark.parametrize("there", [False, True])
def test_without_a_listener_there_is_no_line(path: Path, there: bool) -> None:
    if there:  # a process that died leaves its socket
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))

    with pytest.raises(LineError):
        asyncio.run(Line(path).call({}, within_s=WITHIN_S))


def test_no_path_is_no_line() -> None:
    with pytest.raises(LineError):
        asyncio.run(Line(None).call({}, within_s=WITHIN_S))


def test_a_line_that_breaks_tells_those_who_wait_and_is_opened_again(path: Path) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        waiting = asyncio.ensure_future(line.call({"after_s": 9}, within_s=WITHIN_S))
        await asyncio.sleep(0.05)
        await answering.close(within_s=0)
        with pytest.raises(LineError):
            await waiting
        again = Answering(echo)
        await again.open(path)
        try:
            return await line.call({"n": 1}, within_s=WITHIN_S)
        finally:
            await again.close()

    assert over(path, talk) == {"n": 1}


def test_a_call_under_way_is_answered_before_the_end(path: Path) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        waiting = asyncio.ensure_future(line.call({"n": 1, "after_s": 0.2}, within_s=WITHIN_S))
        await asyncio.sleep(0.05)
        await answering.close()
        return await waiting

    assert over(path, talk) == {"n": 1, "after_s": 0.2}


def test_the_socket_of_a_dead_process_is_replaced(path: Path) -> None:
    listens = (
        "import asyncio, pathlib, sys; from calls import Answering\n"
        "async def go():\n"
        "    await Answering(None).open(pathlib.Path(sys.argv[1])); print('open', flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(go())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", listens, str(path)], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None and process.stdout.readline() == b"open\n"
        process.kill()
    assert path.exists()

    async def talk(line: Line, answering: Answering) -> Any:
        return await line.call({"n": 1}, within_s=WITHIN_S)

    assert over(path, talk) == {"n": 1}


def test_only_the_owner_may_connect_and_nothing_stays_behind(path: Path) -> None:
    async def talk(line: Line, answering: Answering) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    assert over(path, talk) & 0o077 == 0
    assert not path.exists()


def test_a_path_that_is_too_long_is_no_line_and_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert asyncio.run(Answering(echo).open(tmp_path / ("x" * 120))) is False
    assert "go by HTTP" in caplog.text


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack(">I", LARGEST_FRAME + 1),
        struct.pack(">I", 5) + b"nojso",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 13) + b'{"call": 123}',
    ],
)
def test_what_is_no_frame_ends_its_own_connection_only(path: Path, raw: bytes) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        await line.call({}, within_s=WITHIN_S)
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(raw)
        ended = await asyncio.wait_for(reader.read(), WITHIN_S)
        writer.close()
        return ended, await line.call({"n": 1}, within_s=WITHIN_S)

    assert over(path, talk) == (b"", {"n": 1})


def test_a_frame_may_come_in_pieces_and_several_together(path: Path) -> None:
    async def talk(line: Line, answering: Answering) -> Any:
        frames = b"".join(
            struct.pack(">I", len(raw)) + raw for raw in (json.dumps({"call": n, "body": {"n": n}}).encode() for n in range(2))
        )
        reader, writer = await asyncio.open_unix_connection(str(path))
        for cut in (slice(0, 2), slice(2, 9), slice(9, None)):
            writer.write(frames[cut])
            await asyncio.sleep(0.02)
        numbers = []
        for _ in range(2):
            (length,) = struct.unpack(">I", await reader.readexactly(4))
            numbers.append(json.loads(await reader.readexactly(length))["answer"]["n"])
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        return numbers

    assert over(path, talk) == [0, 1]
