"""The snippet builder in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_pages import Scheme, open_page, violations
from tests.http.fake_laurel import Laurel


def builder(laurel: Laurel, query: str = "") -> str:
    return f"{laurel.base_url}{laurel.url('valid')}/embed{query}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_builder_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int, scheme: Scheme
) -> None:
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with open_page(chromium, builder(laurel), **options) as (page, messages):
        expect(page.frame_locator("iframe").get_by_text("Data analysis in practice")).to_be_visible()
        page.screenshot(path=screenshots / f"builder-{width}-{scheme}.png", full_page=True)
        assert messages == []
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_each_change_updates_code_and_preview_and_keeps_the_focus(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, builder(laurel)) as (page, messages):
        kind = page.get_by_label("Where will you use it?")
        kind.focus()
        kind.select_option("markdown")
        expect(page.get_by_role("status")).to_have_text("Preview and code updated.")
        assert page.get_by_role("textbox", name="Code to copy").input_value().startswith("[![")
        expect(page.locator(".preview img")).to_be_visible()
        expect(kind).to_be_focused()
        assert "kind=markdown" in page.url
        assert messages == []


def test_code_is_copied(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, builder(laurel, "?kind=rst"), permissions=["clipboard-read", "clipboard-write"]) as (
        page,
        _,
    ):
        page.get_by_role("button", name="Copy code").click()
        expect(page.get_by_role("status")).to_have_text("Code copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.get_by_role("textbox", name="Code to copy").input_value()


def test_builder_works_without_script(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, builder(laurel), java_script_enabled=False) as (page, _):
        page.get_by_label("Where will you use it?").select_option("email")
        page.get_by_label("Size").select_option("badge")
        page.get_by_role("button", name="Update preview").click()
        expect(page.get_by_role("textbox", name="Code to copy")).to_contain_text("@2x.png?size=badge")
        expect(page.get_by_role("button", name="Copy code")).to_be_hidden()
