"""Figures of the desk: `python -m tests.resilience.figures [races] [load] [guesses] [masking]`, all of them if none is named.

Each is printed as "N tried, N kept, 0 wrong, seed"; the databases are real ones, started here.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa

from conversations.database import Database, migrate, open_database
from conversations.errors import MoveRefusedError
from conversations.live import claim
from conversations.personal import find_kinds
from conversations.store import Store
from conversations.tables import cases, conversations, messages, moves, outbox, turns
from conversations.types import Author, Draft, Incoming, Outcome, TurnState
from tests.conversations.conftest import new_postgres_url
from tests.resilience.servers import start_postgres

SEED = 20261125
RACES = 10_000
CONVERSATIONS, EACH = 50_000, 10  # messages of a conversation; with turns and deliveries 1.25 million rows


@contextmanager
def both() -> Iterator[list[tuple[str, str]]]:
    """An empty database of each kind, by name."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        server = start_postgres(Path(folder) / "postgres")
        try:
            yield [("SQLite", f"sqlite:///{folder}/record.db"), ("PostgreSQL", new_postgres_url(server))]
        finally:
            server.stop()


def race(name: str, url: str) -> None:
    """Two claims at once, and a reply committed while a person takes over."""
    database = Database(open_database(url))
    migrate(database.engine)
    store, dice = Store(database, owner="one"), random.Random(SEED)
    doubles = nobody = 0
    with ThreadPoolExecutor(3) as threads:
        for number in range(RACES):
            accepted = store.accept(Incoming("rest", f"r{number}", "m", "hello"))
            work = accepted.work
            assert work is not None
            gate = threading.Barrier(3)

            def press(who: str, of: str = accepted.conversation_id, gate: threading.Barrier = gate) -> bool:
                gate.wait()
                try:
                    claim(database, of, who, words="joined")
                except MoveRefusedError:
                    return False
                return True

            def answer(work: object = work, gate: threading.Barrier = gate) -> bool:
                gate.wait()
                time.sleep(dice.random() * 0.002)
                draft = Draft(Author.ASSISTANT, "late", "answer")
                outcome = Outcome(TurnState.ANSWERED, [draft], "answer")
                return store.finish(work, outcome).state is TurnState.ANSWERED  # type: ignore[arg-type]

            acts: list[Callable[[], bool]] = [lambda p=press: p("ana"), lambda p=press: p("ben"), answer]  # type: ignore[misc]
            dice.shuffle(acts)
            futures = [(act is answer, threads.submit(act)) for act in acts]
            won = sum(future.result() for is_reply, future in futures if not is_reply)
            doubles += won > 1
            nobody += won == 0
    with database.read() as connection:
        late = connection.execute(
            sa.text(
                "select count(*) from messages a join messages g on g.conversation_id = a.conversation_id "
                "and g.author = 'gateway' and g.position < a.position where a.author = 'assistant'"
            )
        ).scalar_one()
        taken = connection.execute(sa.select(sa.func.count()).select_from(moves)).scalar_one()
        out = connection.execute(
            sa.select(sa.func.count()).select_from(messages).where(messages.c.author == "assistant")
        ).scalar_one()
    print(
        f"R17 {name}: {RACES} races of two claims, {taken} taken, {doubles} double holders, {nobody} without one, seed {SEED}\n"
        f"R18 {name}: {RACES} replies in flight at takeovers, {RACES - out} refused, {out} before, {late} after it, seed {SEED}",
        flush=True,
    )
    database.close()


