"""The preview of branding in a real browser: it follows the form, works without script, and stays in its frame."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.signed_in import console, member
from tests.browser.test_pages import Scheme, violations
from tests.http.fake_laurel import Laurel

HERE = "/console/fernhill/settings"
OWNER = "olu@fernhill.example"
VALID = "This credential is genuine and valid."


@pytest.fixture(autouse=True)
def owner(laurel: Laurel) -> None:
    member(laurel, OWNER)


def shown(page: Page) -> FrameLocator:
    """The frame of the preview, and the document in it."""
    return page.frame_locator(".branding iframe:not([hidden])")


def document(page: Page) -> FrameLocator:
    return shown(page).frame_locator("iframe")


def test_preview_follows_the_form_without_saving_it(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE) as (page, messages):
        expect(document(page).get_by_role("heading", name=VALID)).to_be_visible()
        expect(page.get_by_role("button", name="Preview")).to_be_hidden()
        page.get_by_label("Description").fill("Teaches by the river.")
        expect(document(page).get_by_text("Teaches by the river.")).to_be_visible()
        page.get_by_label("Show").select_option("Email to the holder")
        expect(document(page).get_by_text("Hello Sample Holder")).to_be_visible()
        page.get_by_label("Button colour").fill("#ffd45e")
        expect(shown(page).get_by_text("the contrast is 1.41:1")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("Preview updated.")
        refused = "status of 422"
        assert [message for message in messages if refused not in message] == []
        assert laurel.issuer_store.issuer("fernhill").description != "Teaches by the river."


@pytest.mark.parametrize("part", ["page", "email", "card", "certificate"])
def test_preview_works_without_script(chromium: Browser, laurel: Laurel, part: str) -> None:
    with console(chromium, laurel, HERE, java_script_enabled=False) as (page, messages):
        page.get_by_label("Show").select_option(part)
        page.get_by_role("button", name="Preview").click()
        expect(shown(page).get_by_text("Sample: not a real credential")).to_be_visible()
        assert messages == []


def test_previews_do_not_fill_the_history(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE) as (page, _):
        before = page.evaluate("history.length")
        for part in ("email", "card", "page"):
            page.get_by_label("Show").select_option(part)
            expect(page.get_by_role("status")).to_have_text("Preview updated.")
        expect(document(page).get_by_role("heading", name=VALID)).to_be_visible()
        assert page.evaluate("history.length") == before


def test_links_in_the_preview_lead_nowhere(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE) as (page, _):
        link = document(page).get_by_role("link", name="Fernhill College")
        expect(link).to_be_visible()
        requests: list[str] = []
        page.context.on("request", lambda request: requests.append(request.url))
        link.click()
        page.wait_for_timeout(300)
        assert requests == []
        expect(link).to_be_visible()
        assert len(page.context.pages) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("part", ["page", "email", "card", "certificate"])
def test_preview_fits_and_is_accessible(
    chromium: Browser, laurel: Laurel, screenshots: Path, part: str, width: int, scheme: Scheme
) -> None:
    options = {"viewport": {"width": width, "height": 812}, "color_scheme": scheme}
    with console(chromium, laurel, HERE, **options) as (page, messages):
        page.get_by_label("Show").select_option(part)
        expect(page.get_by_role("status")).to_have_text("Preview updated.")
        page.locator(".branding").scroll_into_view_if_needed()
        page.screenshot(path=screenshots / f"branding-{part}-{width}-{scheme}.png")
        assert messages == []
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
