"""A gateway with a line to the assistant: announces what comes, hands turns over by it, and by HTTP if it breaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from calls import Answering, RefusedError
from tests.gateway.conftest import PlayedAssistant, Stage, free_port

PATH = "/webhooks/rest/webhook"
BREAK, ODD, REFUSED = "please break", "something odd", "no entry"


@dataclass
class OtherEnd:
    """The assistant's end of the line; what comes is kept in order."""

    path: Path
    played: PlayedAssistant
    came: list[dict[str, Any]] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self.answering = Answering(self._answer, self._hear)
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run work in the loop of this end."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=10)

    def _hear(self, body: dict[str, Any]) -> None:
        self.came.append(body)

    async def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        turn = body["turn"]
        if turn["conversation_id"].startswith("probe-"):
            return {"messages": self.played.reply_to(turn)}
        self.came.append(body)
        if turn["text"] == BREAK:
            for link in [*self.answering._links]:
                link.close()
        if turn["text"] == REFUSED:
            raise RefusedError(401, "no")
        if turn["text"] == ODD:
            return {"messages": "none"}
        return {"messages": [{"text": "by the line", "custom": {"kind": "chitchat", "citations": [], "suggestions": []}}]}


@pytest.fixture
def end(stage: Stage, assistant: PlayedAssistant, tmp_path: Path) -> Iterator[tuple[OtherEnd, httpx.Client]]:
    """The other end of the line, and a client of a gateway of its own."""
    other = OtherEnd(tmp_path / "line", assistant)
    assert other.do(other.answering.open(other.path))
    port = free_port()
    environment = {**stage.environment, "PORT": str(port), "DATA_DIR": str(tmp_path), "ASSISTANT_LINE": str(other.path)}
    own = replace(stage, url=f"http://127.0.0.1:{port}", data_dir=tmp_path, environment=environment)
    own.start()
    with httpx.Client(base_url=own.url, timeout=30, trust_env=False) as client:
        yield other, client
    own.process.terminate()
    assert own.process.wait(timeout=15) == 0
    other.do(other.answering.close())
    other.loop.call_soon_threadsafe(other.loop.stop)


def said(client: httpx.Client, text: str) -> str:
    """What a message is answered with."""
    return str(client.post(PATH, json={"sender": "ann", "message": text}).json()[-1]["text"])


def test_a_message_is_announced_and_handed_over_by_the_line(
    end: tuple[OtherEnd, httpx.Client], assistant: PlayedAssistant
) -> None:
    other, client = end

    assert [said(client, text) for text in ("hello", "how long")] == ["by the line"] * 2
    # The first call opens the line, so that only the second could be announced.
    assert [body.get("expect") or body["turn"]["text"] for body in other.came] == ["hello", "how long", "how long"]
    assert {body["token"] for body in other.came} == {"secret"}
    assert assistant.calls == []


def test_what_the_door_answers_itself_is_not_announced_if_it_is_too_long(end: tuple[OtherEnd, httpx.Client]) -> None:
    other, client = end
    said(client, "hello")

    said(client, "x" * 2001)

    assert len(other.came) == 1


def test_a_line_that_breaks_is_followed_by_http_and_opened_again(
    end: tuple[OtherEnd, httpx.Client], assistant: PlayedAssistant
) -> None:
    _, client = end

    assert [said(client, text) for text in ("hello", BREAK, "again")] == ["by the line", "reply", "by the line"]
    assert [call["text"] for call in assistant.calls] == [BREAK]


def test_without_the_other_end_all_goes_by_http(end: tuple[OtherEnd, httpx.Client], assistant: PlayedAssistant) -> None:
    other, client = end
    other.do(other.answering.close())

    assert said(client, "hello") == "reply"
    assert [call["text"] for call in assistant.calls] == ["hello"]


@pytest.mark.parametrize("text", [ODD, REFUSED])
def test_an_answer_that_is_none_is_tried_again_and_told(
    end: tuple[OtherEnd, httpx.Client], assistant: PlayedAssistant, text: str
) -> None:
    other, client = end

    reply = client.post(PATH, json={"sender": "ann", "message": text}).json()[-1]

    assert reply["custom"]["kind"] == "unavailable"
    assert [body["turn"]["text"] for body in other.came if "turn" in body] == [text] * 2 and assistant.calls == []
