"""A real Chromium before a small Laurel, served in this process on a free port of the loopback."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalChalice, LocalDevServer
from playwright.sync_api import Browser, expect, sync_playwright

from chalicelib.http.app import create_app
from local.ports import free_port
from tests.http.fake_laurel import Laurel, seeded

expect.set_options(timeout=20_000)
"""Milliseconds that a page may take on a machine that is busy with the other tests."""

SCREENSHOTS = Path(__file__).parents[2] / ".laurel" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")


class _Quiet(ChaliceRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
        """Say nothing: what is asked for is in the test."""


@pytest.fixture(scope="session")
def laurel() -> Iterator[Laurel]:
    """The world behind the pages, with its server running at ``base_url``."""
    port = free_port()
    world = seeded(f"http://localhost:{port}")
    app = create_app(world)
    app.__class__ = type("ThreadedChalice", (LocalChalice, Chalice), {})  # as `chalice local` does: a request a thread
    server = LocalDevServer(app, Config.create(), "localhost", port, handler_cls=_Quiet)
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    yield world
    server.shutdown()
    server.server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or another one that is installed."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("NO CHROMIUM HERE: run tools/chromium.sh; the pages were not looked at in a browser")
    with sync_playwright() as playwright:
        # Without a GPU and with a small /dev/shm, a screenshot of a long page sometimes fails on a busy machine.
        switches = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=found, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the pages go, for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
