"""The same trouble for Rasa as it ships: a small bot on its own REST channel and SQL tracker store, to stand beside ours."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx

from tests.resilience.hostile import CORPUS, texts_with_slash
from tests.resilience.processes import ASSISTANT_PYTHON, ROOT, Keeper, Kept
from tests.resilience.servers import free_port
from tests.resilience.visitors import run_together

PATH = "/webhooks/rest/webhook"
_FILES = {
    "config.yml": """recipe: default.v1
language: en
pipeline:
- name: WhitespaceTokenizer
- name: KeywordIntentClassifier
policies:
- name: RulePolicy
""",
    "domain.yml": """version: "3.1"
intents: [greet, ask]
responses:
  utter_greet: [{text: "Hello"}]
  utter_ask: [{text: "An answer"}]
session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: true}
""",
    "data/nlu.yml": """version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
- intent: ask
  examples: |
    - question
""",
    "data/rules.yml": """version: "3.1"
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
- rule: ask
  steps: [{intent: ask}, {action: utter_ask}]
""",
    "credentials.yml": "rest:\n",
}


def start_stock(keeper: Keeper, folder: Path) -> Kept:
    """Train the small bot and start it."""
    for name, text in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "endpoints.yml").write_text(
        f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {folder / 'tracker.db'}\n", encoding="utf-8"
    )
    environment = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment |= {"PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)}
    rasa = [str(ASSISTANT_PYTHON), "-m", "rasa"]
    train = [*rasa, "train", "--out", str(folder / "models"), "-d", str(folder / "domain.yml"), "-c", str(folder / "config.yml")]
    with (folder / "train.log").open("wb") as log:
        subprocess.run(
            [*train, "--data", str(folder / "data")],
            cwd=folder,
            env={**os.environ, **environment},
            check=True,
            stdout=log,
            stderr=log,
        )
    port = free_port()
    run = [*rasa, "run", "-m", str(folder / "models"), "-i", "127.0.0.1", "-p", str(port)]
    run += ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    kept = keeper.add(Kept("stock", run, environment, folder / "stock.log", port, "/webhooks/rest/"))
    kept.wait_well()
    return kept


def _said(folder: Path) -> Counter[str]:
    """How often each message stands in the tracker."""
    with closing(sqlite3.connect(folder / "tracker.db")) as database:
        rows = database.execute("select data from events where type_name = 'user'").fetchall()
    return Counter(json.loads(data).get("text") or "" for (data,) in rows)


def kill_stock(stock: Kept, folder: Path, *, kills: int, seed: int, senders: int = 10) -> str:
    """SIGKILL at random moments while visitors write who send a message again until they get an answer."""
    dice, over, sent = random.Random(seed), threading.Event(), []

    def write(number: int) -> None:
        turn = 0
        with httpx.Client(trust_env=False, timeout=30) as client:
            while not over.is_set():
                text = f"question {number}-{turn}"
                sent.append(text)
                while True:
                    try:
                        if client.post(stock.url + PATH, json={"sender": f"s{number}", "message": text}).status_code == 200:
                            break
                    except httpx.HTTPError:
                        time.sleep(0.2)
                turn += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(dice.uniform(1, 4))
        stock.kill()
        time.sleep(0.5)
        stock.wait_well()
    over.set()
    for thread in threads:
        thread.join()
    counts = _said(folder)
    lost, doubled = sum(counts[text] == 0 for text in sent), sum(counts[text] > 1 for text in sent)
    return f"{kills} kills, {len(sent)} messages: {lost} lost, {doubled} doubled"


def repeat_stock(stock: Kept, folder: Path, *, messages: int, seed: int) -> str:
    """Deliver messages up to five times: REST has no id by which Rasa could know a repeat."""
    dice = random.Random(seed)
    texts = [f"question r{number}" for number in range(messages)]
    deliveries = [text for text in texts for _ in range(dice.randint(1, 5))]
    dice.shuffle(deliveries)
    with httpx.Client(trust_env=False, timeout=60) as client:
        for text in deliveries:
            client.post(stock.url + PATH, json={"sender": text, "message": text})
    counts = _said(folder)
    return f"{messages} messages, {len(deliveries)} deliveries: {sum(counts[text] for text in texts)} turns"


def burst_stock(stock: Kept, *, messages: int = 10) -> str:
    """Messages of one conversation at once, against one after the other."""
    with httpx.Client(trust_env=False, timeout=120) as client:
        began = time.monotonic()
        for _ in range(messages):
            client.post(stock.url + PATH, json={"sender": "row", "message": "hello"})
        row = time.monotonic() - began
    began = time.monotonic()
    body = {"sender": "burst", "message": "hello"}
    run_together([lambda: httpx.post(stock.url + PATH, json=body, timeout=120, trust_env=False)] * messages)
    return f"{messages} at once: {time.monotonic() - began:.2f} s; one after the other: {row:.2f} s"


def attack_stock(stock: Kept, *, requests: int, seed: int) -> str:
    """Bodies of the corpus to the REST channel."""
    dice, statuses = random.Random(seed), Counter[int]()
    with httpx.Client(trust_env=False, timeout=60) as client:
        for _ in range(requests):
            try:
                statuses[client.post(stock.url + PATH, content=dice.choice(CORPUS)).status_code] += 1
            except httpx.HTTPError:
                statuses[0] += 1
    failed = sum(number for status, number in statuses.items() if status >= 500)
    return f"{requests} requests: {failed} answered 5xx, {statuses[0]} without an answer"


def command_stock(stock: Kept, folder: Path) -> str:
    """Texts with a slash: how many Rasa takes as a command or an intent with confidence 1."""
    texts = list(texts_with_slash())
    stock.wait_well()
    with httpx.Client(trust_env=False, timeout=60) as client:
        for number, text in enumerate(texts):
            client.post(stock.url + PATH, json={"sender": f"slash{number}", "message": text})
    with closing(sqlite3.connect(folder / "tracker.db")) as database:
        rows = database.execute("select data from events where type_name = 'user' and sender_id like 'slash%'").fetchall()
    obeyed = sum((json.loads(data)["parse_data"]["intent"] or {}).get("confidence") == 1.0 for (data,) in rows)
    return f"{len(texts)} texts: {obeyed} obeyed"
