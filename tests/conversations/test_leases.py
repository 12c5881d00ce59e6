"""Of several gateways one does a job; if it dies another takes over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from conversations.database import Database
from conversations.leases import take_lease


def test_one_of_many_gets_the_job(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda n: take_lease(database, "job", owner=f"g{n}", for_s=10), range(8)))

    assert sum(got) == 1


def test_the_owner_renews_and_another_waits(database: Database) -> None:
    assert take_lease(database, "job", owner="one", for_s=10)

    assert take_lease(database, "job", owner="one", for_s=10)
    assert not take_lease(database, "job", owner="two", for_s=10)


def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    assert take_lease(database, "job", owner="one", for_s=-1)

    assert take_lease(database, "job", owner="two", for_s=10)
