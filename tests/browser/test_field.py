"""The home page's form in a real browser without script: paste, drag and drop, and keyboard."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import makers
from tests.browser.opening import open_page
from tests.browser.widths import ON_A_LAPTOP, ON_A_PHONE, assert_accessible
from tests.http.fake_laurel import Laurel, id_of
from tests.http.public.test_home import at_domain
from tests.http.public.test_pages import HEADLINES, UNPROVEN
from tests.http.senders import external_credential

FIELD = "Paste a link to the credential, or the credential itself"
FILE = "Or upload a file"
REFUSED = (
    "error: Failed to load resource: the server responded with a status of "
    f"422 ({HTTPStatus.UNPROCESSABLE_ENTITY.phrase})"  # differs between Python versions
)
"""The message that Chromium logs for a page with status 422."""
WIDTHS = pytest.mark.parametrize("width", [375, 1280])


def context_options(width: int) -> dict[str, object]:
    return {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}


def paste(page: Page, text: str) -> None:
    page.get_by_label(FIELD).fill(text)
    page.get_by_role("button", name="Check credential").click()


@ON_A_PHONE
def test_pasted_credential_is_verified(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    with open_page(chromium, f"{laurel.base_url}/", **context_options(width)) as (page, messages):
        paste(page, laurel.issuer_store.record(id_of("valid")).document.decode())
        expect(page.get_by_role("heading", name=HEADLINES["valid"])).to_be_visible()
        expect(page.get_by_text("Ada Nwosu")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"submitted-valid-{width}.png")
        assert messages == []


@ON_A_LAPTOP
@pytest.mark.parametrize("kind", ["did-key", "domain", "tampered"])
def test_credential_of_another_issuer_is_verified(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int, kind: str
) -> None:
    source = (
        at_domain(laurel, "did:web:riverside.example") if kind == "domain" else makers.as_bytes(external_credential())
    )
    source = source.replace(b"Ada Nwosu", b"Eve Malory") if kind == "tampered" else source
    with open_page(chromium, f"{laurel.base_url}/", **context_options(width)) as (page, messages):
        paste(page, source.decode())
        headline = HEADLINES["tampered"] if kind == "tampered" else UNPROVEN
        expect(page.get_by_role("heading", name=headline)).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"submitted-{kind}-{width}.png")
        assert messages == []


@WIDTHS
def test_dropped_file_is_verified(
    chromium: Browser, laurel: Laurel, screenshots: Path, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "a badge of mine.json"
    file.write_bytes(laurel.issuer_store.record(id_of("suspended")).document)
    with open_page(chromium, f"{laurel.base_url}/", **context_options(width)) as (page, messages):
        box = page.get_by_label(FILE).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        drop(page, box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, file)
        page.screenshot(path=screenshots / f"home-dropped-{width}.png", full_page=True)
        page.get_by_role("button", name="Check credential").click()
        expect(page.get_by_role("heading", name=HEADLINES["suspended"])).to_be_visible()
        assert messages == []


def drop(page: Page, x: float, y: float, file: Path) -> None:
    """Drag ``file`` from the desktop onto the page."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})


@ON_A_PHONE
def test_invalid_text_is_reported_and_kept(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    with open_page(chromium, f"{laurel.base_url}/", **context_options(width)) as (page, messages):
        paste(page, "my certificate </textarea> please")
        expect(page.get_by_text("No credential found.", exact=True)).to_be_visible()
        assert page.get_by_label(FIELD).input_value() == "my certificate </textarea> please"
        assert page.get_by_label(FIELD).evaluate("field => field === document.activeElement")
        assert_accessible(chromium, page, screenshots / f"home-no-credential-{width}.png")
        paste(page, laurel.issuer_store.record(id_of("revoked")).document.decode())
        expect(page.get_by_role("heading", name=HEADLINES["revoked"])).to_be_visible()
        assert messages == [REFUSED]


@ON_A_LAPTOP
def test_laurel_link_opens_its_credential_page(chromium: Browser, laurel: Laurel, width: int) -> None:
    with open_page(chromium, f"{laurel.base_url}/", **context_options(width)) as (page, messages):
        paste(page, f"{laurel.base_url}{laurel.url('revoked')}\n")
        expect(page.get_by_role("heading", name=HEADLINES["revoked"])).to_be_visible()
        expect(page).to_have_url(f"{laurel.base_url}{laurel.url('revoked')}")
        assert messages == []


def test_form_is_submitted_by_keyboard(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, f"{laurel.base_url}/", **context_options(1280)) as (page, messages):
        for _ in range(6):  # past the skip link and the navigation
            page.keyboard.press("Tab")
        page.keyboard.insert_text(laurel.issuer_store.record(id_of("expired")).document.decode())
        for _ in range(2):  # past the file input
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        # Unlike a click, a key press does not wait for the response.
        page.get_by_role("heading", name=HEADLINES["expired"]).wait_for()
        assert messages == []


def test_form_cannot_be_submitted_to_another_origin(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, f"{laurel.base_url}/") as (page, messages):
        with page.expect_console_message():
            page.evaluate("document.forms[0].action = 'https://evil.example/'; document.forms[0].submit()")
        assert page.url == f"{laurel.base_url}/"
        assert "form-action" in " ".join(messages)


@ON_A_PHONE
def test_several_credentials_are_shown_on_one_page(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    external = makers.as_bytes(external_credential()).decode()
    links = [f"{laurel.base_url}{laurel.url(kind)}" for kind in ("valid", "revoked")]
    with open_page(chromium, f"{laurel.base_url}/", **context_options(width)) as (page, messages):
        paste(page, "\n".join([*links, external, '{"hello": "there"}']))
        expect(page.get_by_role("heading", name="Results for 4 credentials")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"several-{width}.png")
        page.get_by_role("button", name="Show all of this result").first.click()
        expect(page.get_by_role("heading", name=UNPROVEN)).to_be_visible()
        assert messages == []
