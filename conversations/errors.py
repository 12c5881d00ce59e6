"""Errors of the record."""

from __future__ import annotations


class RecordError(Exception):
    """Base of this package's errors."""


class StoreUnavailableError(RecordError):
    """The database does not answer; what was asked may be tried again."""


class LeaseLostError(RecordError):
    """Another worker has the conversation now: what this one made must not be kept."""


class MoveRefusedError(RecordError):
    """A conversation cannot go from one holder to another like this, or someone else was first."""


class BackupError(RecordError):
    """A backup cannot be written or read back; says why and what to do."""


class SealError(RecordError):
    """A key is missing or wrong; says which and what to do."""


class NotFoundError(RecordError):
    """There is no such thing in the record."""


class RefusedError(RecordError):
    """What was asked for is against a rule; says which."""


class HeldError(RecordError):
    """A conversation must be kept and cannot be erased now."""
