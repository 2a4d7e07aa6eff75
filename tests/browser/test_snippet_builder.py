"""The snippet builder in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.embed.appearance import BOXES, Size
from tests.browser.opening import open_page
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import Laurel


def builder(laurel: Laurel, query: str = "") -> str:
    return f"{laurel.base_url}{laurel.url('valid')}/embed{query}"


def test_builder_is_accessible_fits_and_logs_nothing(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with open_page(chromium, builder(laurel)) as (page, messages):
        expect(page.frame_locator("iframe").get_by_text("Data analysis in practice")).to_be_visible()
        assert messages == []
        assert_accessible_and_fits(page, screenshots, "builder")


def test_each_change_updates_code_and_preview_and_keeps_the_focus(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, builder(laurel)) as (page, messages):
        kind = page.get_by_label("Where will you use it?")
        kind.focus()
        kind.select_option("markdown")
        expect(page.locator("#said")).to_have_text("Preview and code updated.")
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
        expect(page.locator("#copied")).to_have_text("Code copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.get_by_role("textbox", name="Code to copy").input_value()


def test_builder_works_without_script(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, builder(laurel), java_script_enabled=False) as (page, _):
        page.get_by_label("Where will you use it?").select_option("email")
        page.get_by_label("Size").select_option("badge")
        page.get_by_role("button", name="Update preview").click()
        expect(page.get_by_role("textbox", name="Code to copy")).to_contain_text("@2x.png?size=badge")
        expect(page.get_by_role("button", name="Copy code")).to_be_hidden()


def code(page: Page) -> str:
    return page.get_by_role("textbox", name="Code to copy").input_value()


@pytest.mark.parametrize("kind", ["script", "frame", "image", "markdown", "rst", "email"])
def test_size_colours_and_language_change_the_code_and_the_preview_of_every_kind(
    chromium: Browser, laurel: Laurel, kind: str
) -> None:
    with open_page(chromium, builder(laurel, f"?kind={kind}")) as (page, messages):
        default = code(page)
        page.get_by_label("Size").select_option("badge")
        expect(page.locator("#result")).not_to_have_attribute("inert", "")
        page.get_by_label("Colours").select_option("dark")
        expect(page.get_by_role("textbox", name="Code to copy")).to_contain_text("dark")
        page.get_by_role("combobox", name="Language").select_option("Deutsch")
        expect(page.get_by_role("textbox", name="Code to copy")).to_contain_text(re.compile('lang="?de'))
        assert "badge" in code(page)
        assert code(page) != default
        preview = page.locator(".preview :is(iframe, img)")
        assert (preview.get_attribute("src") or "").endswith("?size=badge&theme=dark&lang=de")
        box, expected = preview.bounding_box(), BOXES[Size.BADGE]
        assert box is not None
        assert (box["width"], box["height"]) == (expected.width, expected.height)
        replaced = "failed: "  # the images of a frame that was replaced while it loaded
        assert [message for message in messages if not message.startswith(replaced)] == []


def test_builder_is_used_with_the_keyboard_alone(chromium: Browser, laurel: Laurel) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with open_page(chromium, builder(laurel, "?kind=markdown"), permissions=permissions) as (page, _):
        page.get_by_role("link", name="What Laurel stores, and for how long").focus()
        for label, key, value in (
            ("Where will you use it?", "ArrowDown", "rst"),
            ("Size", "ArrowDown", "compact"),
            ("Colours", "ArrowDown", "light"),
            ("Language", "ArrowDown", "en"),
        ):
            page.keyboard.press("Tab")
            expect(page.get_by_role("combobox", name=label)).to_be_focused()
            page.keyboard.press(key)
            expect(page.get_by_role("combobox", name=label)).to_have_value(value)
            expect(page.locator("#said")).to_have_text("Preview and code updated.")
            expect(page.get_by_role("combobox", name=label)).to_be_focused()
            expect(page.locator("#result")).not_to_have_attribute("inert", "")
        page.keyboard.press("Tab")
        expect(page.locator(".preview a")).to_be_focused()  # the preview is a link, as the badge will be
        page.keyboard.press("Tab")
        expect(page.get_by_role("textbox", name="Code to copy")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Copy code")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#copied")).to_have_text("Code copied.")
        assert page.evaluate("navigator.clipboard.readText()") == code(page)
        assert code(page).startswith(".. image::")


@pytest.mark.parametrize(("kind", "role"), [("frame", "iframe"), ("image", "img")])
def test_screen_reader_hears_what_the_builder_offers_and_what_changed(
    chromium: Browser, laurel: Laurel, kind: str, role: str
) -> None:
    with open_page(chromium, builder(laurel, f"?kind={kind}")) as (page, _):
        for label in ("Where will you use it?", "Size", "Colours", "Language"):
            expect(page.get_by_role("combobox", name=label, exact=True)).to_be_visible()
        preview = page.get_by_role("group", name="Preview")
        if role == "img":
            name = "Data analysis in practice. Issued by Fernhill College. Verify this credential."
            expect(preview.get_by_role("img", name=name)).to_be_visible()
        else:
            expect(preview.locator("iframe")).to_have_attribute("title", "Preview")
        status = page.get_by_role("status").first
        expect(status).to_have_attribute("id", "said")
        page.get_by_label("Size").select_option("compact")
        expect(status).to_have_text("Preview and code updated.")


@pytest.mark.parametrize("width", [375, 1280])
def test_what_the_builder_says_covers_and_moves_nothing(chromium: Browser, laurel: Laurel, width: int) -> None:
    overlaps = """said => {
      const own = said.getBoundingClientRect();
      const parts = "main :is(select, iframe, textarea, button, h2, p:not(.said))";
      return [...document.querySelectorAll(parts)]
        .filter(node => {
          const box = node.getBoundingClientRect();
          return box.left < own.right && own.left < box.right && box.top < own.bottom && own.top < box.bottom;
        }).map(node => node.outerHTML.slice(0, 80));
    }"""
    permissions = ["clipboard-read", "clipboard-write"]
    viewport = {"width": width, "height": 812}
    with open_page(chromium, builder(laurel), permissions=permissions, viewport=viewport) as (page, _):
        top = "document.getElementById('preview').getBoundingClientRect().top + scrollY"
        before = page.evaluate(top)
        page.get_by_label("Colours").select_option("dark")
        said = page.locator("#said")
        expect(said).to_have_text("Preview and code updated.")
        expect(said).to_be_in_viewport(ratio=1)
        assert said.evaluate(overlaps) == []
        assert page.evaluate(top) == before
        page.get_by_role("button", name="Copy code").click()
        copied = page.locator("#copied")
        expect(copied).to_have_text("Code copied.")
        expect(copied).to_be_in_viewport(ratio=1)
        assert copied.evaluate(overlaps) == []


def test_failed_update_is_announced_and_the_old_code_cannot_be_copied(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, builder(laurel)) as (page, _):
        page.route("**/embed?**", lambda route: route.abort())
        page.get_by_label("Size").select_option("compact")
        expect(page.locator("#said")).to_have_text("The preview could not be updated. Try again.")
        expect(page.locator("#result")).to_have_attribute("inert", "")
