"""Frames on light and dark websites in a real browser: transparent around their cards, and as high as them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from chalicelib.directory.profiles.published import Published
from chalicelib.embed.appearance import BOXES, Size, Theme
from chalicelib.embed.snippets import Kind, Look, frame, iframe, listener, snippet
from chalicelib.http.directory import credentials_frame
from chalicelib.http.directory.holder_view import open_holder
from chalicelib.http.embed.badge_of import badge_of
from tests.browser.opening import open_page
from tests.browser.test_profile import form_url, published, restored
from tests.browser.test_widgets import opened, website
from tests.browser.widths import Scheme
from tests.http.fake_laurel import Laurel, id_of

assert form_url
assert published
assert restored
assert website  # fixtures
GREEN = (0, 160, 0)
PAGES = {
    "light": "<style>body{margin:0;background:rgb(0,160,0)}</style>",
    "dark": "<style>:root{color-scheme:dark}body{margin:0;background:rgb(0,160,0)}</style>",
    "as-preferred": "<style>:root{color-scheme:light dark}body{margin:0;background:rgb(0,160,0)}</style>",
}
"""Websites by the colour scheme that they state, all with the same background."""
SHORT, LONG = "Welding, Level 2", "Welding, Level 2 and Surface Work of Long Bridges"


def corner(page: Page, selector: str = "iframe") -> tuple[int, ...]:
    """The colour of the outermost pixel of a frame, outside the rounded corner of its card."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    clip = {"x": box["x"], "y": box["y"], "width": 2, "height": 2}
    found = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB").getpixel((0, 0))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("site", PAGES)
@pytest.mark.parametrize("theme", Theme)
def test_a_frame_is_transparent_around_its_card(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], theme: Theme, site: str, scheme: Scheme
) -> None:
    view = badge_of(laurel.hosted_reports.open(id_of("valid"), None), laurel.base_url)
    body = PAGES[site] + frame(view, Look(theme=theme), laurel.base_url)
    with opened(chromium, website, body, color_scheme=scheme) as page:
        expect(page.frame_locator("iframe").locator(".t")).to_be_visible()
        assert corner(page) == GREEN


@pytest.mark.parametrize("theme", Theme)
def test_a_frame_without_the_style_of_the_code_is_transparent_on_a_light_website(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], theme: Theme
) -> None:
    """Some website builders remove styles."""
    url = f"{laurel.base_url}/embed/{id_of('valid')}?theme={theme}"
    body = f'{PAGES["light"]}<iframe frameborder="0" src="{url}"></iframe>'
    with opened(chromium, website, body, color_scheme="dark") as page:
        expect(page.frame_locator("iframe").locator(".t")).to_be_visible()
        assert corner(page) == GREEN


@pytest.mark.parametrize("site", ["light", "dark"])
@pytest.mark.parametrize("size", Size)
def test_the_credentials_frame_is_transparent_and_needs_no_scrolling(
    chromium: Browser,
    laurel: Laurel,
    website: tuple[Path, str],
    published: Published,
    screenshots: Path,
    size: Size,
    site: str,
) -> None:
    look = Look(size, Theme.DARK)
    shown = credentials_frame.frame_cards(open_holder(laurel, published.holder_id))
    code = iframe(
        credentials_frame.frame_url(published.holder_id, look, laurel.base_url),
        "Wall",
        credentials_frame.box(len(shown), size),
    )
    with opened(chromium, website, PAGES[site] + code, viewport={"width": 1280, "height": 800}) as page:
        expect(page.frame_locator("iframe").locator(".t").first).to_be_visible()
        page.screenshot(path=screenshots / f"credentials-frame-framed-{size}-{site}.png")
        assert corner(page) == GREEN
        inside, outside = page.frames[1].evaluate("[document.documentElement.offsetHeight, innerHeight]")
        assert outside - 40 <= inside <= outside