def fill(database: Database) -> None:
    """Conversations of a year, in bulk."""
    dice = random.Random(SEED)
    now, said_id = datetime.now(timezone.utc), 0
    kinds = ["answer"] * 14 + ["clarify", "out_of_scope", "chitchat", "handoff", "emergency"]
    topics = ["ask_cost", "ask_risks", "ask_recovery", "ask_eligibility", "ask_trials", "ask_travel"]
    for first in range(0, CONVERSATIONS, 1000):
        rows: dict[sa.Table, list[dict[str, object]]] = {conversations: [], messages: [], turns: [], outbox: [], cases: []}
        for number in range(first, first + 1000):
            key, began = f"{number:032x}", now - timedelta(seconds=(CONVERSATIONS - number) * 600)
            kind = "answer"
            for turn in range(EACH // 2):
                said_id += 1
                at, kind = began + timedelta(minutes=turn), dice.choice(kinds)
                text = " ".join(dice.choices(WORDS, k=9))
                base = {"conversation_id": key, "said_at": at}
                rows[messages].append(
                    {
                        **base,
                        "id": said_id,
                        "position": 2 * turn + 1,
                        "author": "visitor",
                        "external_id": f"m{turn}",
                        "text": text,
                    }
                    | {"answers": None, "kind": None, "body": None}
                )
                rows[turns].append(
                    {
                        "message_id": said_id,
                        "conversation_id": key,
                        "state": "answered",
                        "kind": kind,
                        "accepted_by": "x",
                        "tries": 1,
                    }
                    | {"intent": dice.choice(topics), "confidence": dice.random(), "accepted_at": at, "ended_at": at}
                )
                asked, said_id = said_id, said_id + 1
                reply = " ".join(dice.choices(WORDS, k=40))
                custom = {"custom": {"kind": kind, "citations": []}}
                rows[messages].append(
                    {**base, "id": said_id, "position": 2 * turn + 2, "author": "assistant", "external_id": None, "text": reply}
                    | {"answers": asked, "kind": kind, "body": custom}
                )
                queued = {"message_id": said_id, "conversation_id": key, "channel": "rest", "state": "sent", "next_at": 0.0}
                rows[outbox].append({**queued, "queued_at": at, "sent_at": at})
            last = began + timedelta(minutes=EACH // 2)
            rows[conversations].append(
                {"id": key, "channel": "rest", "sender": f"s{number}", "positions": EACH, "last_kind": kind}
                | {"began_at": began, "last_at": last}
            )
            if number % 10 == 0:
                state = "open" if number % 100 == 0 else "closed"
                rows[cases].append(
                    {"reference": f"{number:08x}", "conversation_id": key, "kind": "handoff", "reason": "asked", "state": state}
                    | {"priority": "urgent" if number % 1000 == 0 else "normal", "topics": ["ask_cost"], "countries": ["China"]}
                    | {"questions": ["What does it cost?"], "opened_at": began, "changed_at": began, "notified_at": began}
                    | {"closed_at": None if state == "open" else last}
                )
        with database.write() as connection:
            for table, values in rows.items():
                if values:
                    connection.execute(sa.insert(table), values)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
        with database.write() as connection:
            for table in ("messages", "cases"):
                connection.execute(
                    sa.text(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
                )
    else:
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")


WORDS = [
    "lupus",
    "treatment",
    "hospital",
    "stay",
    "cost",
    "china",
    "germany",
    "turkey",
    "infection",
    "fever",
    "cells",
    "nurse",
    "doctor",
    "kidney",
    "flare",
    "steroid",
    "travel",
    "visa",
    "insurance",
    "family",
    "trial",
    "approval",
    "remission",
    "risk",
    "benefit",
    "recovery",
    "blood",
    "count",
    "therapy",
    "infusion",
    "week",
    "month",
    "clinic",
    "price",
    "support",
    "question",
    "answer",
    "medicine",
    "joint",
    "pain",
    "rash",
    "skin",
    "sun",
    "biopsy",
    "protein",
    "antibody",
    "immune",
    "reset",
    "chemotherapy",
    "antibody",
    "transport",
    "flight",
]


def load(name: str, url: str, folder: Path) -> None:
    """How long pages take on a full record, asked of the real process."""
    from tests.desk.conftest import make_door, sign_in

    door, servers = make_door(folder, None if url.startswith("sqlite") else url)
    database, began = door.open(), time.monotonic()
    fill(database)
    with database.read() as connection:
        rows = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (conversations, messages, turns, outbox, cases)
        }
    print(f"load {name}: {sum(rows.values())} rows in {time.monotonic() - began:.0f} s: {rows}", flush=True)
    door.start()
    client = sign_in(door, "ana")
    pages = {
        "inbox": "/desk?view=open",
        "inbox, filtered": "/desk?view=open&topic=ask_cost&country=China",
        "closed": "/desk?view=closed",
        "transcripts": "/desk/transcripts",
        "search, two words": "/desk/transcripts?q=kidney+visa",
        "search, rare": "/desk/transcripts?q=zebra",
        "search, common word": "/desk/transcripts?q=lupus",
        "filter emergency": "/desk/transcripts?mark=emergency&mark=not_reviewed",
        "filter topic, kind": "/desk/transcripts?topic=ask_trials&kind=clarify",
        "transcript": f"/desk/conversations/{4711:032x}",
        "print": f"/desk/transcripts/{4711:032x}/print",
        "review": "/desk/review",
    }
    for page, path in pages.items():
        times = []
        for _ in range(9):
            at = time.monotonic()
            assert client.get(path).status_code == 200, path
            times.append((time.monotonic() - at) * 1e3)
        mark = "" if statistics.median(times) <= 300 else "  OVER 300 ms"
        print(f"load {name}: {page:22} median {statistics.median(times):6.0f} ms, worst {max(times):6.0f} ms{mark}", flush=True)
    client.close()
    door.stop()
    for server in servers:
        server.shutdown()
        server.server_close()
    database.close()


def guess(folder: Path) -> None:
    """Many guesses from one address, on one account and on many: how many are checked."""
    from tests.desk.conftest import make_door
    from tests.desk.test_access import try_password

    door, servers = make_door(folder)
    door.start()
    number, times = 200, {"known": [], "unknown": []}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: try_password(door, "ana" if n % 2 else f"nobody{n}", f"guess {n}"), range(number)))
    database = door.open()
    with database.read() as connection:
        checked = connection.execute(sa.text("select count(*) from sign_ins where key like 'address:%'")).scalar_one()
    dice = random.Random(SEED)
    for _ in range(100):
        for kind, account in dice.sample([("known", "ana"), ("unknown", "nobody")], 2):
            with database.write() as connection:
                connection.execute(sa.text("delete from sign_ins"))
            at = time.monotonic()
            try_password(door, account, "wrong")
            times[kind].append(time.monotonic() - at)
    known, unknown = statistics.median(times["known"]), statistics.median(times["unknown"])
    print(
        f"S10: {number} guesses at once from one address, {checked} let through (limit 5 in 5 minutes)\n"
        f"S11: known account {known * 1e3:.1f} ms, unknown {unknown * 1e3:.1f} ms, difference {abs(known - unknown) / known:.1%}"
    )
    database.close()
    door.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


