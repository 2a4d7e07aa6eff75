"""One visit of a page checks it at every width and in both colour schemes: opening it is what takes the time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.contrast import contrast_violations

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (375, 1280)
"""A phone and a laptop."""
ZOOMED = 320
"""A phone on which text is twice as large, in a browser that then shows half as much (WCAG 1.4.10)."""
WIDE = """[...document.querySelectorAll("body *")]
  .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
  .map(node => node.outerHTML.slice(0, 200))"""
"""What is wider than the screen."""


def violations(page: Page) -> list[str]:
    """The axe-core violations and the texts with too little contrast in light or dark mode, with all rows expanded."""
    page.evaluate("document.querySelectorAll('details').forEach(row => { row.open = true })")
    response = Axe().run(page).response
    assert response["passes"], "axe-core checked nothing"
    found = [f"{found['id']}: {node['html']}" for found in response["violations"] for node in found["nodes"]]
    return found + contrast_violations(page)


def too_wide(page: Page, width: int) -> list[str]:
    """What is cut off or needs scrolling sideways at ``width``."""
    page.set_viewport_size({"width": width, "height": 812})
    fits = page.evaluate("document.documentElement.scrollWidth") <= width
    return [] if fits else page.evaluate(WIDE) or ["the page"]


def assert_accessible(browser: Browser, page: Page, screenshot: Path | None = None) -> None:
    """Check a page that was opened without script in a copy with script, which axe-core needs."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    if screenshot is not None:
        page.screenshot(path=screenshot, full_page=True)
    copy = browser.new_page(viewport={"width": width, "height": 812})
    copy.set_content(page.content())
    assert violations(copy) == []
    assert too_wide(copy, width) == []
    copy.close()


def assert_accessible_and_fits(
    page: Page, screenshots: Path, name: str, widths: Sequence[int] = WIDTHS, schemes: Sequence[Scheme] = SCHEMES
) -> None:
    """Save a screenshot of each width and colour scheme, then check that nothing is cut off, and all is accessible.

    Expands every row of the page.
    """
    for width in widths:
        assert too_wide(page, width) == []
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=screenshots / f"{name}-{width}-{scheme}.png", full_page=True)
    assert too_wide(page, ZOOMED) == []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 812})
        assert violations(page) == []
        assert too_wide(page, width) == []
