"""Sanic's connections, with a limit on the whole time that a request may take to arrive.

Sanic begins to count anew with each piece, so that a client which sends a byte a second is never cut off.
"""

from __future__ import annotations

import time
from typing import Any

from sanic.exceptions import RequestTimeout
from sanic.http.constants import Stage
from sanic.server.protocols.websocket_protocol import WebSocketProtocol

CLOSE_AFTER_S = 0.5


class DoorProtocol(WebSocketProtocol):
    """A connection whose requests must arrive within REQUEST_TIMEOUT, body included."""

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request; only the first one of a request begins its time."""
        http: Any = self.http
        began = self._time if http is not None and http.stage is not Stage.IDLE else None
        super().data_received(data)  # type: ignore[no-untyped-call]
        if began is not None:
            self._time = began

    def _hang_up(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()

    def check_timeouts(self) -> None:
        """Cut off a client whose body is late; Sanic sees to all else."""
        http: Any = self.http
        if self._task is None or http is None or http.stage is not Stage.HANDLER or not http.request_body:
            super().check_timeouts()  # type: ignore[no-untyped-call]
            return
        left_s = self._time + self.request_timeout - time.monotonic()
        if left_s <= 0:
            http.exception = RequestTimeout()
            self._task.cancel()
            # Sanic answers and then waits for the rest of the body, however slowly it comes.
            self.loop.call_later(CLOSE_AFTER_S, self._hang_up)
        else:
            self._callback_check_timeouts = self.loop.call_later(max(0.1, left_s), self.check_timeouts)
