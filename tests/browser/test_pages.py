"""The public pages in a real browser: no console messages, no axe-core violations, nothing cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chalicelib.credential.build import Holder
from tests import makers
from tests.browser.broken_words import broken_words
from tests.browser.opening import open_page
from tests.browser.widths import WIDTHS, assert_accessible_and_fits, violations
from tests.http.fake_laurel import Laurel, hostile
from tests.http.public.test_pages import EVIL, HEADLINES, UNPROVEN

KINDS_OF_PAGES = ("valid", "revoked", "tampered", "unreachable_status", "suspended", "home", "docs", "missing")
MISSING = "error: Failed to load resource: the server responded with a status of 404 (Not Found)"
"""The message that Chromium logs for a page with status 404."""


def page_url(laurel: Laurel, kind: str) -> str:
    """The URL of one kind of page."""
    return laurel.base_url + ({"home": "/", "docs": "/docs", "missing": "/c/nothing"}.get(kind) or laurel.url(kind))


@pytest.mark.parametrize("kind", KINDS_OF_PAGES)
def test_page_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, kind: str
) -> None:
    with open_page(chromium, page_url(laurel, kind)) as (page, messages):
        assert messages == ([MISSING] if kind == "missing" else [])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 812})
            assert broken_words(page) == []
        assert_accessible_and_fits(page, screenshots, kind)


@pytest.mark.parametrize("kind", ["valid", "revoked", "tampered"])
def test_verdict_is_above_the_fold_on_a_small_phone(chromium: Browser, laurel: Laurel, kind: str) -> None:
    with open_page(chromium, page_url(laurel, kind), viewport={"width": 320, "height": 480}) as (page, _):
        box = page.get_by_role("heading", level=1, name=HEADLINES[kind]).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 480
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_valid_credential_is_above_the_fold_and_short_on_a_phone(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid"), viewport={"width": 375, "height": 812}) as (page, _):
        for shown in (
            page.locator(".brand").get_by_text("Fernhill College"),
            page.get_by_role("heading", level=1, name=HEADLINES["valid"]),
            page.get_by_role("img", name="A bar chart"),
            page.get_by_text("Ada Nwosu", exact=True),
            page.get_by_role("heading", name="Data analysis in practice"),
            page.get_by_role("link", name="Fernhill College"),
        ):
            box = shown.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 812
        assert page.evaluate("document.documentElement.scrollHeight") <= 2000


def test_printed_page_shows_all_checks(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid")) as (page, _):
        sentences = page.locator(".checks .sentence")
        assert sentences.count() == 10
        expect(sentences.first).to_be_hidden()
        page.emulate_media(media="print")
        for sentence in sentences.all():
            expect(sentence).to_be_visible()
        expect(page.get_by_text("Was it issued to this person?")).to_be_hidden()


def test_page_fits_when_text_is_twice_as_large(chromium: Browser, laurel: Laurel) -> None:
    # 200% zoom halves the width of the viewport (WCAG 1.4.4): of a desktop and of a phone.
    for width in (640, 188):
        with open_page(chromium, page_url(laurel, "unreachable_status"), viewport={"width": width, "height": 400}) as (
            page,
            _,
        ):
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_page_is_complete_without_script(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid"), java_script_enabled=False) as (page, messages):
        expect(page.get_by_role("heading", name=HEADLINES["valid"])).to_be_visible()
        expect(page.get_by_text("Ada Nwosu")).to_be_visible()
        page.get_by_text("8 checks passed").click()
        row = page.locator("details.check").nth(6)
        expect(row.get_by_text("SHA-256").first).to_be_hidden()
        row.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(row.get_by_text("SHA-256").first).to_be_visible()
        assert messages == []


def test_printed_page_expands_its_evidence_in_black_on_white(
    chromium: Browser, laurel: Laurel, screenshots: Path
) -> None:
    with open_page(chromium, page_url(laurel, "revoked"), color_scheme="dark") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        page.screenshot(path=screenshots / "revoked-print.png", full_page=True)
        expect(page.get_by_text("SHA-256").first).to_be_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.verdict')).color") == "rgb(0, 0, 0)"
        expect(page.get_by_text(f"{laurel.base_url}{laurel.url('revoked')}").last).to_be_visible()


def test_page_has_no_animations(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid")) as (page, _):
        assert page.evaluate("document.getAnimations().length") == 0


def test_right_to_left_names_are_laid_out_correctly(chromium: Browser, laurel: Laurel) -> None:
    arabic = replace(makers.ACHIEVEMENT, name="تحليل البيانات", description="وصف باللغة العربية")
    hostile(laurel, makers.unsigned(achievement=arabic, holder=Holder("سارة الأحمد")), "r" * 26)
    with open_page(chromium, f"{laurel.base_url}/c/{'r' * 26}", viewport={"width": 375, "height": 812}) as (
        page,
        messages,
    ):
        title = page.get_by_role("heading", name="تحليل البيانات")
        assert title.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert messages == []
        assert violations(page) == []


@pytest.mark.parametrize("evil", EVIL[:6], ids=repr)
def test_hostile_credential_executes_no_script(chromium: Browser, laurel: Laurel, evil: str) -> None:
    achievement = replace(makers.ACHIEVEMENT, name=evil, description=evil, criteria=evil, image_alt=evil)
    hostile(laurel, makers.unsigned(achievement=achievement, holder=Holder(evil)), "x" * 26)
    with open_page(chromium, f"{laurel.base_url}/c/{'x' * 26}") as (page, messages):
        expect(page.get_by_role("heading", name=UNPROVEN)).to_be_visible()
        page.wait_for_timeout(100)
        assert messages == []


def frame_content(page: Page, url: str) -> str:
    """The content of a frame that loads ``url``."""
    with page.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
        page.set_content(f'<iframe src="{url}"></iframe>')
    return page.frames[-1].content()


def test_page_cannot_be_framed(chromium: Browser, laurel: Laurel) -> None:
    def without_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": ""})

    with open_page(chromium, "about:blank") as (page, _):
        assert HEADLINES["valid"] not in frame_content(page, page_url(laurel, "valid"))
        page.route("**/c/*", without_policy)
        assert HEADLINES["valid"] in frame_content(page, page_url(laurel, "valid")), "only the policy forbids it"


def test_axe_core_reports_violations(chromium: Browser, laurel: Laurel) -> None:
    """The checks above can fail: axe-core reports defects that are added to a page."""
    with open_page(chromium, page_url(laurel, "valid")) as (page, _):
        page.evaluate("document.querySelector('h2').style.color = '#ddd';")
        page.evaluate("document.querySelector('img').removeAttribute('alt')")
        found = " ".join(violations(page))
        assert "color-contrast" in found
        assert "image-alt" in found


def test_badge_image_is_loaded(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid")) as (page, _):
        assert page.evaluate("document.querySelector('img').naturalWidth") == 64


def test_header_stays_in_place_between_the_home_page_and_sign_in(chromium: Browser, laurel: Laurel) -> None:
    boxes = []
    for path in ("/", "/sign-in"):
        with open_page(chromium, laurel.base_url + path, viewport={"width": 1280, "height": 812}) as (page, _):
            boxes.append([page.locator(name).bounding_box() for name in (".wordmark", ".top-navigation")])
    assert boxes[0][0] == boxes[1][0]
    assert [box and box["y"] for box in boxes[0]] == [box and box["y"] for box in boxes[1]]


@pytest.mark.parametrize("width", [320, 375])
def test_commands_scroll_inside_their_box(chromium: Browser, laurel: Laurel, width: int) -> None:
    for path in ("/", laurel.url("valid")):
        options = {"viewport": {"width": width, "height": 812}}
        with open_page(chromium, laurel.base_url + path, **options) as (page, _):
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            box = page.get_by_role("region", name="Commands")
            lines = len(box.inner_text().strip().splitlines())
            height = "(one) => one.querySelector('code').getBoundingClientRect().height"
            line_height = "(one) => parseFloat(getComputedStyle(one).lineHeight)"
            assert box.evaluate(height) <= box.evaluate(line_height) * (lines + 0.5)
            assert box.evaluate("(one) => one.scrollWidth > one.clientWidth")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