def mask_all() -> None:
    """Recall by kind, and false alarms, on sentences made of patterns that the rules were not written from."""
    from tests.desk.sentences import make_plain, make_sentences

    kinds: dict[str, list[bool]] = {}
    sentences = make_sentences(SEED)
    for kind, text, names in sentences:
        kinds.setdefault(kind, []).append(kind in find_kinds(text, names=names))
    plain = make_plain()
    false, words = sum(len(find_kinds(text)) for text in plain), sum(len(text.split()) for text in plain)
    recalls = ", ".join(f"{kind} {sum(hits) / len(hits):.3f} of {len(hits)}" for kind, hits in sorted(kinds.items()))
    alarms = f"{false} false alarms in {words} words ({100 * false / words:.2f} per 100)"
    print(f"P3: {len(sentences)} sentences, recall: {recalls}; {alarms}")


def main() -> int:
    """Run what is asked for."""
    wanted = sys.argv[1:] or ["races", "load", "guesses", "masking"]
    if "masking" in wanted:
        mask_all()
    if "guesses" in wanted:
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            guess(Path(folder))
    if "races" in wanted:
        with both() as kinds:
            for name, url in kinds:
                race(name, url)
    if "load" in wanted:
        with both() as kinds:
            for name, url in kinds:
                with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
                    load(name, url, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
