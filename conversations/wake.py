"""Hear from other gateways, through PostgreSQL, that they ended turns. A word that gets lost costs a moment, not a reply."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg

from conversations.errors import StoreUnavailableError
from conversations.store import WAKE_CHANNEL


async def listen(url: str) -> AsyncIterator[int]:
    """Yield the ids of messages whose turns ended elsewhere, for as long as the connection lasts.

    Args:
        url: Address of the PostgreSQL database.

    Raises:
        StoreUnavailableError: If there is no connection, or no longer one.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=3, keepalives_idle=5, keepalives_interval=2, keepalives_count=3
        )
        async with connection:
            await connection.execute(f"LISTEN {WAKE_CHANNEL}")
            async for notice in connection.notifies():
                yield int(notice.payload)
    except psycopg.Error as error:
        raise StoreUnavailableError(type(error).__name__) from error
