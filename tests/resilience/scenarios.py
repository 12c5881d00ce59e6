"""What can go wrong, made to happen to real processes; each scenario returns figures that can be counted."""

from __future__ import annotations

import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.resilience.processes import START_WITHIN_S, Assistant, Keeper, Kept, start_gateway
from tests.resilience.reading import Recorded, count_doubled, count_out_of_order, read_record
from tests.resilience.servers import Server
from tests.resilience.visitors import PATH, QUESTIONS, Given, insist, is_right, kind_of, run_together, visit

NOTED_WITHIN_S = 5.0


@dataclass(frozen=True)
class Figure:
    """One line of the report: what was tried, how much of it was kept, and what was wrong, which must be nothing."""

    name: str
    tried: int
    kept: int
    wrong: int
    seed: int
    note: str = ""
    stock: str = ""

    @property
    def line(self) -> str:
        """The figure in the form that all reports use."""
        note = f" ({self.note})" if self.note else ""
        return f"{self.name}: {self.tried} tried, {self.kept} kept, {self.wrong} wrong, seed {self.seed}{note}"


@dataclass
class Setting:
    """A whole system under test."""

    folder: Path
    keeper: Keeper
    assistant: Assistant
    gateways: list[Kept]
    record: str
    postgres: Server | None = None
    redis: Server | None = None
    rabbit: Server | None = None
    more: dict[str, str] = field(default_factory=dict)

    @property
    def urls(self) -> list[str]:
        """Addresses of the gateways."""
        return [gateway.url for gateway in self.gateways]

    @property
    def kind(self) -> str:
        """Name of the database."""
        return "SQLite" if self.postgres is None else "PostgreSQL"

    def close(self) -> None:
        """Stop the gateways; the assistant and the servers belong to others."""
        for gateway in [*self.gateways]:
            self.keeper.remove(gateway)
        self.gateways.clear()


def set_up(
    folder: Path,
    keeper: Keeper,
    assistant: Assistant,
    *,
    record: str = "",
    gateways: int = 1,
    postgres: Server | None = None,
    redis: Server | None = None,
    rabbit: Server | None = None,
    **more: str,
) -> Setting:
    """Start gateways on a fresh record."""
    folder.mkdir(parents=True, exist_ok=True)
    variables = {**more}
    if record:
        variables["DATABASE_URL"] = record
    if redis is not None:
        variables["REDIS_URL"] = f"redis://127.0.0.1:{redis.port}/0"
    if rabbit is not None:
        variables["EVENTS_URL"] = f"amqp://guest:guest@127.0.0.1:{rabbit.port}/"
    started = [
        start_gateway(keeper, folder, assistant.environment, name=f"gateway-{number}", **variables) for number in range(gateways)
    ]
    address = record or f"sqlite:///{folder / 'conversations.db'}"
    return Setting(folder, keeper, assistant, started, address, postgres, redis, rabbit, variables)


# ---------------------------------------------------------------------- kills


def kill_at_random(setting: Setting, *, kills: int, seed: int, senders: int = 20, settle_s: float = 180) -> list[Figure]:
    """SIGKILL processes at random moments while visitors write."""
    dice = random.Random(seed)
    over = threading.Event()
    results: list[list[Given]] = [[] for _ in range(senders)]

    def write(number: int) -> None:
        own = random.Random(seed * 1000 + number)
        with httpx.Client(trust_env=False) as client:
            while not over.is_set():
                given = Given(f"kill{number}", f"{number}-{len(results[number])}", own.randrange(len(QUESTIONS)))
                results[number].append(given)
                insist(client, setting.urls, given, give_up_at=time.monotonic() + settle_s, dice=own)
                time.sleep(own.random() * 0.3)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    killed = Counter(_kill_one(setting, dice) for _ in range(kills))
    over.set()
    for thread in threads:
        thread.join()
    return _judge_kills(setting, [given for one in results for given in one], killed, seed)


def _kill_one(setting: Setting, dice: random.Random) -> str:
    """Kill one process at a random moment of its life, once it has begun to serve again after the last kill."""
    victim = dice.choice(setting.gateways)
    victim.wait_well()
    time.sleep(dice.uniform(0.05, 1.5))
    # A Rasa server needs many seconds to come back: killed as often as the others, it would be away all the time.
    weights = {"gateway": 60, "database": 20 if setting.postgres else 0, "Rasa server": 8}
    target = dice.choices(list(weights), list(weights.values()))[0]
    if target == "gateway":
        victim.kill()
    elif target == "Rasa server":
        dice.choice(setting.assistant.rasas).kill()
    else:
        assert setting.postgres is not None
        setting.postgres.kill()
        setting.postgres.start()
    return target


