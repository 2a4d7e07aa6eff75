"""Writing to a holder in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.directory.profiles.consent import Audience
from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.profiles.published import Published
from tests.browser.keyboard import press_until
from tests.browser.opening import open_page
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import Laurel, id_of

HOLDER = "h" * 26


@pytest.fixture(autouse=True)
def restored(laurel: Laurel) -> Iterator[None]:
    """Undo what a test stored: all browser tests of a process share ``laurel``."""
    laurel.profile_store.public[HOLDER] = Published(
        HOLDER,
        Details("Ada Nwosu"),
        (id_of("valid"),),
        indexed=False,
        since=laurel.now,
        expires_at=None,
        contact=Audience.PUBLIC,
    )
    sent, stored = list(laurel.mailer.sent), dict(laurel.delivery_store.sent_emails)
    yield
    laurel.mailer.sent[:] = sent
    laurel.delivery_store.sent_emails = stored
    laurel.profile_store.public.clear()
    laurel.contact_store.messages.clear()
    laurel.session_store.counts.clear()


def test_contact_form_is_accessible_fits_and_logs_nothing(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with open_page(chromium, f"{laurel.base_url}/holders/{HOLDER}") as (page, messages):
        page.get_by_role("link", name="Contact").click()
        for name in ("empty", "refused", "confirm", "waiting"):
            if name == "confirm":
                page.get_by_label("Your name").fill("Grace Hopper")
                page.get_by_label("Your email address").fill("grace@agency.example")
                page.get_by_role("textbox", name="Your message").fill(
                    "Dear Ada,\n\nWe look for someone who knows rivers."
                )
            if name in ("refused", "confirm"):
                page.get_by_role("button", name="Continue").click()
            if name == "waiting":
                path = urlsplit(laurel.mailer.sent[-1].main.url).path
                page.goto(f"{laurel.base_url}{path}")
            assert_accessible_and_fits(page, screenshots, f"contact-{name}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Send your message")
        assert [one for one in messages if "422" not in one] == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_someone_without_a_mouse_writes_to_a_holder(chromium: Browser, laurel: Laurel, script: bool) -> None:
    with open_page(chromium, f"{laurel.base_url}/holders/{HOLDER}", java_script_enabled=script) as (page, _):
        press_until(page, "Tab", page.get_by_role("link", name="Contact"))
        page.keyboard.press("Enter")
        for name, words in (
            ("Your name", "Grace Hopper"),
            ("Your email address", "grace@agency.example"),
            ("Your message", "We look for someone who knows rivers."),
        ):
            press_until(page, "Tab", page.get_by_role("textbox", name=name))
            page.keyboard.type(words)
        press_until(page, "Tab", page.get_by_role("button", name="Continue"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
        path = urlsplit(laurel.mailer.sent[-1].main.url).path
        page.goto(f"{laurel.base_url}{path}")
        assert "rivers" in page.locator("main").aria_snapshot()
        press_until(page, "Tab", page.get_by_role("button", name="Send"))
