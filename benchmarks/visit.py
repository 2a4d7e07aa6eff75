"""One visit in Chromium, with an empty cache: what it transfers and when something is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

SETTLE_MS = 500
"""How long to wait after everything is loaded for a shift of the layout."""
PATIENCE_MS = 60_000
"""For one page or widget: the local stack answers one request after the other."""
_WATCH = """window.shift = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value; })
  .observe({ type: "layout-shift", buffered: true });"""
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True, slots=True)
class Visit:
    """Bytes, with headers and as compressed on the way, by URL; the paint in milliseconds."""

    transferred: dict[str, int]
    first_contentful_paint: float
    layout_shift: float


@dataclass
class _Traffic:
    """Listens to Chromium's network events."""

    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def sent(self, event: dict[str, Any]) -> None:
        self.urls[event["requestId"]] = event["request"]["url"]

    def finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def transferred(self) -> dict[str, int]:
        return {url: self.sizes.get(request, 0) for request, url in self.urls.items() if not url.startswith("data:")}


def visit(browser: Browser, url: str, *, scroll: str = "") -> Visit:
    """Open ``url`` at 1280 by 900 pixels, and move each widget that ``scroll`` selects into view."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        session, traffic = context.new_cdp_session(page), _Traffic()
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", traffic.sent)
        session.on("Network.loadingFinished", traffic.finished)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        for element in page.locator(scroll).all() if scroll else ():
            element.scroll_into_view_if_needed()
            element.locator("a.l").wait_for()
        page.wait_for_timeout(SETTLE_MS)
        return Visit(traffic.transferred(), page.evaluate(_PAINT), page.evaluate("window.shift"))
    finally:
        context.close()
