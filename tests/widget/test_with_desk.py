"""A visitor in the widget and a coordinator in their own browser at the real desk, in one conversation."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from conversations.accounts import Role, add_coordinator, change_coordinator
from conversations.tables import conversations, messages
from desk.passwords import hash_password
from tests.widget.conftest import DESKTOP, PHONE, Stage, ask, count, start_chat, texts, violations

Visit = Callable[..., Page]
PASSWORD, SECRET = "ferry-lantern-copper-violin", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIVE = {"type": "handoff", "reason": "asked", "live": True, "questions": ["How much does it cost?"], "language": "en"}
ASKED = "I have asked a coordinator to join you here; your reference is {reference}."


@pytest.fixture
def desk(stage: Stage, _browser: Browser) -> Iterator[Page]:
    """The inbox in the browser of a coordinator who has signed in by hand; an account of its own, since a code works once."""
    account = f"ana-{uuid.uuid4().hex[:6]}"
    database = stage.database()
    add_coordinator(database, account, "Ana Ruiz", Role.SUPERVISOR, hash_password(PASSWORD))
    change_coordinator(database, account, must_change=False, totp_secret=SECRET)
    database.close()
    context = _browser.new_context(viewport=DESKTOP)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{stage.url}/desk")
    page.fill("[name=account]", account)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.fill("[name=code]", pyotp.TOTP(SECRET).now())
    page.click("button.main")
    page.wait_for_url(f"{stage.url}/desk")
    yield page
    context.close()


def said_in(stage: Stage) -> list[tuple[str, str]]:
    """Who said what in the conversation that was used last, in order."""
    database = stage.database()
    with database.read() as connection:
        last = sa.select(conversations.c.id).order_by(conversations.c.last_at.desc()).limit(1).scalar_subquery()
        query = (
            sa.select(messages.c.author, messages.c.text).where(messages.c.conversation_id == last).order_by(messages.c.position)
        )
        rows = [(str(row.author), str(row.text)) for row in connection.execute(query)]
    database.close()
    return rows


@pytest.mark.parametrize(("viewport", "options"), [(DESKTOP, {}), (PHONE, {"color_scheme": "dark"})])
def test_from_a_question_to_a_person_and_back(
    visit: Visit, stage: Stage, desk: Page, viewport: dict[str, int], options: dict[str, Any]
) -> None:
    page = visit(viewport=viewport, **options)
    start_chat(page)
    ask(page, "How much does it cost?")
    count(page, ".message[data-id]", 2)

    # The visitor asks for a person; the coordinator sees it come without reload, and joins.
    stage.assistant.messages = [{"text": ASKED, "custom": {"kind": "handoff", "citations": []}}]
    stage.assistant.more = {"effects": [LIVE]}
    page.click("cart-chat .person-bar button")
    page.click("cart-chat .sheet button:has-text('Ask for a person in this chat')")
    count(page, ".message[data-id]", 4)
    assert stage.assistant.calls[-1]["live"] is True
    stage.assistant.reset()
    reference = texts(page)[-1].rsplit(" ", 1)[1].rstrip(".")
    expect(page.locator("cart-chat .person-bar .state")).to_contain_text("waiting", ignore_case=True)
    desk.click(f"li:has-text('{reference}') a")
    desk.click("button:has-text('Join now')")
    expect(page.locator("cart-chat .person-bar .state")).to_contain_text("Ana Ruiz")

    # Each sees the other's words; the visitor sees when the coordinator types.
    desk.wait_for_load_state("load")  # the script tells the visitor of the typing
    desk.locator("#text").press_sequentially("How can I")
    expect(page.locator("cart-chat .typing")).to_be_visible()
    desk.fill("#text", "How can I help?")
    desk.press("#text", "Control+Enter")
    count(page, ".message.coordinator", 1)
    ask(page, "Is there a hospital for me?")
    expect(desk.locator(".line.visitor").last).to_contain_text("Is there a hospital for me?")

    # The server dies in the middle and comes back: both go on where they were.
    stage.stop(signal.SIGKILL)
    ask(page, "Are you still there?")
    stage.start()
    expect(desk.locator(".line.visitor").last).to_contain_text("Are you still there?", timeout=30_000)
    desk.fill("#text", "Yes, I am here.")
    desk.press("#text", "Control+Enter")
    count(page, ".message.coordinator", 2, within_s=30)
    assert violations(page) == []

    # Handed back, the assistant answers, and has not been asked in between.
    assert [call["text"] for call in stage.assistant.calls if not call["conversation_id"].startswith("probe-")] == []
    desk.click("button:has-text('Hand back')")
    expect(page.locator("cart-chat .person-bar .state")).not_to_contain_text("Ana Ruiz")
    ask(page, "risks")
    expect(page.locator("cart-chat .message").last).to_contain_text("ICANS")
    (call,) = [call for call in stage.assistant.calls if call["text"] == "risks"]
    assert [row["text"] for row in call["heard"] if row["author"] == "visitor"] == [
        "Is there a hospital for me?",
        "Are you still there?",
    ]

    assert [text for author, text in said_in(stage) if author in ("visitor", "coordinator")] == [
        "How much does it cost?",
        "I would like to talk to a person",
        "How can I help?",
        "Is there a hospital for me?",
        "Are you still there?",
        "Yes, I am here.",
        "risks",
    ]
    page.click("cart-chat button[aria-label=Options]")
    page.click("cart-chat .item.danger")
    page.click("cart-chat .button.danger")
    expect(page.locator("cart-chat .topics")).to_be_visible()
    desk.reload()
    expect(desk.locator("body")).not_to_contain_text("Are you still there?")
