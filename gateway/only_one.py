"""Hold the embedded database alone: SQLite has one gateway, and what changes the record as a whole waits until it has stopped."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TextIO


class AlreadyOpenError(Exception):
    """Another process has the embedded database."""


def hold_record(url: str) -> AbstractContextManager[None]:
    """Take the embedded database for this process, until the context ends or the process dies.

    Args:
        url: Address of the record; PostgreSQL has many users and needs no hold.

    Raises:
        AlreadyOpenError: If another process has it.
    """
    if not url.startswith("sqlite:///"):
        return nullcontext()
    path = Path(url.removeprefix("sqlite:///") + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyOpenError(
            f"{path.with_suffix('').name} is open in another process. Stop it, or set DATABASE_URL to a PostgreSQL "
            "database, which several gateways can share."
        ) from None
    return _holding(file)


@contextmanager
def _holding(file: TextIO) -> Iterator[None]:
    with file:
        yield
