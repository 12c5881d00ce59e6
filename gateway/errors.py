"""Errors of the gateway, and their one JSON shape."""

from __future__ import annotations

from typing import Any


class GatewayError(Exception):
    """Base of the gateway's errors: HTTP status, a code for programs, a sentence for people with the remedy."""

    status = 500
    code = "internal"

    def __init__(self, message: str, *, retry_after_s: float | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message, self.retry_after_s = message, retry_after_s
        self.code = code or self.code

    def as_data(self) -> dict[str, Any]:
        """The error as JSON."""
        return {"error": {"code": self.code, "message": self.message}}

    def as_headers(self) -> dict[str, str]:
        """When it may be tried again, if that is known."""
        return {} if self.retry_after_s is None else {"Retry-After": str(max(1, round(self.retry_after_s)))}


class BadRequestError(GatewayError):
    """The request does not have the documented form."""

    status = 400
    code = "bad_request"


class ForbiddenError(GatewayError):
    """The caller may not use this route."""

    status = 401
    code = "unauthorized"


class SessionError(GatewayError):
    """A visitor's proof is missing, forged, too old, or its conversation was erased; the code says which."""

    status = 401
    code = "session"


class OriginError(GatewayError):
    """The page that asks belongs to a site that may not."""

    status = 403
    code = "origin"


class NotFoundError(GatewayError):
    """There is no such thing, or not for this caller."""

    status = 404
    code = "not_found"


class ConflictError(GatewayError):
    """It cannot be done as things stand."""

    status = 409
    code = "conflict"


class UnavailableError(GatewayError):
    """Something of ours is away for the moment."""

    status = 503
    code = "unavailable"


class TooManyError(GatewayError):
    """The caller sends faster than the limits allow."""

    status = 429
    code = "too_many"


class StoppingError(GatewayError):
    """The gateway is stopping and takes nothing new; another one, or this one started again, will."""

    status = 503
    code = "stopping"


class AssistantUnavailableError(Exception):
    """The assistant gave no reply: down, too slow, or failed. Names the part that is missing."""


class DeliveryError(Exception):
    """The receiving side did not take a message.

    Attributes:
        permanent: True if trying again is of no use.
        retry_after_s: When the receiving side asks to be tried again, if it says so.
    """

    def __init__(self, message: str, *, permanent: bool, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.permanent, self.retry_after_s = permanent, retry_after_s