def _judge_kills(setting: Setting, given: Sequence[Given], killed: Counter[str], seed: int) -> list[Figure]:
    for kept in (*setting.gateways, *setting.assistant.rasas):
        kept.wait_well(START_WITHIN_S)
    recorded = _wait_for_quiet(setting)
    by_id = recorded.by_id
    lost = sum((one.sender, one.message_id) not in by_id for one in given if one.accepted)
    unanswered = sum(not one.messages for one in given)
    shuffled = _count_shuffled(recorded)
    wrong_reply = sum(not is_right(one) and kind_of(one) != "unavailable" for one in given if one.messages)
    wrong = lost + unanswered + shuffled + wrong_reply + count_doubled(recorded) + count_out_of_order(recorded)
    set_aside = sum(kind_of(one) == "unavailable" for one in given)
    kills = ", ".join(f"{name} {number}" for name, number in sorted(killed.items()))
    note = (
        f"kills: {kills}; {sum(one.sendings for one in given)} sendings of {len(given)} messages, "
        f'{set_aside} answered with "unavailable" while the assistant was away'
    )
    name = f"SIGKILL at {sum(killed.values())} random moments, {len(setting.gateways)} gateway(s), {setting.kind}"
    return [Figure(name, len(given), len(given) - wrong, wrong, seed, note)]


def _count_shuffled(recorded: Recorded) -> int:
    """Messages recorded before one that their visitor sent earlier."""
    wrong, last = 0, {}
    for turn in recorded.turns:
        if re.fullmatch(r"\d+-\d+", turn.external_id) is None:
            continue  # not sent one after the other
        number = int(turn.external_id.split("-")[1])
        wrong += number < last.get(turn.sender, -1)
        last[turn.sender] = number
    return wrong


def _wait_for_quiet(setting: Setting, within_s: float = 60) -> Recorded:
    """The record once every turn has ended and every delivery is noted."""
    began = time.monotonic()
    while True:
        recorded = read_record(setting.record)
        waited_s = time.monotonic() - began
        # A reply that nobody fetched stays pending: its visitor was told that the message could not be kept.
        fetched = all(reply.state != "pending" for reply in recorded.replies) or waited_s > NOTED_WITHIN_S
        if (recorded.states["waiting"] == 0 and fetched) or waited_s > within_s:
            return recorded
        time.sleep(0.5)


# ---------------------------------------------------------------------- repeats, bursts, load


def deliver_repeatedly(setting: Setting, *, messages: int, seed: int, threads: int = 16) -> Figure:
    """Deliver each message one to five times, shuffled, some copies at the same instant."""
    dice = random.Random(seed)
    wanted = [(f"dup{number % 50}", f"dup-{number}", dice.randint(1, 5)) for number in range(messages)]
    deliveries = [(sender, message_id) for sender, message_id, times in wanted for _ in range(times)]
    dice.shuffle(deliveries)
    # Every tenth message: all copies one after the other in the queue, so that they are under way together.
    together = {message_id for _, message_id, _ in wanted[::10]}
    deliveries = [d for d in deliveries if d[1] not in together] + sorted(d for d in deliveries if d[1] in together)
    answers: dict[str, list[str]] = {message_id: [] for _, message_id, _ in wanted}
    queue = iter(deliveries)
    lock = threading.Lock()

    def deliver() -> None:
        own = random.Random(seed)
        with httpx.Client(trust_env=False, timeout=120) as client:
            while True:
                with lock:
                    sender, message_id = next(queue, ("", ""))
                if not sender:
                    return
                body = {"sender": sender, "message": "hello", "message_id": message_id}
                answer = client.post(own.choice(setting.urls) + PATH, json=body)
                answers[message_id].append(answer.text if answer.status_code == 200 else f"status {answer.status_code}")

    run_together([deliver] * threads)
    recorded = read_record(setting.record)
    mine = [turn for turn in recorded.turns if turn.sender.startswith("dup")]
    differing = sum(len(set(texts)) != 1 for texts in answers.values())
    uncounted = sum(turn.repeats for turn in mine) != len(deliveries) - messages
    wrong = abs(len(mine) - messages) + differing + count_doubled(recorded) + uncounted
    note = f"{len(deliveries)} deliveries, {sum(turn.repeats for turn in mine)} recognised as repeats"
    return Figure(f"Messages delivered 1 to 5 times, {setting.kind}", messages, len(mine), wrong, seed, note)


