"""Photograph every page of a desk, after `make demo-data`: `python -m tests.desk.photograph URL ACCOUNT PASSWORD FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import pyotp
from playwright.sync_api import Page, sync_playwright

SIZES = {1280: 860, 390: 844}
NEW_PASSWORD = "ferry-lantern-copper-violin-moss"


def enter(page: Page, url: str, account: str, password: str) -> None:
    """Sign in for the first time: second factor and own password are set up on the way."""
    page.goto(f"{url}/desk")
    page.fill("[name=account]", account)
    page.fill("[name=password]", password)
    page.click("button.main")
    page.fill("[name=code]", pyotp.TOTP(page.locator("code.key").inner_text()).now())
    page.click("button.main")
    for name, value in (("old", password), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        page.fill(f"[name={name}]", value)
    page.click("button.main")
    page.wait_for_url("**/desk")


def main() -> int:
    """Take the pictures."""
    url, account, password, folder = sys.argv[1:5]
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        enter(page, url, account, password)
        page.wait_for_timeout(3000)
        page.goto(f"{url}/desk?view=open")
        case = page.locator(".cases li:not(.urgent) a").first.get_attribute("href") or ""
        page.goto(url + case)
        if page.locator("form[action$=claim] button").count():
            page.click("form[action$=claim] button")
        page.fill("#text", "Good morning, I have read your question about the costs. May I ask two things first?")
        page.press("#text", "Control+Enter")
        page.wait_for_timeout(1500)
        pages = {
            "inbox": "/desk?view=open", "conversation": case, "transcripts": "/desk/transcripts", "review": "/desk/review",
            "candidates": "/desk/review/candidates", "analytics": "/desk/analytics", "administration": "/desk/administration",
            "audit": "/desk/audit", "privacy": case.replace("conversations", "privacy"), "account": "/desk/account",
            "print": case.replace("conversations", "transcripts") + "/print",
        }  # fmt: skip
        for name, path in pages.items():
            for width, height in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                page.goto(url + path)
                if name == "conversation" and width == 1280 and page.locator("[data-cite]").count():
                    page.locator("[data-cite]").first.click()
                page.wait_for_timeout(500)
                page.screenshot(path=str(out / f"{name}-{width}.png"))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
