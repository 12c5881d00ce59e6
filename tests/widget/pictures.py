"""Take the pictures of docs/images: `python -m tests.widget.pictures`. The assistant behind it is a played one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright

from conversations.tables import conversations
from tests.gateway.conftest import ROOT
from tests.widget.conftest import CHROMIUM, DESKTOP, PHONE, Stage, ask, count, in_language, speak_as_coordinator, start_chat

OUT = ROOT / "docs/images"


def _open(browser: Browser, stage: Stage, path: str, **options: Any) -> Page:
    options = {"viewport": DESKTOP, "reduced_motion": "reduce", **options}
    language = options.pop("language", None)
    context = browser.new_context(**options)
    if language is not None:
        context.add_init_script(in_language(language))
    page = context.new_page()
    page.goto(stage.url + path)
    return page


def _keep(page: Page, name: str, *, panel: bool = True) -> None:
    page.wait_for_timeout(400)
    target = page.locator("cart-chat .panel") if panel and page.viewport_size != PHONE else page
    target.screenshot(path=OUT / f"widget-{name}.png")
    page.context.close()


def _greeting(page: Page, stage: Stage) -> None:
    page.click("cart-chat .launcher")


def _answer(page: Page, stage: Stage) -> None:
    start_chat(page)
    ask(page, "How much does CAR-T cost?")
    count(page, ".message[data-id]", 2)


def _source(page: Page, stage: Stage) -> None:
    _answer(page, stage)
    page.click("cart-chat .source.number >> nth=0")
    page.wait_for_selector("cart-chat blockquote")


def _person(page: Page, stage: Stage) -> None:
    start_chat(page)
    page.click("cart-chat .person-bar button")


def _emergency(page: Page, stage: Stage) -> None:
    start_chat(page)
    ask(page, "I can't breathe")
    page.wait_for_selector("cart-chat .emergency")


def _offline(page: Page, stage: Stage) -> None:
    _answer(page, stage)
    page.context.set_offline(True)
    ask(page, "And what are the risks?")
    page.wait_for_timeout(2500)


def _options(page: Page, stage: Stage) -> None:
    _answer(page, stage)
    page.click("cart-chat .bar .round >> nth=0")


def _clarify(page: Page, stage: Stage) -> None:
    start_chat(page)
    ask(page, "what about it")
    count(page, ".message[data-id]", 2)


def _coordinator(page: Page, stage: Stage) -> None:
    start_chat(page)
    ask(page, "I would like a person please")
    count(page, ".message[data-id]", 2)
    with stage.database().read() as connection:
        newest = connection.execute(sa.select(conversations.c.id).order_by(conversations.c.last_at.desc())).scalars().first()
    assert newest is not None
    said = "Hello, I am Ana from the coordination team. I have read your questions. What would help you most today?"
    speak_as_coordinator(stage, newest, said, joined="Ana from our team has joined this conversation.")
    count(page, ".message.coordinator", 1)


def _inline(page: Page, stage: Stage) -> None:
    page.click("cart-chat .agree")
    ask(page, "What are the risks?")
    count(page, ".message[data-id]", 2)


PICTURES: dict[str, tuple[str, Callable[[Page, Stage], None] | None, dict[str, Any]]] = {
    "landing": ("/", None, {}),
    "greeting": ("/", _greeting, {}),
    "answer": ("/", _answer, {}),
    "source": ("/", _source, {}),
    "person": ("/", _person, {}),
    "emergency": ("/", _emergency, {}),
    "offline": ("/", _offline, {}),
    "options": ("/", _options, {}),
    "clarify": ("/", _clarify, {}),
    "coordinator": ("/", _coordinator, {}),
    "dark": ("/", _answer, {"viewport": PHONE, "color_scheme": "dark"}),
    "arabic": ("/", _answer, {"language": "ar"}),
    "contrast": ("/", _answer, {"contrast": "more"}),
    "inline": ("/demo/inline", _inline, {}),
    "hostile": ("/demo/hostile", _greeting, {}),
}


def main() -> None:
    """Take them all."""
    OUT.mkdir(parents=True, exist_ok=True)
    stage = Stage(Path(tempfile.mkdtemp()))
    stage.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, (path, act, options) in PICTURES.items():
                page = _open(browser, stage, path, **options)
                if act is not None:
                    act(page, stage)
                else:
                    page.wait_for_selector("cart-chat .launcher")
                _keep(page, name, panel=name not in ("landing", "inline", "hostile"))
            browser.close()
    finally:
        stage.stop()


if __name__ == "__main__":
    main()
