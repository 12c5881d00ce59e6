"""The action server's line (`calls.py`), beside its HTTP: rasa_sdk calls the hook below when it starts."""

from __future__ import annotations

import json
import sys
from typing import Any

import pluggy
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from rasa_sdk.plugin import plugin_manager

from calls import Answering, Body, RefusedError
from settings import load_settings

hookimpl = pluggy.HookimplMarker("rasa_sdk")


@hookimpl  # type: ignore[untyped-decorator]
def attach_sanic_app_extensions(app: Any) -> None:
    """Open the line when the server starts, if there is to be one."""
    path = load_settings().actions_line
    if path is None:
        return
    executor = ActionExecutor()
    executor.register_package(__package__)

    async def answer(body: Body) -> Body:
        try:
            return await executor.run(body) or {}
        except (ActionExecutionRejection, ActionNotFoundException) as error:
            status = 400 if isinstance(error, ActionExecutionRejection) else 404
            raise RefusedError(status, json.dumps({"error": error.message, "action_name": error.action_name})) from error

    line = Answering(answer)

    @app.listener("after_server_start")  # type: ignore[untyped-decorator]
    async def open_line(app: Any, loop: Any) -> None:
        await line.open(path)

    @app.listener("before_server_stop")  # type: ignore[untyped-decorator]
    async def close_line(app: Any, loop: Any) -> None:
        await line.close()


if not plugin_manager().has_plugin(__name__):
    plugin_manager().register(sys.modules[__name__], __name__)