def burst(setting: Setting, *, messages: int, seed: int, rounds: int = 5) -> Figure:
    """Send messages of one conversation at the same instant, and compare the time with as many replies one after the other."""
    one_by_one, at_once, wrong = [], [], 0
    url = setting.urls[0]
    with httpx.Client(trust_env=False, timeout=60) as client:
        for turn in range(rounds):
            began = time.monotonic()
            for number in range(messages):
                text = QUESTIONS[number % len(QUESTIONS)][0]
                client.post(url + PATH, json={"sender": f"row{seed}-{turn}", "message": text, "message_id": f"r-{number}"})
            one_by_one.append(time.monotonic() - began)
            sender = f"burst{seed}-{turn}"
            given = [Given(sender, f"b-{number}", number % len(QUESTIONS)) for number in range(messages)]
            began = time.monotonic()
            run_together([lambda one=one: _send_once(client, setting.urls, one) for one in given])  # type: ignore[misc]
            at_once.append(time.monotonic() - began)
            wrong += sum(not is_right(one) for one in given)
    recorded = read_record(setting.record)
    wrong += count_out_of_order(recorded) + count_doubled(recorded)
    note = (
        f"{rounds} times {messages} at once: median {statistics.median(at_once):.2f} s; {messages} one after the other: "
        f"median {statistics.median(one_by_one):.2f} s"
    )
    tried = rounds * messages
    return Figure(f"Ten messages of one conversation at once, {setting.kind}", tried, tried - wrong, wrong, seed, note)


def _send_once(client: httpx.Client, urls: Sequence[str], given: Given) -> None:
    body = {"sender": given.sender, "message": QUESTIONS[given.question][0], "message_id": given.message_id}
    given.messages = client.post(random.choice(urls) + PATH, json=body).json()


def share_load(setting: Setting, *, senders: int, messages: int, seed: int, prefix: str) -> tuple[Figure, float]:
    """Visitors write through all gateways, each message at any of them; returns the messages a second, too."""
    began = time.monotonic()
    given = visit(setting.urls, senders=senders, messages=messages, seed=seed, within_s=600, prefix=prefix)
    rate = len(given) / (time.monotonic() - began)
    recorded = _wait_for_quiet(setting)
    mine = [turn for turn in recorded.turns if turn.sender.startswith(prefix)]
    wrong = sum(not is_right(one) for one in given) + abs(len(mine) - len(given)) + _count_shuffled(recorded)
    wrong += count_doubled(recorded) + count_out_of_order(recorded)
    many = f"{len(setting.gateways)} gateway(s) and {len(setting.assistant.rasas)} Rasa server(s)"
    name = f"Messages of a conversation at any of {many}"
    return Figure(f"{name}, {setting.kind}", len(given), len(given) - wrong, wrong, seed, f"{rate:.1f} messages a second"), rate


# ---------------------------------------------------------------------- outages


def outage(
    setting: Setting,
    *,
    what: str,
    begin: Callable[[], None],
    end: Callable[[], None],
    away_s: float,
    seed: int,
    told: str | None,
    senders: int = 5,
) -> Figure:
    """Something is away for a while as visitors write: they are told, what was accepted is kept, all is well again by itself.

    Args:
        setting: The system.
        what: Is away.
        begin: Takes it away.
        end: Gives it back.
        away_s: For how long.
        seed: Of the visitors.
        told: Kind of the reply that visitors get meanwhile; None if they notice nothing.
        senders: How many visitors.
    """
    begin()
    began = time.monotonic()
    seen: list[tuple[str, str, int]] = []
    slowest = [0.0]
    lock = threading.Lock()

    def write(number: int) -> None:
        turn = 0
        with httpx.Client(trust_env=False, timeout=90) as client:
            while time.monotonic() - began < away_s:
                question = (number + turn) % len(QUESTIONS)
                body = {"sender": f"away{seed}-{number}", "message": QUESTIONS[question][0], "message_id": f"{number}-{turn}"}
                sent = time.monotonic()
                answer = client.post(setting.urls[number % len(setting.urls)] + PATH, json=body)
                given = Given(body["sender"], body["message_id"], question, answer.json() if answer.status_code == 200 else [])
                kind = "right" if is_right(given) else kind_of(given)
                with lock:
                    seen.append((kind, answer.headers.get("message-stored", "no"), answer.status_code))
                    slowest[0] = max(slowest[0], time.monotonic() - sent)
                turn += 1
                time.sleep(0.3)

    run_together([lambda number=number: write(number) for number in range(senders)])  # type: ignore[misc]
    end()
    ended = time.monotonic()
    after = visit(setting.urls, senders=senders, messages=3, seed=seed, within_s=120, prefix=f"after{seed}-")
    recovered_s = time.monotonic() - ended
    recorded = _wait_for_quiet(setting)
    mine = [turn for turn in recorded.turns if turn.sender.startswith(f"away{seed}-")]
    accepted = sum(stored == "yes" for _, stored, _ in seen)
    expected = {"right"} if told is None else {"right", told}
    wrong = sum(kind not in expected or status != 200 for kind, _, status in seen)
    wrong += max(0, accepted - len(mine)) + recorded.states["waiting"] + count_doubled(recorded) + count_out_of_order(recorded)
    wrong += sum(not is_right(one) and kind_of(one) != "unavailable" for one in after)
    kinds = Counter(kind for kind, _, _ in seen)
    note = (
        f"{kinds['right']} answered meanwhile, {len(seen) - kinds['right']} told; {accepted} accepted, all in the record; "
        f"slowest answer {slowest[0]:.1f} s; {len(after)} messages after it answered within {recovered_s:.1f} s"
    )
    return Figure(f"{what} away for {away_s:g} s, {setting.kind}", len(seen), len(seen) - wrong, wrong, seed, note)


