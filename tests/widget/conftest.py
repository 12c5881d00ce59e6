"""A real gateway that can be killed and started again, a played assistant behind it, and Debian's Chromium in front."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from conversations.database import Database, open_database
from conversations.tables import conversations, messages, outbox
from tests.gateway.conftest import ROOT, PlayedAssistant, _handler, free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = ROOT / "widget/node_modules/axe-core/axe.min.js"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
GUIDE = "Unlocking New Hope: CAR-T Cell Therapy for Systemic Lupus Erythematosus (SLE)"


def cited(*ids: str) -> list[dict[str, Any]]:
    """Citations of passages that are in the knowledge base."""
    return [
        {"id": one, "document": GUIDE, "heading": "What is the recovery time like after CAR-T for SLE?", "lines": [63, 64]}
        for one in ids
    ]


def reply(text: str, kind: str = "answer", **more: Any) -> dict[str, Any]:
    """One reply of the assistant."""
    custom = {"kind": kind, "citations": more.pop("citations", []), "suggestions": more.pop("suggestions", [])}
    return {"text": text, "custom": custom, **more}


STAY = "sle-guide#recovery/hospital-stay"
REPLIES: dict[str, dict[str, Any]] = {
    "cost": reply(
        "Estimated prices in US dollars by region:\n- China: $100,000 to $300,000 or more (the China guide).\n"
        "- USA and Western Europe: $350,000 to $600,000 or more (the general lupus guide).\n\n"
        "Ask every clinic for a detailed quote.\n\nSources: “A”, under “B”.",
        citations=cited(STAY, "sle-guide#cost/itemized-quote"),
        suggestions=["What does the price of CAR-T depend on?", "Is CAR-T free if I join a trial?"],
    ),
    "risks": reply(
        "CAR-T can have serious side effects:\n- CRS\n- ICANS\n\nSource: “A”.", citations=cited("sle-guide#risks/crs")
    ),
    "what": reply("I am not sure what you mean.", "clarify", buttons=[{"title": "The risks", "payload": "The risks"}]),
    "insurance": reply("The guides do not answer that, so I cannot tell you.", "out_of_scope"),
    "person": reply("I have Olga, olga@example.org. May a coordinator contact you? Please answer yes or no.", "handoff"),
    "yes": reply("Thank you. Your request is stored under the reference K7F-3QM.", "handoff"),
    "script": reply("<img src=x onerror=document.title='hit'><script>document.title='hit'</script>", suggestions=["<b>x</b>"]),
}


class Stage:
    """The gateway and what it stands between."""

    def __init__(self, folder: Path) -> None:
        self.assistant = PlayedAssistant()
        plain = self.assistant.reply_to

        def reply_to(body: dict[str, Any]) -> list[dict[str, Any]]:
            if self.assistant.messages is None and not body["conversation_id"].startswith("probe-"):
                for word, said in REPLIES.items():
                    if word in body["text"].lower():
                        return [said]
                return [reply(f"You said: {body['text']}", "chitchat")]
            return plain(body)

        self.assistant.reply_to = reply_to  # type: ignore[method-assign]
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.assistant)) for _ in range(2)]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the gateway and wait until it answers."""
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "RASA_PORT": str(self.servers[0].server_address[1]),
            "ACTIONS_PORT": str(self.servers[1].server_address[1]),
            "ASSISTANT_TOKEN": "secret",
            "DATA_DIR": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        log = (self.folder / "gateway.log").open("ab")
        self.process = subprocess.Popen([sys.executable, "-m", "gateway"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        log.close()
        with httpx.Client(trust_env=False) as client:
            for _ in range(600):
                try:
                    client.get(f"{self.url}/livez")
                    return
                except httpx.HTTPError:
                    time.sleep(0.1)
        raise AssertionError((self.folder / "gateway.log").read_text()[-2000:])

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the gateway."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def database(self) -> Database:
        """The record, beside the gateway."""
        return Database(open_database(f"sqlite:///{self.folder / 'conversations.db'}"))


@pytest.fixture(scope="session")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if CHROMIUM is None:
        pytest.skip("no chromium; install it with: apt-get install chromium")
    if not (ROOT / "build/widget/manifest.json").exists() or not AXE.exists():
        pytest.skip("the widget is not built; say: make widget")
    stage = Stage(tmp_path_factory.mktemp("widget"))
    stage.start()
    yield stage
    stage.stop()
    for server in stage.servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def stage(_stage: Stage) -> Stage:
    """The gateway, running, with a played assistant that answers by keyword."""
    _stage.assistant.reset()
    if _stage.process is None:
        _stage.start()
    return _stage


@pytest.fixture(scope="session")
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(stage: Stage, _browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of the demo site as a new visitor; fails at the end if the page reported an error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def go(path: str = "/", *, viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        language = options.pop("language", None)
        context = _browser.new_context(viewport=viewport, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        if language is not None:
            context.add_init_script(in_language(language))
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
        page.goto(stage.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert errors == []


def in_language(language: str) -> str:
    """A script that makes pages say that they are in a language, as the site's own would."""
    return f"document.addEventListener('DOMContentLoaded', () => {{ document.documentElement.lang = '{language}' }})"


def start_chat(page: Page) -> None:
    """Open the chat and take note of the notice."""
    page.click("cart-chat .launcher")
    page.click("cart-chat .agree")


def ask(page: Page, text: str) -> None:
    """Type a message and send it."""
    page.fill("cart-chat textarea#question", text)
    page.press("cart-chat textarea#question", "Enter")


def count(page: Page, selector: str, number: int, *, within_s: float = 15) -> None:
    """Wait until there are so many."""
    page.wait_for_function(
        "([selector, number]) => document.querySelector('cart-chat').shadowRoot.querySelectorAll(selector).length === number",
        arg=[selector, number],
        timeout=within_s * 1000,
    )


def texts(page: Page, selector: str = ".message[data-id] .text") -> list[str]:
    """The texts of the messages in the log, in order."""
    return page.locator(f"cart-chat {selector}").all_inner_texts()


def speak_as_coordinator(stage: Stage, conversation_id: str, text: str, *, joined: str) -> None:
    """Put into the record what the desk puts there when a coordinator joins and says something."""
    now = datetime.now(timezone.utc)
    of_it = conversations.c.id == conversation_id
    with stage.database().write() as connection:
        before = connection.execute(sa.select(conversations.c.positions).where(of_it)).scalar_one()
        for position, (author, words) in enumerate((("gateway", joined), ("coordinator", text)), before + 1):
            mine = author == "coordinator"
            row = {"conversation_id": conversation_id, "position": position, "author": author, "text": words, "said_at": now}
            row |= {"author_id": "ana" if mine else None, "kind": None if mine else "handoff"}
            said = connection.execute(sa.insert(messages).returning(messages.c.id), row).scalar_one()
            queued = {"message_id": said, "conversation_id": conversation_id, "channel": "widget", "state": "pending"}
            connection.execute(sa.insert(outbox), {**queued, "next_at": 0.0, "queued_at": now})
        change = {"holder": "coordinator", "coordinator": "ana", "positions": before + 2}
        connection.execute(sa.update(conversations).where(of_it).values(change))


def violations(page: Page) -> list[str]:
    """What axe finds in the whole page, shadow trees included."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))
        .violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary).join(' | '))"""
    )
    return list(found)
