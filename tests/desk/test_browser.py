"""The desk in a real browser: a live takeover through kills, keys alone, axe-core on every page in two sizes."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterator, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Route, expect, sync_playwright

from conversations.dossier import give_feedback
from conversations.live import find_new
from conversations.preferences import keep_canned
from tests.desk.conftest import Client, Door
from tests.desk.test_access import clear_tries

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: make servers, or apt-get install chromium")
SIZES = {"desktop": (1280, 860), "phone": (390, 844), "narrow": (320, 640)}
PAGES = {
    "inbox": "/desk", "open": "/desk?view=open", "closed": "/desk?view=closed", "transcripts": "/desk/transcripts",
    "search": "/desk/transcripts?q=hospital&mark=not_reviewed", "nothing": "/desk/transcripts?q=zzzz", "review": "/desk/review",
    "candidates": "/desk/review/candidates", "analytics": "/desk/analytics", "administration": "/desk/administration",
    "audit": "/desk/audit", "privacy": "/desk/privacy", "account": "/desk/account", "unknown": "/desk/conversations/none",
    "conversation": "", "print": "", "visitor": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def enter(browser: Browser, door: Door, client: Client, size: str = "desktop") -> BrowserContext:
    """A browser with a coordinator's session in it."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.add_cookies([{"name": "desk", "value": client.cookies["desk"], "url": door.url}])
    return context


def open_page(context: BrowserContext, url: str) -> tuple[Page, list[str]]:
    """A page, and what its console complains of."""
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    return page, said


@pytest.fixture(scope="module")
def filled(_door: Door, _clients: dict[str, Client]) -> dict[str, str]:
    """Something of everything; the addresses of the pages with an id in them."""
    door, ben = _door, _clients["ben"]
    door.played.reset()
    contact = {"name": "Olga Petrova", "email": "olga@example.org", "phone": "+12025550187"}
    conversation = door.ask_for_person(
        "axe-1",
        contact=contact,
        consent={"given": True, "wording": "May we write to you?"},
        topics=["ask_cost"],
        countries=["China"],
    )
    door.ask_for_person("axe-2", priority="urgent")
    ben.send_form(f"/desk/conversations/{conversation}/claim")
    ben.send_form(f"/desk/conversations/{conversation}/say", text="Hello Olga.", client_id="1")
    ben.send_form(f"/desk/conversations/{conversation}/notes", text="Called back.")
    ben.send_form(f"/desk/conversations/{conversation}/labels", label="vip")
    door.played.more = {
        "understanding": {"intent": "ask_recovery", "confidence": 0.4, "labels": [{"label": "sle-guide#recovery/all"}]}
    }
    door.say("How long is the hospital stay?", sender="axe-3")
    database = door.open()
    give_feedback(database, "rest", "axe-3", find_new(database, "rest", "axe-3", after=0)[0].id, "down", "not what I asked")
    keep_canned(database, "Greeting", "Hello {visitor}, I am {name}.", by="test")
    database.close()
    door.played.reset()
    return PAGES | {
        "conversation": f"/desk/conversations/{conversation}",
        "print": f"/desk/transcripts/{conversation}/print",
        "visitor": f"/desk/privacy/{conversation}",
    }


