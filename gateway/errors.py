"""Errors of the gateway, and their one JSON shape."""

from __future__ import annotations

from typing import Any


class GatewayError(Exception):
    """Base of the gateway's errors: HTTP status, a code for programs, a sentence for people with the remedy."""

    status = 500
    code = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def as_data(self) -> dict[str, Any]:
        """The error as JSON."""
        return {"error": {"code": self.code, "message": self.message}}


class BadRequestError(GatewayError):
    """The request does not have the documented form."""

    status = 400
    code = "bad_request"


class ForbiddenError(GatewayError):
    """The caller may not use this route."""

    status = 401
    code = "unauthorized"


class AssistantUnavailableError(Exception):
    """The assistant gave no reply: down, too slow, or failed. Names the part that is missing."""
