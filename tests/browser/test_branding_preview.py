"""The preview of branding in a real browser: it follows the form, works without script, and stays in its frame."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.signed_in import console, member
from tests.browser.widths import assert_accessible_and_fits, violations
from tests.http.fake_laurel import Laurel, picture

HERE = "/console/fernhill/settings"
OWNER = "olu@fernhill.example"
PATIENCE = 30_000
"""Milliseconds that a preview may take: drawing one takes a second, or many on a busy machine."""
VALID = "This credential is genuine and valid."


@pytest.fixture(autouse=True)
def owner(laurel: Laurel) -> None:
    member(laurel, OWNER)


def shown(page: Page) -> FrameLocator:
    """The frame of the preview, and the document in it."""
    return page.frame_locator(".branding iframe:not([hidden])")


def document(page: Page) -> FrameLocator:
    return shown(page).frame_locator("iframe")


def seen(locator: Locator) -> None:
    """Wait until the preview shows ``locator``: drawing it takes seconds on a busy machine.

    Playwright stops waiting when the frame that it looks into is replaced by that of a newer preview.
    """
    try:
        expect(locator).to_be_visible(timeout=PATIENCE)
    except AssertionError as error:
        if "has been closed" not in str(error):
            raise
        expect(locator).to_be_visible(timeout=PATIENCE)


def updated(page: Page) -> None:
    """Wait until the newest preview is shown."""
    expect(page.get_by_role("status")).to_have_text("The result is shown below.", timeout=PATIENCE)


def test_preview_follows_the_form_without_saving_it(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE) as (page, messages):
        seen(document(page).get_by_role("heading", name=VALID))
        expect(page.get_by_role("button", name="Preview")).to_be_hidden()
        page.get_by_label("Description").fill("Teaches by the river.")
        seen(document(page).get_by_text("Teaches by the river."))
        page.get_by_label("Show", exact=True).select_option("Email to the holder")
        seen(document(page).get_by_text("Hello Sample Holder"))
        page.get_by_label("Button colour").fill("#ffd45e")
        seen(shown(page).get_by_text("the contrast is 1.41:1"))
        updated(page)
        expect(page.get_by_text("Preview updated.")).to_have_count(0)
        refused = "status of 422"
        assert [message for message in messages if refused not in message] == []
        assert laurel.issuer_store.issuer("fernhill").description != "Teaches by the river."


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_preview_opens_at_full_size_in_a_new_tab_without_saving(
    chromium: Browser, laurel: Laurel, screenshots: Path, *, script: bool
) -> None:
    before = laurel.issuer_store.issuer("fernhill")
    with console(chromium, laurel, HERE, java_script_enabled=script) as (page, _):
        page.get_by_label("Show", exact=True).select_option("certificate")
        page.get_by_label("Description").fill("Teaches by the river.")
        with page.context.expect_page(timeout=PATIENCE) as opened:
            page.get_by_role("button", name="Open at full size in a new tab").click()
        picture = opened.value.get_by_role("img", name="The certificate, with sample text.")
        seen(picture)
        opened.value.screenshot(path=screenshots / "branding-full-size.png")
        size = picture.bounding_box()
        assert size is not None
        assert size["width"] > 1000
    assert laurel.issuer_store.issuer("fernhill") == before


@pytest.mark.parametrize("width", [375, 1280])
def test_chosen_logo_is_kept_when_the_colour_is_refused(
    chromium: Browser, laurel: Laurel, screenshots: Path, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    options = {"viewport": {"width": width, "height": 812}}
    with console(chromium, laurel, HERE, **options) as (page, _):
        page.get_by_label("Logo", exact=True).set_input_files(file)
        page.get_by_label("Button colour").fill("#ffd45e")
        page.get_by_role("button", name="Save profile").click()
        expect(page.get_by_role("img", name="The logo that you chose, which is not saved yet")).to_be_visible()
        expect(page.get_by_label("Remove logo")).not_to_be_checked()
        expect(page.get_by_label("Or a logo URL")).to_have_value("")
        page.screenshot(path=screenshots / f"branding-logo-kept-{width}.png", full_page=True)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("part", ["page", "email"])
def test_wide_logo_is_40_pixels_high(chromium: Browser, laurel: Laurel, tmp_path: Path, part: str) -> None:
    """A logo of 600 by 200 pixels is 120 pixels wide, not a thin line in a square."""
    file = tmp_path / "logo.png"
    Image.new("RGB", (600, 200), "navy").save(file)
    with console(chromium, laurel, HERE) as (page, _):
        page.get_by_label("Logo", exact=True).set_input_files(file)
        page.get_by_label("Show", exact=True).select_option(part)
        updated(page)
        logo = document(page).locator(".issuer img" if part == "page" else "main p img").first
        seen(logo)
        # Repeated until it is so: each of the two changes loads the preview.
        expect(logo).to_have_js_property("offsetWidth", 120)
        expect(logo).to_have_js_property("offsetHeight", 40)


@pytest.mark.parametrize("part", ["page", "email", "card", "certificate"])
def test_preview_works_without_script(chromium: Browser, laurel: Laurel, part: str) -> None:
    with console(chromium, laurel, HERE, java_script_enabled=False) as (page, messages):
        page.get_by_label("Show", exact=True).select_option(part)
        page.get_by_role("button", name="Preview").click()
        seen(shown(page).get_by_text("Sample: not a real credential"))
        assert messages == []


def test_previews_do_not_fill_the_history(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE) as (page, _):
        before = page.evaluate("history.length")
        for part in ("email", "card", "page"):
            page.get_by_label("Show", exact=True).select_option(part)
            updated(page)
        seen(document(page).get_by_role("heading", name=VALID))
        assert page.evaluate("history.length") == before


def test_links_in_the_preview_lead_nowhere(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE) as (page, _):
        link = document(page).get_by_role("link", name="Fernhill College")
        seen(link)
        requests: list[str] = []
        page.context.on("request", lambda request: requests.append(request.url))
        link.click()
        page.wait_for_timeout(300)
        assert requests == []
        expect(link).to_be_visible()
        assert len(page.context.pages) == 1


@pytest.mark.parametrize("part", ["page", "email", "card", "certificate"])
def test_preview_fits_and_is_accessible(chromium: Browser, laurel: Laurel, screenshots: Path, part: str) -> None:
    with console(chromium, laurel, HERE) as (page, messages):
        page.get_by_label("Show", exact=True).select_option(part)
        updated(page)
        assert messages == []
        assert_accessible_and_fits(page, screenshots, f"branding-{part}")
