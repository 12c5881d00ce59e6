"""The actions inside the Rasa server: run in its process, and served by HTTP at their address for whoever asks there.

To send a tracker to another process and to wait for it takes longer than our actions take; Rasa Pro has the same choice
(`actions_module`).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

PACKAGE = "actions"


@lru_cache(maxsize=1)
def _executor() -> ActionExecutor:
    """The actions of the package: one of each, for the turns and for HTTP."""
    executor = ActionExecutor()
    executor.register_package(PACKAGE)
    return executor


class ActionsInside(EndpointConfig):
    """An action endpoint whose actions run in this process."""

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(url, **kwargs)
        self._executor = _executor()

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run an action.

        Args:
            method, subpath, content_type, compress: As Rasa's; not needed here.
            kwargs: `json` is the call, as it would be sent to an action server.

        Returns:
            Events and responses, as an action server answers.

        Raises:
            ClientResponseError: If the action rejects its execution (400) or there is none of this name (404), as over HTTP; what
                else an action raises is passed on.
        """
        try:
            return await self._executor.run(kwargs.get("json") or {}) or {}
        except (ActionExecutionRejection, ActionNotFoundException) as error:
            status = 400 if isinstance(error, ActionExecutionRejection) else 404
            told = json.dumps({"error": error.message, "action_name": error.action_name})
            raise ClientResponseError(status, "refused", told) from error


def run_inside(endpoint: EndpointConfig) -> EndpointConfig:
    """The endpoint that runs the actions here, if endpoints.yml says `inside: true`; else the same endpoint."""
    if isinstance(endpoint, ActionsInside) or not endpoint.kwargs.get("inside"):
        return endpoint
    return ActionsInside(endpoint.url, **endpoint.kwargs)


async def serve_actions(endpoint: EndpointConfig | None) -> web.AppRunner | None:
    """Serve the actions by HTTP at the endpoint's address, as `python -m rasa_sdk` does; None if they are not to run here.

    By aiohttp, which Rasa brings: rasa_sdk's own server is a second Sanic application, and Sanic 21.12 cannot start two in one
    process.

    Raises:
        OSError: If the port is taken.
    """
    inside = run_inside(endpoint) if endpoint is not None else None
    if not isinstance(inside, ActionsInside):
        return None

    async def run(request: web.Request) -> web.Response:
        try:
            call = await request.json()
        except ValueError:  # no JSON, or no text
            call = None
        if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
            return web.json_response({"error": "The body must be a JSON object with next_action and tracker."}, status=400)
        try:
            return web.json_response(await inside.request(json=call))
        except ClientResponseError as error:
            return web.json_response(text=error.text, status=error.status)

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    address = urlsplit(inside.url)
    app = web.Application()
    app.add_routes([web.get("/health", health), web.post(address.path, run)])
    server = web.AppRunner(app, access_log=None)
    await server.setup()
    await web.TCPSite(server, address.hostname, address.port).start()
    return server
