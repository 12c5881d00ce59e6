"""The action server over a line, or over one connection that stays open; Rasa 3.6.21 opens a new one with each turn."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from calls import Line, LineError, RefusedError

TIMEOUT_S = 20.0


class KeptEndpoint(EndpointConfig):
    """An endpoint that keeps its connection. `line` in endpoints.yml is the path of the Unix socket that is tried before HTTP."""

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(url, **kwargs)
        self._kept: aiohttp.ClientSession | None = None
        line = kwargs.get("line")
        self._line = Line(Path(line) if line else None)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Send a request and return the JSON of the answer.

        Raises:
            ClientResponseError: If the answer is an error.
            aiohttp.ClientError: If there is none; a connection that has gone stale is opened anew once.
        """
        body = kwargs.get("json") or {}
        try:
            return await self._line.call(body, within_s=TIMEOUT_S)
        except RefusedError as error:
            raise ClientResponseError(error.status, "refused", str(error)) from error
        except asyncio.TimeoutError as error:
            raise aiohttp.ServerTimeoutError(f"no answer within {TIMEOUT_S:g} s") from error
        except LineError:
            pass
        for attempt in (1, 2):
            try:
                return await self._request_once(method, compress=compress, **kwargs)
            except aiohttp.ServerDisconnectedError:
                if attempt == 2:
                    raise
        return None

    async def _request_once(self, method: str, **kwargs: Any) -> Any:
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        kwargs.pop("timeout", None)
        async with self._kept.request(method, self.url, **kwargs) as answer:
            if answer.status >= 400:
                raise ClientResponseError(answer.status, answer.reason, await answer.content.read())
            return await answer.json()


def keep_open(endpoint: EndpointConfig) -> KeptEndpoint:
    """The same endpoint, with a connection that stays open."""
    return endpoint if isinstance(endpoint, KeptEndpoint) else KeptEndpoint(endpoint.url, **endpoint.kwargs)
