"""Pages and widgets in Arabic, from right to left, and in Japanese, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from chalicelib.language.languages import direction
from tests.browser.opening import new_page
from tests.browser.test_widgets import opened, script, tag, website
from tests.browser.widths import Scheme, axe_violations, violations
from tests.http.fake_laurel import KINDS, Laurel, id_of

assert website  # a fixture
SHOWN = (("ar", "light"), ("ar", "dark"), ("ja", "light"))
"""Languages and colour schemes."""
PHONE = {"width": 375, "height": 800}
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = (
    *(f"/c/{id_of(kind)}" for kind in KINDS),
    f"/c/{id_of('valid')}/embed",
    "/",
    "/nowhere",
    "/sign-in",
    "/issuers/fernhill",
)


@pytest.mark.parametrize(("code", "scheme"), SHOWN)
def test_pages_fit_a_phone_without_violations(
    chromium: Browser, laurel: Laurel, screenshots: Path, code: str, scheme: Scheme
) -> None:
    with new_page(chromium, viewport=PHONE, color_scheme=scheme) as page:
        (achievement, *_) = laurel.issuer_store.achievements("fernhill")
        for path in (*PAGES, f"/achievements/{achievement.id}"):
            page.goto(f"{laurel.base_url}{path}?lang={code}")
            assert page.locator("html").get_attribute("lang") == code
            assert page.evaluate("() => getComputedStyle(document.body).direction") == direction(code)
            assert page.evaluate(TOO_WIDE) == 0, path
            name = path.strip("/").replace("/", "-") or "home"
            page.screenshot(path=screenshots / f"{code}-{scheme}-{name}.png", full_page=True)
            assert violations(page) == [], path


@pytest.mark.parametrize(("code", "scheme"), SHOWN)
def test_widgets_follow_the_language_of_the_page_around_them(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], screenshots: Path, code: str, scheme: Scheme
) -> None:
    frame = f'<iframe title="Frame" src="{laurel.base_url}/embed/{id_of("valid")}?lang={code}" width="320"></iframe>'
    body = f'<section lang="{code}">{tag(laurel, "valid")}<p>{tag(laurel, "revoked")}</p></section>{frame}'
    with opened(chromium, website, body + script(laurel), viewport=PHONE, color_scheme=scheme) as page:
        for badge in page.locator("laurel-badge").all():
            badge.scroll_into_view_if_needed()
            link = badge.locator("a.l")
            link.wait_for()
            assert (link.get_attribute("lang"), link.get_attribute("dir")) == (code, direction(code))
        assert page.evaluate(TOO_WIDE) == 0
        assert page.frame_locator("iframe").locator("html").get_attribute("lang") == code
        page.screenshot(path=screenshots / f"widget-{code}-{scheme}.png", full_page=True)
        assert axe_violations(page) == []
