"""Named leases: of several gateways one does a job, as publishing the events; if it dies another takes over."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from conversations.database import Database
from conversations.tables import leases


def take_lease(database: Database, name: str, *, owner: str, for_s: float) -> bool:
    """Take or renew a lease.

    Args:
        database: The record.
        name: Of the job.
        owner: Who wants it.
        for_s: How long it is kept without renewal.

    Returns:
        True if the owner has it now.
    """
    now = time.time()
    # One that ends later than any lease can was made before the clock was set back.
    free = sa.or_(leases.c.owner == owner, leases.c.until < now, leases.c.until > now + 10 * for_s)
    change = sa.update(leases).where(leases.c.name == name, free).values(owner=owner, until=now + for_s)
    with database.write() as connection:
        if connection.execute(change).rowcount == 1:
            return True
        if connection.execute(sa.select(leases.c.name).where(leases.c.name == name)).first() is not None:
            return False
    try:
        with database.write() as connection:
            connection.execute(sa.insert(leases).values(name=name, owner=owner, until=now + for_s))
    except IntegrityError:  # another gateway was first
        return False
    return True