def test_the_script_gives_the_frame_its_height_on_a_phone_and_ignores_other_senders(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], published: Published, screenshots: Path
) -> None:
    code = iframe(
        credentials_frame.frame_url(published.holder_id, Look(), laurel.base_url),
        "Wall",
        credentials_frame.box(0, Size.CARD),
    )
    body = PAGES["light"] + listener(laurel.base_url) + code
    with opened(chromium, website, body, viewport={"width": 375, "height": 800}) as page:
        expect(page.frame_locator("iframe").locator(".t").first).to_be_visible()
        page.wait_for_function("document.querySelector('iframe').offsetHeight > 150")
        page.screenshot(path=screenshots / "credentials-frame-framed-375.png", full_page=True)
        inside, outside = page.frames[1].evaluate("[document.documentElement.offsetHeight, innerHeight]")
        assert inside == outside
        page.evaluate("postMessage({laurel: 'badge', height: 9999}, '*')")
        page.wait_for_timeout(200)
        assert page.locator("iframe").evaluate("frame => frame.offsetHeight") == outside


@pytest.mark.parametrize("size", [Size.COMPACT, Size.BADGE])
@pytest.mark.parametrize("title", [SHORT, LONG], ids=["short", "long"])
def test_a_small_widget_cuts_no_line_of_a_title_in_half(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], screenshots: Path, size: Size, title: str
) -> None:
    view = badge_of(laurel.hosted_reports.open(id_of("valid"), None), laurel.base_url)
    body = PAGES["light"] + frame(view, Look(size), laurel.base_url)
    with opened(chromium, website, body, viewport={"width": 375, "height": 600}) as page:
        inside = page.frame_locator("iframe")
        shown, checked = inside.locator(".t"), inside.locator(".d")
        shown.evaluate("(node, text) => { node.textContent = text }", title)
        checked.evaluate("node => { node.textContent = 'Checked 30 November 2026' }")
        page.screenshot(path=screenshots / f"{size}-title-{len(title)}.png")
        lines = shown.evaluate("node => node.clientHeight / parseFloat(getComputedStyle(node).lineHeight)")
        assert abs(lines - round(lines)) < 0.1
        edges = """node => {
          const text = document.createRange();
          text.selectNodeContents(node);
          const box = text.getBoundingClientRect();
          return [box.top, box.bottom];
        }"""
        assert shown.evaluate(edges)[0] >= 3
        assert checked.evaluate(edges)[1] <= BOXES[size].height - 3
        bottom = shown.evaluate("node => node.getBoundingClientRect().bottom")
        assert bottom <= checked.evaluate("node => node.getBoundingClientRect().top") + 0.1


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.EMAIL])
def test_an_image_fits_a_column_that_is_narrower(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], kind: Kind
) -> None:
    view = badge_of(laurel.hosted_reports.open(id_of("valid"), None), laurel.base_url)
    body = f'<div style="width:311px">{snippet(kind, view, Look(), laurel.base_url)}</div>'
    with opened(chromium, website, body, viewport={"width": 375, "height": 600}) as page:
        box = page.locator("img").bounding_box()
        assert box is not None
        assert box["width"] <= 311
        assert abs(box["width"] / box["height"] - 320 / 152) < 0.02


def test_what_the_builder_of_the_credentials_frame_says_is_on_the_screen(
    chromium: Browser, laurel: Laurel, published: Published, screenshots: Path
) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    url = f"{laurel.base_url}/holders/{published.holder_id}/embed"
    for width in (375, 1280):
        with open_page(chromium, url, permissions=permissions, viewport={"width": width, "height": 700}) as (page, _):
            # By key: the button moves when the preview takes the height of its content, and a click would miss it.
            page.get_by_role("button", name="Copy code").first.press("Enter")
            expect(page.locator("#copied").filter(has_text="Code copied.")).to_be_in_viewport(ratio=1)
            page.screenshot(path=screenshots / f"credentials-frame-builder-copied-{width}.png")
            page.evaluate("scrollTo(0, 0)")
            page.get_by_label("Size of each credential").select_option("compact")
            expect(page.locator("#said")).to_have_text("Preview and code updated.")
            expect(page.locator("#said")).to_be_in_viewport(ratio=1)
            page.screenshot(path=screenshots / f"credentials-frame-builder-{width}.png", full_page=True)
