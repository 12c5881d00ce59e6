"""Break the real processes in every way that we promise to survive, print each figure, write docs/resilience.md.

`make resilience` runs all sections; `SECTIONS="time repeats"` runs some and leaves the figures of the others as they were.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from conversations.backup import backup, digest_record, restore
from conversations.database import Database, open_database
from conversations.tables import conversations, turns
from tests.resilience.hostile import attack, hold_slowly, texts_with_slash
from tests.resilience.listening import Listener
from tests.resilience.processes import ROOT, START_WITHIN_S, Assistant, Keeper, start_assistant, wait_until
from tests.resilience.scenarios import (
    Figure,
    Setting,
    burst,
    deliver_repeatedly,
    grow_conversation,
    kill_at_random,
    measure_added,
    outage,
    set_up,
    share_load,
    stop_and_start,
)
from tests.resilience.servers import Server, start_postgres, start_rabbit, start_redis
from tests.resilience.stock import attack_stock, burst_stock, command_stock, kill_stock, repeat_stock, start_stock

RESULTS = ROOT / "var/resilience"
PAGE = ROOT / "docs/resilience.md"
SEED = 20_261


class Run:
    """One run: the processes it started, and the figures so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.keeper = folder, Keeper()
        self._assistants: dict[int, Assistant] = {}
        self._servers: list[Server] = []
        self.figures: list[Figure] = []

    def assistant(self, rasas: int = 1) -> Assistant:
        """An assistant with so many Rasa servers, started once."""
        if rasas not in self._assistants:
            self._assistants[rasas] = start_assistant(self.keeper, self.new(f"assistant-{rasas}"), rasas=rasas)
        return self._assistants[rasas]

    def sqlite(self, name: str) -> Setting:
        """One gateway on SQLite."""
        return set_up(self.new(name), self.keeper, self.assistant())

    def shared(self, name: str, *, gateways: int = 2, rasas: int = 2, with_rabbit: bool = False) -> Setting:
        """Gateways on PostgreSQL and Redis."""
        folder = self.new(name)
        postgres, redis = start_postgres(folder / "postgres"), start_redis(folder / "redis")
        rabbit = start_rabbit(folder / "rabbit") if with_rabbit else None
        self._servers += [server for server in (postgres, redis, rabbit) if server is not None]
        address = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"
        assistant = self.assistant(rasas)
        return set_up(
            folder, self.keeper, assistant, record=address, gateways=gateways, postgres=postgres, redis=redis, rabbit=rabbit
        )

    def new(self, name: str) -> Path:
        """A folder of this run, which servers that run under another account can reach."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        return folder

    def add(self, figure: Figure, stock: str = "") -> None:
        """Print a figure and keep it."""
        self.figures.append(Figure(**{**asdict(figure), "stock": stock or figure.stock}))
        print(figure.line, flush=True)

    def close(self) -> None:
        """Stop everything that this run has started."""
        self.keeper.stop()
        for server in self._servers:
            server.stop()


def run_time(run: Run) -> None:
    """What the gateway costs."""
    setting = run.sqlite("time")
    run.add(measure_added(setting, turns=300, seed=SEED)[0], "the bare call, measured beside it")
    run.add(grow_conversation(setting, turns=1000, seed=SEED))
    setting.close()


def run_repeats(run: Run) -> None:
    """Repeats, bursts, stops."""
    for setting in (run.sqlite("repeats"), run.shared("repeats-shared")):
        run.add(deliver_repeatedly(setting, messages=1000, seed=SEED))
        run.add(burst(setting, messages=10, seed=SEED))
        if setting.postgres is None:
            run.add(stop_and_start(setting, rounds=5, seed=SEED))
        setting.close()


def run_kills_sqlite(run: Run) -> None:
    """SIGKILL on the embedded database, then a backup of what came of it."""
    setting = run.sqlite("kills")
    for figure in kill_at_random(setting, kills=200, seed=SEED):
        run.add(figure)
    setting.close()
    run.add(_restore_elsewhere(setting, run.folder / "restored.db"))


def run_kills_shared(run: Run) -> None:
    """SIGKILL with several of everything, and no broker meanwhile."""
    setting = run.shared("kills-shared", with_rabbit=True)
    assert setting.rabbit is not None
    listener = Listener(setting.rabbit.port)
    listener.start()
    time.sleep(5)
    setting.rabbit.kill()
    began = time.monotonic()
    for figure in kill_at_random(setting, kills=200, seed=SEED):
        run.add(figure)
    time.sleep(max(0.0, 300 - (time.monotonic() - began)))
    away_s = time.monotonic() - began
    setting.rabbit.start()
    run.add(judge_events(setting, listener, away_s=away_s))
    setting.close()
    run.add(_restore_elsewhere(setting, run.folder / "restored-shared.db"))


def run_outages(run: Run) -> None:
    """Something is away."""
    setting = run.sqlite("outage")
    (rasa,) = setting.assistant.rasas

    def without_rasa() -> None:
        rasa.is_kept = False
        rasa.kill()

    def with_rasa() -> None:
        rasa.start()
        rasa.is_kept = True
        rasa.wait_well(START_WITHIN_S)

    run.add(
        outage(
            setting,
            what="Rasa server",
            begin=without_rasa,
            end=with_rasa,
            away_s=30,
            seed=SEED,
            told="unavailable",
        )
    )
    setting.close()
    setting = run.shared("outage-shared")
    postgres, redis = setting.postgres, setting.redis
    assert postgres is not None and redis is not None
    for what, begin, end, told in (
        ("Database", postgres.kill, postgres.start, "unavailable"),
        ("Database (hanging)", postgres.freeze, postgres.thaw, "unavailable"),
        ("Redis", redis.kill, redis.start, None),
    ):
        run.add(outage(setting, what=what, begin=begin, end=end, away_s=60, seed=SEED + len(what), told=told))
    setting.close()


def run_hostile(run: Run) -> None:
    """Requests that no honest caller sends."""
    setting = run.sqlite("hostile")
    run.add(attack(setting, requests=10_000, seed=SEED))
    run.add(hold_slowly(setting, connections=50, seed=SEED))
    run.add(send_commands(setting))
    setting.close()


def run_scale(run: Run) -> None:
    """Two of each against one of each."""
    one = run.shared("one", gateways=1, rasas=1)
    figure, alone = share_load(one, senders=12, messages=15, seed=SEED, prefix="one")
    run.add(figure)
    one.close()
    two = run.shared("two")
    figure, both = share_load(two, senders=12, messages=15, seed=SEED, prefix="two")
    note = f"{figure.note}; {both / alone:.2f} times the throughput of one of each, on {_cores()} cores in all"
    run.add(Figure(**{**asdict(figure), "note": note}))
    two.close()


def run_stock(run: Run) -> None:
    """Rasa as it ships, on a small bot: the figures stand beside ours."""
    folder = run.new("stock")
    stock = start_stock(run.keeper, folder)
    for name, line in (
        ("Messages delivered 1 to 5 times", repeat_stock(stock, folder, messages=100, seed=SEED)),
        ("Ten messages of one conversation at once", burst_stock(stock)),
        ("Hostile requests", attack_stock(stock, requests=500, seed=SEED)),
        ("Texts with a slash", command_stock(stock, folder)),
        ("SIGKILL", kill_stock(stock, folder, kills=10, seed=SEED)),
    ):
        print(f"stock Rasa, {name}: {line}", flush=True)
        run.figures.append(Figure(name, 0, 0, 0, SEED, stock=line))


def judge_events(setting: Setting, listener: Listener, *, away_s: float) -> Figure:
    """All events of the record reach a listener at the broker, each at least once, in order."""
    engine = sa.create_engine(setting.record.replace("postgresql://", "postgresql+psycopg://"))
    left = sa.text("select count(*) from events where published_at is null")

    def all_published() -> bool:
        with engine.connect() as connection:
            return connection.execute(left).scalar_one() == 0

    wait_until(all_published, within_s=180, what="all events published")
    time.sleep(3)
    with engine.connect() as connection:
        wanted = list(connection.execute(sa.text("select id from events order by id")).scalars())
    engine.dispose()
    heard = listener.stop()
    missing = len(set(wanted) - set(heard))
    twice = len(heard) - len(set(heard))
    note = f"{twice} heard twice, recognisable by their id"
    return Figure(f"Broker away for {away_s:.0f} s, events", len(wanted), len(wanted) - missing, missing, SEED, note)


def send_commands(setting: Setting) -> Figure:
    """Texts that Rasa would obey are answered as text."""
    texts = list(texts_with_slash())
    obeyed = 0
    with httpx.Client(trust_env=False, timeout=60) as client:
        for number, text in enumerate(texts):
            body = {"sender": f"slash{number}", "message": text}
            messages = client.post(f"{setting.urls[0]}/webhooks/rest/webhook", json=body).json()
            obeyed += not messages or not messages[-1].get("text")
    engine = sa.create_engine(setting.record)
    with engine.connect() as connection:
        joined = turns.join(conversations, conversations.c.id == turns.c.conversation_id)
        understood = sa.select(turns.c.understanding).select_from(joined).where(conversations.c.sender.like("slash%"))
        # What Rasa takes for a command has gone past the classifier, which alone gives labels.
        obeyed += sum(row is not None and not row["labels"] for row in connection.execute(understood).scalars())
    engine.dispose()
    return Figure("Texts with a slash", len(texts), len(texts) - obeyed, obeyed, SEED)


def _restore_elsewhere(setting: Setting, path: Path) -> Figure:
    """Back up what a section left and restore it into an empty SQLite database."""
    source, target = Database(open_database(setting.record)), Database(open_database(f"sqlite:///{path}"))
    file = path.with_suffix(".backup.gz")
    written = backup(source, file)
    restored = restore(target, file)
    differs = int(restored.sha256 != written.sha256 or digest_record(source).sha256 != written.sha256)
    rows = sum(written.counts.values())
    source.close()
    target.close()
    note = f"rows of {len(written.counts)} tables; SHA-256 {written.sha256[:16]} before and after"
    return Figure(f"Backup of {setting.kind} restored into SQLite", rows, 0 if differs else rows, differs, SEED, note)


_LAST_COLUMN = "The last column: a small bot with Rasa's own REST channel and SQL tracker store, measured by the same program, "
SECTIONS: dict[str, tuple[str, Callable[[Run], None]]] = {
    "time": ("Time", run_time),
    "repeats": ("Repeats, bursts, stops", run_repeats),
    "kills-sqlite": ("Kills, embedded", run_kills_sqlite),
    "kills-shared": ("Kills, several of everything", run_kills_shared),
    "outages": ("Outages", run_outages),
    "hostile": ("Hostile requests", run_hostile),
    "scale": ("Two of each", run_scale),
    "stock": ("Rasa as it ships", run_stock),
}


def main(wanted: list[str]) -> int:
    """Run sections; 1 if a figure has something wrong."""
    unknown = set(wanted) - set(SECTIONS)
    if unknown:
        print(f"resilience: no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for name in wanted or list(SECTIONS):
        run = Run(Path(tempfile.mkdtemp(prefix=f"resilience-{name}-")))
        run.folder.chmod(0o755)
        began, load = time.monotonic(), os.getloadavg()[1]
        try:
            SECTIONS[name][1](run)
        finally:
            run.close()
        wrong += sum(figure.wrong for figure in run.figures)
        _keep(name, run.figures, time.monotonic() - began, load)
        shutil.rmtree(run.folder, ignore_errors=True)
        write_page()
    return int(wrong > 0)


def _keep(name: str, figures: list[Figure], seconds: float, load: float) -> None:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    busy = f"{_cores()} cores with a load of {load:.1f} at the start"
    data = {
        "commit": commit,
        "day": datetime.now(timezone.utc).date().isoformat(),
        "seconds": round(seconds),
        "machine": f"{platform.machine()}, {busy}, Python {platform.python_version()}",
        "figures": [asdict(figure) for figure in figures],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1), encoding="utf-8")


def _cores() -> int:
    return os.cpu_count() or 1


def write_page() -> None:
    """Write docs/resilience.md anew from the figures of the sections that have been run here."""
    kept = {name: json.loads((RESULTS / f"{name}.json").read_text()) for name in SECTIONS if (RESULTS / f"{name}.json").exists()}
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(page_of(kept, before), encoding="utf-8")


def page_of(kept: Mapping[str, Any], before: str) -> str:
    """The page: what has been run here from its figures, other sections as they stood.

    Args:
        kept: Name of a section -> what `_keep` wrote.
        before: The page so far; empty if there is none.
    """
    stood, _, last = before.partition(_LAST_COLUMN)
    old = {title: text for title, _, text in (part.partition("\n") for part in stood.split("\n## ")[1:])}
    stock = {figure["name"]: figure["stock"] for figure in kept.get("stock", {}).get("figures", ())}
    lines = [
        "<!-- Written by `make resilience` (tests/resilience/run.py); change nothing here. -->",
        "# What is kept when things break",
        "",
        "Real processes: gateways, Rasa servers with the trained model, PostgreSQL, Redis, RabbitMQ; killed, "
        "frozen and flooded from outside. Visitors insist: a message without an answer is sent again with the same id. Wrong is: "
        "accepted but not in the record, without a turn or with two, without a reply or with two, out of order, or a reply to "
        "another question. `docs/operations.md` says what the states mean. Until 2026-11-27 the actions ran in a process of "
        "their own, the action server.",
        "",
    ]
    for name, (title, _) in SECTIONS.items():
        if name != "stock" and name in kept:
            lines += [f"## {title}", "", *_lines_of(kept[name], stock), ""]
        elif title in old:
            lines += [f"## {title}", *old[title].rstrip("\n").split("\n"), ""]
    day = f"{kept['stock']['day']}." if "stock" in kept else last.strip()
    return "\n".join([*lines, *([f"{_LAST_COLUMN}{day}", ""] if day else [])])


def _lines_of(data: Mapping[str, Any], stock: Mapping[str, str]) -> list[str]:
    """The lines of a section that has been run here."""
    lines = [f"Commit {data['commit']}, {data['day']}, {data['machine']}, {data['seconds']} s.", ""]
    lines.append("| what | tried | kept | wrong | seed | how it went | Rasa 3.6.21 as it ships |")
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for figure in data["figures"]:
        beside = figure["stock"] or next((line for key, line in stock.items() if figure["name"].startswith(key)), "")
        cells = [figure["name"], figure["tried"], figure["kept"], figure["wrong"], figure["seed"], figure["note"], beside]
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
