"""Accessibility, layout and weight: axe in each state, the live region, keyboard, targets, zoom, right to left, size."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.gateway.conftest import ROOT
from tests.widget.conftest import DESKTOP, PHONE, Stage, ask, count, start_chat, texts, violations

Visit = Callable[..., Page]


@pytest.mark.parametrize(
    ("viewport", "options"),
    [(DESKTOP, {}), (PHONE, {"color_scheme": "dark"}), (PHONE, {"language": "ar"})],
    ids=["desktop light", "phone dark", "phone right to left"],
)
def test_no_state_has_a_violation(visit: Visit, stage: Stage, viewport: dict[str, int], options: dict[str, str]) -> None:
    page = visit(viewport=viewport, **options)
    found = {"closed": violations(page)}
    page.click("cart-chat .launcher")
    expect(page.locator("cart-chat .chip").first).to_be_visible()
    found["greeting"] = violations(page)
    page.click("cart-chat .agree")
    ask(page, "How much does it cost?")
    count(page, ".message[data-id]", 2)
    found["answer"] = violations(page)
    page.click("cart-chat .thumbs button >> nth=1")
    page.wait_for_selector("cart-chat .comment")
    found["comment"] = violations(page)
    page.click("cart-chat .source.number >> nth=0")
    page.wait_for_selector("cart-chat blockquote")
    found["source"] = violations(page)
    page.keyboard.press("Escape")
    page.click("cart-chat .person-bar button")
    page.click("cart-chat .sheet button[type=submit]")
    found["form with errors"] = violations(page)
    page.keyboard.press("Escape")
    page.click("cart-chat .bar .round >> nth=0")
    found["options"] = violations(page)
    page.keyboard.press("Escape")
    ask(page, "I can't breathe")
    page.wait_for_selector("cart-chat .emergency")
    found["emergency"] = violations(page)
    ask(page, "a person please")
    count(page, ".message[data-id]", 6)
    found["consent"] = violations(page)

    assert {state: problems for state, problems in found.items() if problems} == {}


@pytest.mark.parametrize("path", ["/", "/demo/strict", "/demo/inline", "/demo/privacy"])
def test_the_demo_pages_have_no_violation(visit: Visit, path: str) -> None:
    assert violations(visit(path)) == []


def test_high_contrast_has_no_violation(visit: Visit) -> None:
    page = visit()
    start_chat(page)
    page.click("cart-chat button[aria-label=Options]")
    page.select_option("cart-chat #choose-look", "contrast")

    assert violations(page) == []


def test_each_message_is_announced_once(visit: Visit) -> None:
    page = visit()
    start_chat(page)
    log = page.locator("cart-chat [role=log]")
    page.evaluate(
        """() => { window.heard = []
        const log = document.querySelector('cart-chat').shadowRoot.querySelector('[role=log]')
        new MutationObserver((all) => { for (const one of all) for (const node of one.addedNodes) {
          if (!node.parentElement?.closest('[aria-live=off]')) window.heard.push(node.textContent) } }).observe(log, {childList: true, subtree: true, characterData: true}) }"""
    )

    ask(page, "one")
    count(page, ".message[data-id]", 2)
    ask(page, "two")
    count(page, ".message[data-id]", 4)

    assert log.get_attribute("aria-live") == "polite"
    heard = page.evaluate("window.heard.filter((text) => text.trim()).map((text) => text.replace(/\\d+:.*$/, '').trim())")
    assert [text.split("Sending")[0] for text in heard] == [
        "You: one",
        "Assistant: You said: one",
        "You: two",
        "Assistant: You said: two",
    ]


def test_old_messages_are_not_read_aloud_after_a_reload(visit: Visit) -> None:
    page = visit()
    start_chat(page)
    ask(page, "one")
    count(page, ".message[data-id]", 2)
    page.add_init_script(
        """window.live = []; addEventListener('DOMContentLoaded', () => { const look = () => {
        const log = document.querySelector('cart-chat')?.shadowRoot?.querySelector('[role=log]')
        if (!log) return setTimeout(look, 1)
        new MutationObserver(() => window.live.push(log.getAttribute('aria-live'))).observe(log, {childList: true}) }; look() })"""
    )

    page.reload()
    count(page, ".message[data-id]", 2)
    page.wait_for_timeout(300)

    assert set(page.evaluate("window.live")) <= {"off"}
    expect(page.locator("cart-chat [role=log]")).to_have_attribute("aria-live", "polite")


def test_a_visit_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.locator("cart-chat .launcher").focus()
    page.keyboard.press("Enter")
    expect(page.locator("cart-chat #question")).to_be_focused()
    page.keyboard.type("How much does it cost?")
    page.keyboard.press("Enter")
    expect(page.locator("cart-chat .agree")).to_be_focused()
    page.keyboard.press("Space")
    count(page, ".message[data-id]", 2)
    expect(page.locator("cart-chat #question")).to_be_focused()
    reached = []
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        reached.append(page.evaluate("document.activeElement.shadowRoot?.activeElement?.className ?? ''"))
    assert {"chip", "source number", "scroll"} <= {name.strip() for name in reached}
    page.keyboard.press("Escape")
    expect(page.locator("cart-chat .launcher")).to_be_focused()


def test_on_a_phone_the_focus_stays_in_the_open_chat(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    start_chat(page)
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "CART-CHAT"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 640}])
def test_targets_are_44_pixels_and_nothing_is_cut_off(visit: Visit, viewport: dict[str, int]) -> None:
    page = visit(viewport=viewport)
    small = """() => [...document.querySelector('cart-chat').shadowRoot.querySelectorAll('button, a, input, select, textarea, label.check')]
      .filter((one) => one.getClientRects().length && !one.classList.contains('mark') && !one.closest('label.check input'))
      .filter((one) => one.type !== 'checkbox')
      .map((one) => [one.className, one.getBoundingClientRect()]).filter(([, box]) => box.width < 43.9 || box.height < 43.9)
      .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    wide = "() => [...document.querySelector('cart-chat').shadowRoot.querySelectorAll('.scroll, .content, .panel')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"
    assert page.evaluate(small) == []
    start_chat(page)
    ask(page, "How much does it cost?")
    count(page, ".message[data-id]", 2)
    assert page.evaluate(small) == [] and page.evaluate(wide) == []
    for button in (".person-bar button", ".bar .round >> nth=0"):
        page.click(f"cart-chat {button}")
        assert page.evaluate(small) == [] and page.evaluate(wide) == []
        page.keyboard.press("Escape")
    ask(page, "I can't breathe")
    page.wait_for_selector("cart-chat .emergency")
    assert page.evaluate(small) == [] and page.evaluate(wide) == []


