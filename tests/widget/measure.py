"""Measure the widget in a browser: `python -m tests.widget.measure`. Figures, no limits: a busy machine must fail no test."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.gateway.conftest import ROOT
from tests.widget.conftest import CHROMIUM, DESKTOP, Stage

TRIES = 15
# From the click to the greeting painted; the chat's script is not in the cache.
_OPEN = """async () => { const root = document.querySelector('cart-chat').shadowRoot; const began = performance.now()
  root.querySelector('.launcher').click(); while (!root.querySelector('.greeting')?.getClientRects().length) await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame); return performance.now() - began }"""
_SHIFT = """() => new Promise((resolve) => { let sum = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value })
  .observe({type: 'layout-shift', buffered: true}); setTimeout(() => resolve(sum), 500) })"""


def _main_thread_ms(browser: Browser, url: str, *, blocked: bool) -> tuple[float, float]:
    """Main thread busy while the page loads and settles; layout shift."""
    page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
    if blocked:
        page.route("**/widget.js", lambda route: route.abort())
    client = page.context.new_cdp_session(page)
    # Processor time of the thread, so that what else runs on the machine does not count.
    client.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url)
    shift = float(page.evaluate(_SHIFT))
    metrics = {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}
    page.context.close()
    return metrics["TaskDuration"] * 1000, shift


def main() -> None:
    """Print the figures."""
    stage = Stage(Path(tempfile.mkdtemp()))
    stage.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            openings = []
            for _ in range(TRIES):
                page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
                page.goto(stage.url)
                page.wait_for_selector("cart-chat .launcher")
                openings.append(float(page.evaluate(_OPEN)))
                page.context.close()
            with_it = [_main_thread_ms(browser, stage.url, blocked=False) for _ in range(TRIES)]
            without = [_main_thread_ms(browser, stage.url, blocked=True)[0] for _ in range(TRIES)]
            browser.close()
    finally:
        stage.stop()
    manifest = json.loads((ROOT / "build/widget/manifest.json").read_text(encoding="utf-8"))
    busy, rest = statistics.median(one[0] for one in with_it), statistics.median(without)
    print(
        f"before opening {manifest['loader']['compressed']} bytes, in all {sum(part['compressed'] for part in manifest.values())} bytes, gzip"
    )
    print(
        f"opening to first greeting, {TRIES} cold tries: median {statistics.median(openings):.0f} ms, most {max(openings):.0f} ms"
    )
    print(f"main thread of the landing page: {busy:.0f} ms with the closed widget, {rest:.0f} ms without, medians of {TRIES}")
    print(f"layout shift with the closed widget: {max(one[1] for one in with_it):.3f} at most")


if __name__ == "__main__":
    main()