@pytest.mark.parametrize(
    ("who", "name", "size"),
    [
        *(("ana", name, size) for name in PAGES for size in SIZES),
        *(("ben", name, size) for name in ("inbox", "conversation", "review") for size in ("desktop", "phone")),
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Browser, door: Door, _clients: dict[str, Client], filled: dict[str, str], name: str, size: str, who: str
) -> None:
    context = enter(browser, door, _clients[who], size)
    page, said = open_page(context, door.url + filled[name])

    found = Axe().run(page).response["violations"]
    width = page.evaluate("document.documentElement.scrollWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('button, .button, select, input:not([type=hidden]):not([type=checkbox]), .check, nav a')]"
        ".filter(one => one.offsetParent && !one.closest('.unseen')"
        " && (one.getBoundingClientRect().height < 24 || one.getBoundingClientRect().width < 18))"
        ".map(one => one.outerHTML.slice(0, 80))"
    )
    context.close()

    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert width <= SIZES[size][0]
    assert small == []
    assert [line for line in said if "404" not in line] == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_on_the_way_in(browser: Browser, door: Door, size: str) -> None:
    clear_tries(door)
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page, _ = open_page(context, f"{door.url}/desk/sign-in")
    found = Axe().run(page).response["violations"]
    page.fill("[name=account]", "ana")
    page.fill("[name=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    found += Axe().run(page).response["violations"]
    context.close()
    clear_tries(door)

    assert [one["id"] for one in found] == []


def test_a_live_takeover_survives_a_killed_desk(browser: Browser, door: Door, _clients: dict[str, Client]) -> None:
    """The visitor asks, the coordinator joins from the browser, both write, the door is killed in the middle, handed back."""
    context = enter(browser, door, _clients["ben"])
    page, _ = open_page(context, f"{door.url}/desk?country=Mars")
    visitor = f"live-{uuid.uuid4().hex[:8]}"
    conversation = door.ask_for_person(visitor, countries=["Mars"])
    page.locator(f"a[href$='{conversation}']").click(timeout=15000)  # arrived without a reload
    page.get_by_role("button", name="Join now").click()
    reply = page.get_by_label("Your reply")
    expect(reply).to_be_visible()
    page.wait_for_load_state("load")  # a key pressed before the script has come is pressed for nothing
    for number in range(3):
        reply.fill(f"words {number} of the coordinator")
        reply.press("Control+Enter")
        expect(page.locator(".line.coordinator")).to_have_count(number + 1, timeout=15000)
        door.say(f"words {number} of the visitor", sender=visitor, message_id=f"m{number}")
        expect(page.locator(".line.visitor").last).to_contain_text(f"words {number} of the visitor", timeout=15000)
        if number == 1:
            reply.fill("written while the desk is down")
            door.kill()
            reply.press("Control+Enter")
            expect(page.locator("#said")).to_contain_text("cannot be reached", timeout=15000)
            door.start()
            door.say(f"words {number} of the visitor", sender=visitor, message_id=f"m{number}")  # sent again, as a client would
            reply.press("Control+Enter")
            expect(page.locator(".line.coordinator")).to_have_count(3, timeout=20000)
            break
    page.get_by_role("button", name="Hand back to the assistant").click()
    expect(page.locator(".state")).to_contain_text("The assistant answers")
    last = door.say("How long is the hospital stay?", sender=visitor)
    context.close()

    said = [message["text"] for message in door.news(visitor) if message["author"] == "coordinator"]
    assert said == ["words 0 of the coordinator", "words 1 of the coordinator", "written while the desk is down"]
    assert last[-1]["custom"]["kind"] == "answer"


def test_the_whole_work_by_keys_alone(browser: Browser, door: Door, _clients: dict[str, Client]) -> None:
    """Find the case, join, answer, open a source, hand back: without a mouse, and the focus is always to be seen."""
    visitor = f"keys-{uuid.uuid4().hex[:8]}"
    door.say("How long is the hospital stay?", sender=visitor)
    conversation = door.ask_for_person(visitor, countries=["Venus"])
    context = enter(browser, door, _clients["ben"])
    page, _ = open_page(context, f"{door.url}/desk?country=Venus")

    def tab_to(wanted: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", wanted
                return
        raise AssertionError(f"{wanted} is not reached by Tab")

    tab_to(f"a[href$='{conversation}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{conversation}")
    tab_to("[data-cite]")
    page.keyboard.press("Enter")
    expect(page.locator("#cite-pane")).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('[data-cite]')")
    tab_to("form[action$=claim] button")
    page.keyboard.press("Enter")
    expect(page.locator("[data-reply]")).to_be_visible()
    tab_to("#text")
    page.keyboard.type("Hello from the keyboard")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".line.coordinator")).to_have_count(1, timeout=15000)
    expect(page.locator("#text")).to_be_focused()
    tab_to("form[action$=hand-back] button")
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_contain_text("The assistant answers")
    context.close()


def test_each_new_message_is_announced_once(browser: Browser, door: Door, _clients: dict[str, Client]) -> None:
    """The log is a polite live region of one node that stays, and each message is added to it once."""
    visitor = f"log-{uuid.uuid4().hex[:8]}"
    conversation = door.ask_for_person(visitor)
    _clients["ben"].send_form(f"/desk/conversations/{conversation}/claim")
    context = enter(browser, door, _clients["ben"])
    page, _ = open_page(context, f"{door.url}/desk/conversations/{conversation}")
    page.evaluate(
        "window.added = []; new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(node => node.id &&"
        " node.id.startsWith('m') && window.added.push(node.id)))).observe(document.getElementById('log'), {childList: true})"
    )
    for number in range(10):
        door.say(f"message {number}", sender=visitor)
    expect(page.locator(".line.visitor")).to_have_count(11, timeout=20000)
    time.sleep(1)
    added = page.evaluate("window.added")
    log = page.locator("#log")
    attributes = log.get_attribute("role"), log.get_attribute("aria-live")
    context.close()

    assert len(added) == len(set(added)) == 10
    assert attributes == ("log", "polite")


def test_an_open_page_is_sent_to_the_form_once_its_session_has_ended(browser: Browser, door: Door) -> None:
    from tests.desk.conftest import sign_in

    clear_tries(door)
    client = sign_in(door, "cem")
    context = enter(browser, door, client)
    page, _ = open_page(context, f"{door.url}/desk")
    client.send_form("/desk/sign-out")
    door.ask_for_person(f"end-{uuid.uuid4().hex[:8]}")

    page.wait_for_url("**/sign-in", timeout=20000)
    context.close()
    client.close()


def test_a_page_whose_stream_is_refused_is_sent_to_the_form_at_once(browser: Browser, door: Door) -> None:
    """The session ends before the live channel is open: the refusal is no stream, and a browser gives up on it for good."""
    from tests.desk.conftest import sign_in

    clear_tries(door)
    client = sign_in(door, "cem")
    context = enter(browser, door, client)
    held: list[Route] = []
    context.route("**/desk/live", lambda route: held.append(route) if not held else route.continue_())
    page, _ = open_page(context, f"{door.url}/desk")
    client.send_form("/desk/sign-out")
    page.wait_for_timeout(200)
    held[0].continue_()

    page.wait_for_url("**/sign-in", timeout=15000)  # before the page looks by itself, which it does every 20 s
    context.close()
    client.close()


def wait_held(page: Page, held: Sequence[object]) -> None:
    """Wait until a request is held back; the browser works on meanwhile."""
    for _ in range(100):
        if held:
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was asked for in 5 s")


def test_what_is_said_while_the_page_looks_is_shown_at_once(browser: Browser, door: Door, _clients: dict[str, Client]) -> None:
    """A look that was answered before the words came, and arrives after them, does not swallow the look that they caused."""
    visitor = f"held-{uuid.uuid4().hex[:8]}"
    conversation = door.ask_for_person(visitor)
    _clients["ben"].send_form(f"/desk/conversations/{conversation}/claim")
    context = enter(browser, door, _clients["ben"])
    page, _ = open_page(context, f"{door.url}/desk/conversations/{conversation}")
    page.wait_for_timeout(500)  # the look that the opening of the live channel causes is over
    held: list[tuple[Route, APIResponse]] = []
    context.route("**/news?*", lambda route: route.continue_() if held else held.append((route, route.fetch())))
    door.say("the first words", sender=visitor)
    wait_held(page, held)
    door.say("the second words", sender=visitor)
    page.wait_for_timeout(500)
    route, answered = held[0]
    route.fulfill(response=answered)

    # The page looks by itself every 20 s; it is to be sooner.
    expect(page.locator(".line.visitor").last).to_contain_text("the second words", timeout=10000)
    context.close()


def test_what_is_typed_before_the_script_has_come_stays(browser: Browser, door: Door, _clients: dict[str, Client]) -> None:
    visitor = f"early-{uuid.uuid4().hex[:8]}"
    conversation = door.ask_for_person(visitor)
    _clients["ben"].send_form(f"/desk/conversations/{conversation}/claim")
    context = enter(browser, door, _clients["ben"])
    held: list[Route] = []
    context.route("**/desk.js*", lambda route: held.append(route))
    page = context.new_page()
    page.goto(f"{door.url}/desk/conversations/{conversation}", wait_until="commit")
    page.get_by_label("Your reply").fill("typed on a slow line")
    wait_held(page, held)
    held[0].continue_()
    page.wait_for_load_state("load")

    expect(page.get_by_label("Your reply")).to_have_value("typed on a slow line")
    context.close()
