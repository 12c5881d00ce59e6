"""The action server's line, in the server that rasa_sdk makes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic

import actions.line
from calls import Line, RefusedError


def call(path: Path, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str) -> Any:
    """Call the action server over its line."""
    monkeypatch.setenv("ACTIONS_LINE", str(path))
    app = Sanic(name, configure_logging=False)
    plugin_manager().hook.attach_sanic_app_extensions(app=app)
    listeners = {one.event: one.listener for one in app._future_listeners}

    async def go() -> Any:
        await listeners["after_server_start"](app, None)
        line = Line(path)
        try:
            return await line.call(body, within_s=10)
        finally:
            line.close()
            await listeners["before_server_stop"](app, None)

    return asyncio.run(go())


def test_an_action_runs_over_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"text": "hello", "intent": {"name": "greet", "confidence": 1.0}, "metadata": {"now": 1.8e9}, "reading": {}}
    tracker = {"sender_id": "ann", "slots": {}, "latest_message": message, "events": [], "latest_input_channel": "rest"}

    answer = call(
        tmp_path / "line", {"next_action": "action_respond", "sender_id": "ann", "tracker": tracker}, monkeypatch, "actions_run"
    )

    assert answer["responses"][0]["custom"]["kind"] == "chitchat"
    assert [event["event"] for event in answer["events"]] == ["slot", "slot", "followup"]


def test_an_action_that_is_none_is_refused_as_over_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedError) as refused:
        call(tmp_path / "line", {"next_action": "action_none", "tracker": {}}, monkeypatch, "actions_none")

    assert refused.value.status == 404 and json.loads(str(refused.value))["action_name"] == "action_none"


def test_without_a_path_there_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_LINE", "")
    app = Sanic("actions_without_line", configure_logging=False)

    actions.line.attach_sanic_app_extensions(app)

    assert list(app._future_listeners) == []
