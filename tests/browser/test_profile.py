"""A holder's profile in a real browser: the form, the public page, the credentials frame and the code to embed it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.delivery.links import Purpose
from chalicelib.directory.profiles.published import Published
from tests.browser.opening import open_page
from tests.browser.signed_in import console
from tests.browser.widths import SCHEMES, assert_accessible_and_fits, axe_violations, too_wide
from tests.http.fake_laurel import Laurel, id_of

EMAIL = "ada@example.org"
VIEWS = {"page": "/holders/{}", "credentials-frame-builder": "/holders/{}/embed"}
PRINTED = 657
"""Width of A4 without margins of 18 mm, in CSS pixels."""
FRAMES = ("", "?theme=dark&size=compact", "?theme=light&size=badge")


@pytest.fixture(autouse=True)
def restored(laurel: Laurel) -> Iterator[None]:
    """Undo what a test stored: all browser tests of a process share ``laurel``."""
    yield
    store = laurel.profile_store
    for items in (store.profiles, store.ledgers, store.public, store.recruiters):
        items.clear()  # type: ignore[attr-defined]


@pytest.fixture
def form_url(laurel: Laurel) -> str:
    """The page of the holder's profile, by a link that the holder requested."""
    url, link = laurel.delivery_context.link(Purpose.MY, EMAIL)
    laurel.delivery_store.add_links((link,))
    return f"{url}/profile"


@pytest.fixture
def published(chromium: Browser, laurel: Laurel, form_url: str) -> Published:
    """A profile that the holder filled in and published, with all valid credentials."""
    with open_page(chromium, form_url) as (page, _):
        page.get_by_label("Name", exact=True).fill("Ada Nwosu-Oyelaran of the Upper River Valley")
        page.get_by_label("Headline").fill("Analyst who turns the numbers of a river into decisions " * 2)
        page.get_by_label("Place").fill("Lagos, Nigeria")
        page.get_by_label("Links").fill("https://portfolio.example/ada/" + "long" * 20 + "\nhttps://code.example/ada")
        page.get_by_text("Selected: 0").click()
        page.get_by_label("Igbo").check()
        page.get_by_label("Mentoring").check()
        for field in page.locator("select[name^=see_]").all():
            field.select_option("everyone")
        page.get_by_label("Show all my valid credentials").check()
        page.get_by_label("I want a public profile").check()
        page.get_by_role("button", name="Publish profile").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_text("Your profile is published")).to_be_visible()
    (found,) = laurel.profile_store.public.values()
    return found


def test_pages_are_accessible_fit_and_log_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, form_url: str, published: Published
) -> None:
    shown = {name: laurel.base_url + path.format(published.holder_id) for name, path in VIEWS.items()}
    for name, url in {**shown, "form": form_url}.items():
        with open_page(chromium, url) as (page, messages):
            assert messages == []
            assert_accessible_and_fits(page, screenshots, f"profile-{name}")


def test_the_page_for_people_who_have_signed_in_is_accessible_and_fits(
    chromium: Browser, laurel: Laurel, screenshots: Path, form_url: str, published: Published
) -> None:
    with open_page(chromium, form_url) as (page, _):
        page.locator("#see-place").select_option("recruiters")
        page.get_by_role("button", name="Save profile").click()
        expect(page.get_by_label("Link for people who sign in")).to_be_visible()
        assert_accessible_and_fits(page, screenshots, "profile-form-recruiters")
    path = f"/holders/{published.holder_id}"
    with open_page(chromium, f"{laurel.base_url}{path}") as (page, messages):
        assert "Lagos" not in page.content()
        assert_accessible_and_fits(page, screenshots, "profile-more")
        page.get_by_role("link", name="Sign in to see more").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert messages == []
    with console(chromium, laurel, f"{path}/more") as (page, messages):
        expect(page.get_by_text("Lagos, Nigeria")).to_be_visible()
        assert_accessible_and_fits(page, screenshots, "profile-recruiters")
        assert messages == []


def test_the_credentials_frame_is_accessible_and_fits(
    chromium: Browser, laurel: Laurel, screenshots: Path, published: Published
) -> None:
    for number, query in enumerate(FRAMES):
        with open_page(chromium, f"{laurel.base_url}/embed/holders/{published.holder_id}{query}") as (page, _):
            for scheme, width in product(SCHEMES, (320, 1280)):
                page.emulate_media(color_scheme=scheme)
                assert too_wide(page, width) == []
                page.screenshot(path=screenshots / f"profile-credentials-frame-{number}-{width}-{scheme}.png")
                assert axe_violations(page) == []


def test_the_form_works_without_script_and_by_keyboard(chromium: Browser, laurel: Laurel, form_url: str) -> None:
    with open_page(chromium, form_url, java_script_enabled=False) as (page, _):
        page.get_by_label("Name", exact=True).fill("Ada")
        page.get_by_label("I want a public profile").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.get_by_role("button", name="Unpublish profile").click()
        expect(page.get_by_text("Profile unpublished. No one else can see it.")).to_be_visible()
    assert laurel.profile_store.public == {}


def test_the_credentials_frame_tells_its_height_to_the_page_around_it(
    chromium: Browser, laurel: Laurel, published: Published
) -> None:
    with open_page(chromium, f"{laurel.base_url}/holders/{published.holder_id}/embed") as (page, messages):
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Data analysis in practice").first).to_be_visible()
        page.get_by_label("Size of each credential").select_option("badge")
        expect(page.locator("#said")).to_have_text("Preview and code updated.")
        assert "size=badge" in page.get_by_role("textbox", name="Code to copy").input_value()
        assert messages == []


def test_the_page_prints_as_a_resume(
    chromium: Browser, laurel: Laurel, screenshots: Path, published: Published
) -> None:
    """Black on white, without controls, and with the address of each credential: paper has no links."""
    with open_page(chromium, f"{laurel.base_url}/holders/{published.holder_id}") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        assert too_wide(page, PRINTED) == []
        page.screenshot(path=screenshots / "profile-print.png", full_page=True)
        for control in ("Show these credentials on a website", "Save", "Verify", "Español"):
            expect(page.get_by_role("link", name=control, exact=True)).to_have_count(0)
        expect(page.get_by_text(f"{laurel.base_url}/c/{id_of('valid')}")).to_be_visible()
        expect(page.get_by_text(f"{laurel.base_url}/holders/{published.holder_id}", exact=True)).to_be_visible()
        for part in (".cards > li", ".profile .plain > li", ".profile dl > div"):
            expect(page.locator(part).first).to_have_css("break-inside", "avoid")
        expect(page.get_by_role("heading", level=1)).to_have_css("color", "rgb(0, 0, 0)")
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_the_form_for_a_lost_link_is_accessible_fits_and_works_without_script(
    chromium: Browser, laurel: Laurel, screenshots: Path
) -> None:
    url = f"{laurel.base_url}/c/{id_of('valid')}"
    with open_page(chromium, url) as (page, messages):
        page.get_by_role("link", name="Is this your credential?").click()
        assert messages == []
        assert_accessible_and_fits(page, screenshots, "lost-link")
    with open_page(chromium, f"{url}/holder", java_script_enabled=False) as (page, _):
        page.get_by_label("Your email address").fill("someone@example.org")
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
