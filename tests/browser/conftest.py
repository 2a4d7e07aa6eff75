"""Chromium, and a Laurel on fakes that this process serves on a free loopback port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local.chromium import ChromiumMissing
from local.chromium import chromium as installed_chromium
from tests.http.fake_laurel import Laurel
from tests.http.local_server import served

pytest.register_assert_rewrite("tests.browser.widths")
expect.set_options(timeout=20_000)
"""Milliseconds to wait for a page; generous, because other tests may keep the machine busy."""

SCREENSHOTS = Path(__file__).parents[2] / ".laurel" / "screenshots"


@pytest.fixture(scope="session")
def laurel() -> Iterator[Laurel]:
    """The fakes behind the pages, with their server running at ``base_url``."""
    with served() as services:
        yield services


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or another one that is installed."""
    try:
        with installed_chromium() as browser:
            yield browser
    except ChromiumMissing as missing:
        pytest.skip(f"{missing} The pages were not tested in a browser.")


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder for screenshots, for manual review."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
