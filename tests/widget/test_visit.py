"""Visits in a real browser: talking, sources, handing over, erasing; what happens when the line breaks; two tabs."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from conversations.tables import conversations, feedback, outbox
from tests.widget.conftest import DESKTOP, PHONE, Stage, ask, count, speak_as_coordinator, start_chat, texts

Visit = Callable[..., Page]


def test_nothing_is_sent_before_the_notice_is_read(visit: Visit, stage: Stage) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.click("cart-chat .launcher")
    page.click("cart-chat .topics .chip >> nth=2")
    expect(page.locator("cart-chat .agree")).to_be_focused()
    assert not [url for url in asked if "/widget/session" in url or "/widget/messages" in url]
    assert page.evaluate("document.cookie") == ""

    page.keyboard.press("Enter")
    count(page, ".message.visitor[data-id]", 1)
    assert texts(page)[0] == "How much does CAR-T cost?"


@pytest.mark.parametrize(
    ("viewport", "options"), [(DESKTOP, {}), (PHONE, {}), (DESKTOP, {"color_scheme": "dark"}), (PHONE, {"color_scheme": "dark"})]
)
def test_a_whole_visit(visit: Visit, stage: Stage, viewport: dict[str, int], options: dict[str, str]) -> None:
    page = visit(viewport=viewport, **options)
    start_chat(page)
    ask(page, "How much does it cost?")
    expect(page.locator("cart-chat table")).to_be_visible()
    assert page.locator("cart-chat tbody tr").count() == 2
    assert "Sources:" not in texts(page)[1]

    page.click("cart-chat .source.number >> nth=0")
    sheet = page.locator("cart-chat .sheet")
    expect(sheet.locator("blockquote")).not_to_be_empty()
    expect(sheet).to_contain_text("lines 63 to 64")
    page.keyboard.press("Escape")
    expect(page.locator("cart-chat .source.number >> nth=0")).to_be_focused()

    page.click("cart-chat .chip >> nth=1")
    count(page, ".message[data-id]", 4)
    ask(page, "what")
    page.click("cart-chat .chip:has-text('The risks')")
    count(page, ".message[data-id]", 8)
    ask(page, "is it covered by insurance")
    count(page, ".message[data-id]", 10)

    page.click("cart-chat .message >> nth=-1 >> button[aria-label='Not helpful']")
    page.fill("cart-chat .comment textarea", "I need to know about insurance")
    page.click("cart-chat .comment button")
    expect(page.locator("cart-chat .comment")).to_have_count(0)
    with stage.database().read() as connection:
        row = connection.execute(sa.select(feedback).order_by(feedback.c.given_at.desc())).first()
    assert row is not None and (row.thumb, row.comment) == ("down", "I need to know about insurance")

    page.click("cart-chat .person-bar button")
    page.click("cart-chat .sheet button[type=submit]")
    expect(page.locator("cart-chat #field-name")).to_be_focused()
    page.fill("cart-chat #field-name", "Olga")
    page.fill("cart-chat #field-email", "olga@example.org")
    page.click("cart-chat .sheet button[type=submit]")
    page.click("cart-chat .group button:has-text('Yes')")
    count(page, ".message[data-id]", 14)
    assert texts(page)[-4:-1:2] == ["I would like to talk to a person. My name is Olga. My email is olga@example.org.", "Yes"]

    page.click("cart-chat button[aria-label=Options]")
    with page.expect_download() as download:
        page.click("cart-chat .item >> nth=0")
    assert "reference K7F-3QM" in download.value.path().read_text(encoding="utf-8")
    page.click("cart-chat .item.danger")
    page.click("cart-chat .button.danger")
    expect(page.locator("cart-chat .topics")).to_be_visible()
    assert texts(page) == [] and "proof" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_conversation_is_there_again_after_a_reload_and_on_the_next_page(visit: Visit, stage: Stage) -> None:
    page = visit()
    start_chat(page)
    ask(page, "hello")
    count(page, ".message[data-id]", 2)

    page.reload()
    count(page, ".message[data-id]", 2)
    page.goto(stage.url + "/demo/strict")
    count(page, ".message[data-id]", 2)


def test_on_a_shared_computer_nothing_is_kept(visit: Visit) -> None:
    page = visit()
    page.click("cart-chat .launcher")
    page.check("cart-chat #shared")
    page.click("cart-chat .agree")
    ask(page, "a secret")
    count(page, ".message[data-id]", 2)

    kept = page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "token" not in kept and "secret" not in kept
    page.reload()
    page.click("cart-chat .launcher")
    expect(page.locator("cart-chat .topics")).to_be_visible()


def test_scripts_in_messages_and_replies_are_inert(visit: Visit) -> None:
    page = visit("/demo/strict")
    title = page.title()
    start_chat(page)
    ask(page, "script <img src=x onerror=document.title='hit'>")
    count(page, ".message[data-id]", 2)

    assert texts(page)[1].startswith("<img src=x") and page.title() == title
    assert page.locator("cart-chat .message img, cart-chat .message script, cart-chat .chip b").count() == 0


def test_an_emergency_cannot_be_overlooked(visit: Visit, stage: Stage) -> None:
    page = visit(viewport=PHONE)
    start_chat(page)
    stage.assistant.status = 500
    ask(page, "I can't breathe")

    expect(page.locator("cart-chat .message.emergency h3")).to_be_visible()
    assert page.locator("cart-chat a.call >> nth=0").get_attribute("href") == "tel:112"


def test_offline_and_back_nothing_is_lost_or_doubled(visit: Visit, stage: Stage) -> None:
    page = visit()
    start_chat(page)
    ask(page, "one")
    count(page, ".message[data-id]", 2)

    page.context.set_offline(True)
    ask(page, "two")
    ask(page, "three")
    expect(page.locator("cart-chat .banner")).to_contain_text("No connection")
    page.context.set_offline(False)

    count(page, ".message[data-id]", 6)
    assert [text for text in texts(page) if not text.startswith("You said")] == ["one", "two", "three"]
    assert [call["text"] for call in stage.assistant.calls] == ["one", "two", "three"]


def test_the_server_killed_and_restarted_in_the_middle(visit: Visit, stage: Stage) -> None:
    page = visit()
    start_chat(page)
    ask(page, "before")
    count(page, ".message[data-id]", 2)
    stage.assistant.delay_s = 1.0
    ask(page, "during")
    count(page, ".message.visitor[data-id]", 2)

    stage.stop(signal.SIGKILL)
    stage.assistant.delay_s = 0.0
    ask(page, "while it is away")
    stage.start()

    count(page, ".message[data-id]", 6, within_s=45)
    said = texts(page)
    assert [text for text in said if not text.startswith("You said")] == ["before", "during", "while it is away"]
    assert sorted(text for text in said if text.startswith("You said")) == sorted(
        ["You said: before", "You said: during", "You said: while it is away"]
    )
    page.reload()
    count(page, ".message[data-id]", 6)


def test_two_tabs_of_one_visitor(visit: Visit) -> None:
    first = visit()
    start_chat(first)
    ask(first, "from the first")
    count(first, ".message[data-id]", 2)
    second = first.context.new_page()
    second.goto(first.url)
    count(second, ".message[data-id]", 2)

    ask(second, "from the second")
    for page in (first, second):
        count(page, ".message[data-id]", 4)
    assert texts(first) == texts(second)
    second.click("cart-chat button[aria-label=Options]")
    second.click("cart-chat .item.danger")
    second.click("cart-chat .button.danger")
    count(first, ".message[data-id]", 0)


def test_a_flood_is_slowed_down_and_nothing_of_it_lost(visit: Visit) -> None:
    page = visit()
    start_chat(page)
    page.evaluate(
        """() => { const root = document.querySelector('cart-chat').shadowRoot
        for (let number = 0; number < 28; number++) { const field = root.querySelector('#question')
          field.value = 'n' + number; field.dispatchEvent(new Event('input')); root.querySelector('.composer').requestSubmit() } }"""
    )

    expect(page.locator("cart-chat .banner")).to_contain_text("slower")
    count(page, ".message.visitor[data-id]", 28, within_s=40)


def test_a_session_that_is_no_longer_good_is_renewed(visit: Visit) -> None:
    page = visit()
    start_chat(page)
    ask(page, "old")
    count(page, ".message[data-id]", 2)
    page.evaluate(
        """() => { for (const key of Object.keys(localStorage)) {
        const kept = JSON.parse(localStorage[key]); kept.proof.token = kept.proof.token.slice(0, -2) + 'xx'
        localStorage[key] = JSON.stringify(kept) } }"""
    )

    page.reload()
    ask(page, "new")
    count(page, ".message[data-id]", 2)
    assert texts(page)[0] == "new"


def test_a_coordinator_is_shown_by_their_messages(visit: Visit, stage: Stage) -> None:
    page = visit()
    start_chat(page)
    ask(page, "hello")
    count(page, ".message[data-id]", 2)

    with stage.database().read() as connection:
        found = connection.execute(sa.select(conversations).order_by(conversations.c.last_at.desc())).first()
    assert found is not None
    speak_as_coordinator(stage, found.id, "How can I help?", joined="Ana has joined.")

    count(page, ".message.coordinator", 1)
    expect(page.locator("cart-chat .person-bar .state")).to_contain_text("has the conversation")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with stage.database().read() as connection:
            states = connection.execute(sa.select(outbox.c.state).where(outbox.c.conversation_id == found.id)).scalars().all()
        if set(states) == {"sent"}:
            return
        time.sleep(0.1)
    raise AssertionError(states)


def test_where_streams_do_not_get_through_messages_are_polled(visit: Visit, stage: Stage) -> None:
    """As behind a proxy that holds streams back: the line is cut at once, each time."""
    page = visit()
    page.route("**/widget/stream**", lambda route: route.abort())
    start_chat(page)
    ask(page, "hello")
    count(page, ".message[data-id]", 2)

    with stage.database().read() as connection:
        found = connection.execute(sa.select(conversations).order_by(conversations.c.last_at.desc())).first()
    assert found is not None
    speak_as_coordinator(stage, found.id, "Written while nothing was asked.", joined="Ana has joined.")

    count(page, ".message.coordinator", 1, within_s=30)
    ask(page, "thank you")
    count(page, ".message.visitor[data-id]", 2)


def test_the_conversation_is_printed_in_words_and_leaves_nothing_behind(visit: Visit) -> None:
    page = visit()
    page.context.add_init_script("window.print = () => { top.printed = document.body.innerText }")
    page.reload()
    start_chat(page)
    ask(page, "How much does it cost?")
    count(page, ".message[data-id]", 2)

    page.click("cart-chat button[aria-label=Options]")
    page.click("cart-chat .item >> nth=1")
    page.wait_for_function("() => top.printed")
    printed = page.evaluate("top.printed")
    frame = page.locator("iframe[aria-hidden=true]")
    frame.evaluate("frame => frame.contentWindow.dispatchEvent(new Event('afterprint'))")

    assert "How much does it cost?" in printed and "$350,000 to $600,000" in printed and "Sources" in printed
    expect(frame).to_have_count(0)
