"""Chromium, and a Laurel on fakes that this process serves on a free loopback port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalChalice, LocalDevServer
from playwright.sync_api import Browser, expect

from chalicelib.http.app import create_app
from local.chromium import ChromiumMissing
from local.chromium import chromium as installed_chromium
from local.ports import free_port
from tests.http.fake_laurel import Laurel, seeded

pytest.register_assert_rewrite("tests.browser.widths")
expect.set_options(timeout=20_000)
"""Milliseconds to wait for a page; generous, because other tests may keep the machine busy."""

SCREENSHOTS = Path(__file__).parents[2] / ".laurel" / "screenshots"


class _Quiet(ChaliceRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
        """Log nothing: each test shows what it requests."""


@pytest.fixture(scope="session")
def laurel() -> Iterator[Laurel]:
    """The fakes behind the pages, with their server running at ``base_url``."""
    port = free_port()
    services = seeded(f"http://localhost:{port}")
    app = create_app(services)
    app.__class__ = type(
        "ThreadedChalice", (LocalChalice, Chalice), {}
    )  # one thread per request, as `chalice local` does
    server = LocalDevServer(app, Config.create(), "localhost", port, handler_cls=_Quiet)
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    yield services
    server.shutdown()
    server.server.server_close()
    thread.join()


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
