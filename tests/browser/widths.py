"""One visit of a page checks it at every width and in both colour schemes: opening it is what takes the time."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.contrast import contrast_violations
from tests.browser.opening import new_page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (375, 1280)
"""A phone and a laptop."""
ON_A_PHONE = pytest.mark.parametrize("width", WIDTHS[:1])
ON_A_LAPTOP = pytest.mark.parametrize("width", WIDTHS[1:])
"""A form is filled in at one width; `assert_accessible` checks its pages at every width."""
ZOOMED = 320
"""A phone on which text is twice as large, in a browser that then shows half as much (WCAG 1.4.10)."""
AXE: str = Axe().axe_script
RUN = """contrast => axe.run({
  resultTypes: ["violations"], iframes: false, rules: { "color-contrast": { enabled: contrast } },
}).then(({ violations, passes }) => ({ violations, passes: passes.length }))"""
"""Run axe-core; without waiting for frames, in which it does not run."""
WIDE = """[...document.querySelectorAll("body *")]
  .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
  .map(node => node.outerHTML.slice(0, 200))"""
"""What is wider than the screen."""


def axe_violations(page: Page, *, contrast: bool = True) -> list[str]:
    """The axe-core violations of a page, without its frames. The check of ``contrast`` takes most of the time."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, contrast)
    assert found["passes"], "axe-core checked nothing"
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


def violations(page: Page, *, contrast: bool = True) -> list[str]:
    """The axe-core violations and the texts with too little contrast in light or dark mode, with all rows expanded."""
    page.evaluate("document.querySelectorAll('details').forEach(row => { row.open = true })")
    return axe_violations(page, contrast=contrast) + contrast_violations(page)


def too_wide(page: Page, width: int) -> list[str]:
    """What is cut off or needs scrolling sideways at ``width``."""
    page.set_viewport_size({"width": width, "height": 812})
    fits = page.evaluate("document.documentElement.scrollWidth") <= width
    return [] if fits else page.evaluate(WIDE) or ["the page"]


def assert_accessible(browser: Browser, page: Page, screenshot: Path | None = None) -> None:
    """Check a page that was opened without script in a copy with script, which axe-core needs."""
    if screenshot is not None:
        page.screenshot(path=screenshot, full_page=True)
    with new_page(browser, viewport=page.viewport_size) as copy:
        copy.set_content(page.content())
        assert too_wide(copy, ZOOMED) == []
        _assert_accessible(copy)


def assert_accessible_and_fits(page: Page, screenshots: Path, name: str) -> None:
    """Save a screenshot of each width, then check that nothing is cut off, and all is accessible.

    Expands every row of the page.
    """
    for width, scheme in zip(WIDTHS, SCHEMES, strict=True):
        assert too_wide(page, width) == []
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=screenshots / f"{name}-{width}-{scheme}.png", full_page=True)
    assert too_wide(page, ZOOMED) == []
    _assert_accessible(page)


def _assert_accessible(page: Page) -> None:
    """Check ``page`` at every width, and overlapping boxes, which only axe-core's contrast sees, on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 812})
        assert violations(page, contrast=width == WIDTHS[0]) == []
        assert too_wide(page, width) == []
