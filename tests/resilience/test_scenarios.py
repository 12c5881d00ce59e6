"""The scenarios of `make resilience`, each in a short version: nothing may be wrong in any of them."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import httpx
import pytest

from conversations.backup import backup, digest_record, restore
from conversations.database import Database, open_database
from tests.conversations.conftest import new_postgres_url
from tests.resilience.hostile import attack, hold_slowly
from tests.resilience.listening import Listener
from tests.resilience.processes import Assistant, Keeper, start_gateway
from tests.resilience.run import judge_events, send_commands
from tests.resilience.scenarios import (
    Setting,
    burst,
    deliver_repeatedly,
    grow_conversation,
    kill_at_random,
    outage,
    set_up,
    share_load,
    stop_and_start,
)
from tests.resilience.servers import Server
from tests.resilience.visitors import PATH, visit

SEED = 7


@pytest.fixture(params=["sqlite", "shared"])
def setting(request: pytest.FixtureRequest) -> Setting:
    """The embedded record and the shared one, in turn."""
    found: Setting = request.getfixturevalue(request.param)
    return found


def test_messages_delivered_several_times_get_one_turn(setting: Setting) -> None:
    assert deliver_repeatedly(setting, messages=60, seed=SEED, threads=8).wrong == 0


def test_a_burst_is_answered_in_order(setting: Setting) -> None:
    assert burst(setting, messages=10, seed=SEED, rounds=1).wrong == 0


def test_kills_lose_and_double_nothing_and_a_backup_of_what_is_left_is_equal(setting: Setting, tmp_path: Path) -> None:
    (figure,) = kill_at_random(setting, kills=6, seed=SEED, senders=6)

    source, target = Database(open_database(setting.record)), Database(open_database(f"sqlite:///{tmp_path / 'r.db'}"))
    written = backup(source, tmp_path / "b.gz")
    assert figure.wrong == 0, figure.line
    assert restore(target, tmp_path / "b.gz") == written == digest_record(source)
    source.close()
    target.close()


def test_messages_of_a_conversation_may_arrive_at_both_gateways(shared: Setting) -> None:
    figure, _ = share_load(shared, senders=6, messages=5, seed=SEED, prefix="both")

    assert figure.wrong == 0, figure.line


def test_a_stop_under_load_finishes_what_is_under_way(sqlite: Setting) -> None:
    figure = stop_and_start(sqlite, rounds=1, seed=SEED)

    assert figure.wrong == 0, figure.line


def test_a_long_conversation_costs_no_more_per_turn(sqlite: Setting) -> None:
    """The short version cannot tell a small growth from noise: it finds work that grows with the conversation."""
    figure = grow_conversation(sqlite, turns=200, seed=SEED)

    assert figure.tried == 200


def test_hostile_requests_are_answered_without_5xx(sqlite: Setting) -> None:
    figure = attack(sqlite, requests=800, seed=SEED)

    assert figure.wrong == 0, figure.line


def test_slow_clients_are_cut_off(sqlite: Setting) -> None:
    figure = hold_slowly(sqlite, connections=5, seed=SEED)

    assert figure.wrong == 0, figure.line


def test_texts_with_a_slash_are_text(sqlite: Setting) -> None:
    figure = send_commands(sqlite)

    assert figure.wrong == 0, figure.line


@pytest.mark.parametrize("hangs", [False, True], ids=["killed", "hanging"])
def test_without_the_database_visitors_are_told_and_all_is_well_again_by_itself(shared: Setting, hangs: bool) -> None:
    postgres = shared.postgres
    assert postgres is not None
    begin, end = (postgres.freeze, postgres.thaw) if hangs else (postgres.kill, postgres.start)
    figure = outage(shared, what="database", begin=begin, end=end, away_s=3, seed=SEED, told="unavailable")

    assert figure.wrong == 0, figure.line


def test_without_redis_visitors_notice_nothing(shared: Setting) -> None:
    redis = shared.redis
    assert redis is not None
    figure = outage(shared, what="Redis", begin=redis.kill, end=redis.start, away_s=3, seed=SEED, told=None)

    assert figure.wrong == 0, figure.line


def test_rates_are_counted_together_by_several_gateways(
    keeper: Keeper, running: Assistant, shared: Setting, tmp_path: Path
) -> None:
    limited = set_up(
        tmp_path, keeper, running, record=shared.record, gateways=2, redis=shared.redis, SENDER_RATE="12", API_KEY="key"
    )
    headers = {"X-Forwarded-For": "198.51.100.7", "X-API-Key": "key"}
    statuses = [
        httpx.post(url + PATH, json={"sender": "flood", "message": ""}, headers=headers, trust_env=False).status_code
        for url in limited.urls * 5
    ]
    limited.close()

    # A third of a minute's messages at once, whichever gateway they come to; now and then one more becomes due.
    assert 4 <= statuses.count(200) <= 6 and statuses.count(429) >= 4


def test_without_the_broker_events_wait_and_arrive_later(
    keeper: Keeper, running: Assistant, postgres: Server, rabbit: Server, tmp_path: Path
) -> None:
    setting = set_up(
        tmp_path / "events", keeper, running, record=new_postgres_url(postgres), gateways=2, postgres=postgres, rabbit=rabbit
    )
    listener = Listener(rabbit.port)
    listener.start()
    visit(setting.urls, senders=3, messages=2, seed=SEED, within_s=60, prefix="before")
    rabbit.kill()
    visit(setting.urls, senders=3, messages=3, seed=SEED, within_s=60, prefix="without")
    rabbit.start()
    figure = judge_events(setting, listener, away_s=0)
    setting.close()

    assert figure.wrong == 0 and figure.tried == 30, figure.line


def test_a_gateway_that_starts_without_its_database_waits_for_it(
    keeper: Keeper, running: Assistant, postgres: Server, tmp_path: Path
) -> None:
    address = new_postgres_url(postgres)
    postgres.kill()
    gateway = start_gateway(keeper, tmp_path, running.environment, DATABASE_URL=address)
    body = {"sender": "early", "message": "hello"}
    early = httpx.post(gateway.url + PATH, json=body, trust_env=False, timeout=30)
    urgent = httpx.post(gateway.url + PATH, json={**body, "message": "help I can't breathe"}, trust_env=False, timeout=30)
    postgres.start()
    deadline = time.monotonic() + 30
    while httpx.get(gateway.url + "/healthz", trust_env=False, timeout=60).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.3)
    late = httpx.post(gateway.url + PATH, json=body, trust_env=False, timeout=30)
    keeper.remove(gateway)

    assert (early.json()[0]["custom"]["kind"], early.headers["message-stored"]) == ("unavailable", "no")
    assert (urgent.json()[0]["custom"]["kind"], urgent.headers["message-stored"]) == ("emergency", "no")
    assert (late.json()[0]["custom"]["kind"], late.headers["message-stored"]) == ("chitchat", "yes")


def test_a_gateway_that_dies_leaves_its_turns_to_the_other(shared: Setting) -> None:
    """Held up in the middle of turns and never started again: the other takes them up when the leases have run out."""
    gateway, rasas = shared.gateways[0], shared.assistant.rasas
    assert gateway.process is not None
    gateway.is_kept = False
    for rasa in rasas:
        rasa.kill(signal.SIGSTOP)  # so that no reply is made before the gateway dies
    with httpx.Client(trust_env=False, timeout=60) as client:
        bodies = [{"sender": f"left{n}", "message": "What are the risks of CAR-T?", "message_id": "m"} for n in range(5)]
        for body in bodies:
            with pytest.raises(httpx.TimeoutException):
                client.post(gateway.url + PATH, json=body, timeout=0.2)
        gateway.process.send_signal(signal.SIGKILL)
        for rasa in rasas:
            rasa.kill(signal.SIGCONT)
        answers = [client.post(shared.gateways[1].url + PATH, json=body) for body in bodies]
    gateway.start()
    gateway.is_kept = True

    assert [answer.json()[0]["custom"]["kind"] for answer in answers] == ["answer"] * 5