def test_at_200_percent_text_all_is_still_there(visit: Visit) -> None:
    page = visit(viewport={"width": 640, "height": 400})  # 1280 by 800 at 200 % zoom
    start_chat(page)
    ask(page, "How much does it cost?")
    count(page, ".message[data-id]", 2)
    page.click("cart-chat button[aria-label=Options]")
    for _ in range(6):
        page.click("cart-chat button[aria-label='Larger text']")
    page.keyboard.press("Escape")

    box = page.locator("cart-chat #question").bounding_box()
    assert box is not None and box["y"] + box["height"] <= 400
    assert page.evaluate(
        "(() => { const one = document.querySelector('cart-chat').shadowRoot.querySelector('.scroll'); return [one.clientHeight > 60, one.scrollWidth <= one.clientWidth + 1] })()"
    ) == [True, True]


@pytest.mark.parametrize("language", ["en", "es", "de", "fr", "tr", "ar", "zh"])
def test_the_interface_speaks_the_language_and_says_that_answers_are_english(visit: Visit, language: str) -> None:
    page = visit()
    page.click("cart-chat .launcher")
    page.click("cart-chat .bar .round >> nth=0")
    page.select_option("cart-chat #choose-language", language)
    page.keyboard.press("Escape")
    catalogue = json.loads((ROOT / f"widget/src/catalogues/{language}.json").read_text(encoding="utf-8"))

    panel = page.locator("cart-chat .panel")
    assert panel.get_attribute("dir") == ("rtl" if language == "ar" else "ltr") and panel.get_attribute("lang") == language
    expect(page.locator("cart-chat .sub")).to_contain_text(catalogue["english_only"])
    expect(page.locator("cart-chat .person-bar button")).to_have_text(catalogue["person"])


def test_a_hostile_style_sheet_changes_nothing(visit: Visit) -> None:
    look = """() => { const root = document.querySelector('cart-chat').shadowRoot; const of = (name) => {
      const style = getComputedStyle(root.querySelector(name)); return [style.fontSize, style.fontFamily, style.letterSpacing, style.textTransform, style.color, style.lineHeight, style.direction] }
      const box = root.querySelector('.panel').getBoundingClientRect(); return [of('.panel'), of('.bubble'), of('textarea'), of('.chip'), box.width, box.height, innerWidth - box.right, innerHeight - box.bottom] }"""
    plain, hostile = visit("/demo/strict"), visit("/demo/hostile")
    for page in (plain, hostile):
        page.click("cart-chat .launcher")
        expect(page.locator("cart-chat .chip").first).to_be_visible()

    assert hostile.evaluate(look) == plain.evaluate(look)
    assert hostile.locator("cart-chat .launcher").is_hidden() and hostile.locator("cart-chat .panel").is_visible()


def test_inline_it_stands_in_the_page(visit: Visit) -> None:
    page = visit("/demo/inline")
    page.click("cart-chat .agree")
    ask(page, "hello")
    count(page, ".message[data-id]", 2)

    box, place = page.locator("cart-chat .panel").bounding_box(), page.locator("#chat").bounding_box()
    assert box is not None and place is not None
    assert abs(box["width"] - place["width"]) < 2 and page.locator("cart-chat .launcher").count() == 0
    assert texts(page)[0] == "hello"


def test_no_request_leaves_the_door_and_the_closed_widget_makes_one(visit: Visit, stage: Stage) -> None:
    page = visit("/demo/privacy")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(stage.url)
    page.wait_for_selector("cart-chat .launcher")
    page.wait_for_timeout(300)
    closed = [url for url in asked if "widget" in url]
    start_chat(page)
    ask(page, "How much does it cost?")
    count(page, ".message[data-id]", 2)

    assert closed == [f"{stage.url}/widget.js"]
    assert [url for url in asked if not url.startswith(stage.url)] == []


def test_it_weighs_what_it_may() -> None:
    manifest = json.loads((ROOT / "build/widget/manifest.json").read_text(encoding="utf-8"))

    assert manifest["loader"]["compressed"] <= 15_000
    assert manifest["loader"]["compressed"] + manifest["chat"]["compressed"] <= 60_000


def test_the_documents_show_this_builds_integrity() -> None:
    manifest = json.loads((ROOT / "build/widget/manifest.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs/widget.md").read_text(encoding="utf-8")

    assert manifest["loader"]["file"] in page and manifest["loader"]["integrity"] in page, (
        "say: make widget, and commit docs/widget.md"
    )


def test_the_closed_widget_moves_nothing(visit: Visit) -> None:
    page = visit()
    page.wait_for_selector("cart-chat .launcher")
    shift = page.evaluate(
        """() => new Promise((resolve) => { let sum = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value })
        .observe({type: 'layout-shift', buffered: true}); setTimeout(() => resolve(sum), 300) })"""
    )

    assert shift == 0