# ---------------------------------------------------------------------- time


def measure_added(setting: Setting, *, turns: int, seed: int) -> tuple[Figure, dict[str, float]]:
    """Time that the gateway adds to a turn: the same messages to the Rasa server itself and through the gateway, in turns."""
    rasa, gateway = setting.assistant.rasas[0].url, setting.urls[0]
    headers = {"Authorization": f"Bearer {setting.assistant.token}"}
    bare, through = [], []
    with httpx.Client(trust_env=False, timeout=60) as client:
        for number in range(turns + 10):
            text = QUESTIONS[number % len(QUESTIONS)][0]
            body = {
                "message_id": f"bare{seed}-{number}",
                "conversation_id": f"bare{seed}-{number}",
                "channel": "rest",
                "text": text,
            }
            began = time.perf_counter()
            client.post(f"{rasa}/webhooks/gateway/turn", json=body, headers=headers).raise_for_status()
            between = time.perf_counter()
            client.post(gateway + PATH, json={"sender": f"time{seed}-{number}", "message": text}).raise_for_status()
            ended = time.perf_counter()
            if number >= 10:  # the first ones warm up
                bare.append((between - began) * 1e3)
                through.append((ended - between) * 1e3)
    added = statistics.median(through) - statistics.median(bare)
    times = {"bare": statistics.median(bare), "through": statistics.median(through), "added": added}
    times["added_pairs"] = statistics.median(t - b for t, b in zip(through, bare))
    slow = added > 5
    note = f"median {times['bare']:.1f} ms bare, {times['through']:.1f} ms through the gateway: {added:.1f} ms added"
    return Figure(f"Reply time added, {setting.kind}", turns, turns if not slow else 0, int(slow), seed, note), times


def grow_conversation(setting: Setting, *, turns: int, seed: int) -> Figure:
    """A long conversation costs no more per turn than a short one. The door answers alone, so that only it is measured."""
    times = []
    with httpx.Client(trust_env=False, timeout=60) as client:
        for number in range(turns):
            began = time.perf_counter()
            client.post(setting.urls[0] + PATH, json={"sender": f"long{seed}", "message": "", "message_id": f"l-{number}"})
            times.append((time.perf_counter() - began) * 1e3)
    window = max(10, turns // 10)
    early, late = statistics.median(times[5 : 5 + window]), statistics.median(times[-window:])
    wrong = int(late > early * 1.5 + 1)
    note = f"median {early:.2f} ms a turn at the beginning, {late:.2f} ms at the end"
    return Figure(f"A conversation of {turns} turns, {setting.kind}", turns, turns, wrong, seed, note)


def stop_and_start(setting: Setting, *, rounds: int, seed: int) -> Figure:
    """SIGTERM while visitors write: turns under way end, nothing is lost, it goes on after the start."""
    given: list[Given] = []
    codes: list[int] = []

    def restart() -> None:
        for _ in range(rounds):
            time.sleep(1.0)
            gateway = setting.gateways[0]
            gateway.is_kept = False
            gateway.kill(15)
            assert gateway.process is not None
            codes.append(gateway.process.wait(timeout=30))
            gateway.start()
            gateway.is_kept = True
            gateway.wait_well(30)

    def write() -> None:
        given.extend(visit(setting.urls, senders=8, messages=rounds * 8, seed=seed, within_s=300, pause_s=0.1, prefix="term"))

    run_together([restart, write])
    recorded = _wait_for_quiet(setting)
    tries = sum(turn.tries > 1 for turn in recorded.turns)
    wrong = sum(not is_right(one) for one in given) + count_doubled(recorded) + count_out_of_order(recorded)
    wrong += sum(code != 0 for code in codes) + tries
    note = f"{len(codes)} stops, each with exit code 0; {tries} turns had to be begun twice"
    return Figure(f"SIGTERM under load, {setting.kind}", len(given), len(given) - wrong, wrong, seed, note)
