"""An installed Chromium, for browser tests and screenshots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is Chromium without the windows of a desktop, which opens a page in a quarter of the time."""
# Without a GPU and with a small /dev/shm, a screenshot of a long page sometimes fails on a busy machine.
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


class ChromiumMissing(Exception):
    """No Chromium is installed. The message says what to do."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium, or another one that is installed. Raises `ChromiumMissing`."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise ChromiumMissing("Chromium is not installed: run tools/chromium.sh.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(SWITCHES))
        yield browser
        browser.close()
