"""A recruiter's saved people and searches in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.profiles.published import Published
from tests.browser.signed_in import console
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import Laurel, id_of

HOLDER = "h" * 26


@pytest.fixture(autouse=True)
def restored(laurel: Laurel) -> Iterator[None]:
    """Undo what a test stored: all browser tests of a process share ``laurel``."""
    details = Details("Ada Nwosu-Oyelaran of the Upper River Valley", "Analyst of rivers " * 8)
    laurel.profile_store.recruiters[HOLDER] = Published(
        HOLDER, details, (id_of("valid"),), indexed=False, since=laurel.now, expires_at=None
    )
    yield
    laurel.profile_store.recruiters.clear()
    laurel.saved_store.lists.clear()
    laurel.tasks.status.clear()


def test_list_is_accessible_fits_and_logs_nothing(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with console(chromium, laurel, f"/directory/saved?person={HOLDER}") as (page, messages):
        for name in ("offered", "saved", "search"):
            if name == "saved":
                page.get_by_role("button", name="Save person").click()
                expect(page.get_by_role("status")).to_have_text("Saved.")
            if name == "search":
                page.goto(f"{laurel.base_url}/directory/saved?search=q%3Drivers%26place%3DLagos")
                page.get_by_role("button", name="Save search").click()
                expect(page.get_by_role("link", name="rivers, Lagos")).to_be_visible()
            assert_accessible_and_fits(page, screenshots, f"saved-{name}")
        assert messages == []
