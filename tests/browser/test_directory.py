"""The search of the directory in a real browser, with and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.directory.profiles.profile import Details, OpenTo
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.writing import updates
from tests.browser.keyboard import press_until
from tests.browser.opening import open_page
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import NOW, Laurel, id_of


@pytest.fixture(autouse=True)
def people(laurel: Laurel) -> Iterator[None]:
    """A dozen people; removed afterwards, because all browser tests of a process share ``laurel``."""
    store = laurel.profile_store
    for number in range(12):
        details = Details(
            f"Ada Nwosu-Oyelaran the {number}th of the Upper River Valley",
            "Analyst who turns the numbers of a river into decisions " * 2,
            "Lagos, Nigeria",
            ("en", "ig"),
            open_to=(OpenTo.MENTORING,),
        )
        shown = (id_of("valid"),) if number else ()
        made = Published(chr(97 + number) * 26, details, shown, indexed=False, since=NOW, expires_at=None)
        store.public[made.holder_id] = made
    holders = list(store.public)
    updates.update(laurel.listing_updates, holders)
    yield
    store.public.clear()
    updates.update(laurel.listing_updates, holders)


def test_the_page_is_accessible_fits_and_logs_nothing(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    for name, query in {"all": "", "found": "?q=pythn&place=Nigeria", "none": "?q=nobody", "bad": "?sort=age"}.items():
        with open_page(chromium, f"{laurel.base_url}/directory{query}") as (page, messages):
            assert [one for one in messages if "400" not in one] == []
            assert_accessible_and_fits(page, screenshots, f"directory-{name}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_search_is_narrowed_and_continued_by_keyboard_and_form(
    chromium: Browser, laurel: Laurel, script: bool
) -> None:
    with open_page(chromium, f"{laurel.base_url}/directory", java_script_enabled=script) as (page, _):
        page.get_by_label("Name, skill or achievement").fill("ada")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="12 people")).to_be_visible()
        page.get_by_role("link", name="Next page").click()
        expect(page.locator(".people > li")).to_have_count(2)
        page.get_by_text("Filters").click()
        assert page.get_by_label("Name, skill or achievement").input_value() == "ada"
        page.get_by_role("link", name="Clear the search").click()
        page.get_by_text("Filters").click()
        page.locator("summary", has_text="Skill").click()
        page.get_by_label("Python").check()
        page.get_by_role("button", name="Search").last.click()
        expect(page.get_by_role("heading", name="11 people")).to_be_visible()
        expect(page.get_by_text("Matches: ").first).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
def test_the_number_of_people_is_on_the_first_screen_when_a_filter_is_chosen(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    url = f"{laurel.base_url}/directory?q=python&place=Nigeria"
    with open_page(chromium, url, viewport={"width": width, "height": 812}) as (page, _):
        expect(page.get_by_role("heading", name="11 people")).to_be_in_viewport(ratio=1)
        page.screenshot(path=screenshots / f"directory-chosen-{width}.png")
        page.get_by_role("link", name="Remove Place: Nigeria").click()
        expect(page.get_by_role("list", name="Chosen filters")).to_have_count(0)


@pytest.fixture
def own_directory(laurel: Laurel) -> Iterator[str]:
    """The path of the issuer's own directory, which is switched on for the test."""
    issuers = laurel.issuer_store._issuers
    before = issuers["fernhill"]
    branding = {"accent": "#0b55a0", "font": "serif", "footer": "River Street 1"}
    issuers["fernhill"] = replace(before, directory="yes", **branding)  # type: ignore[arg-type] # all are texts
    yield "/issuers/fernhill/directory"
    issuers["fernhill"] = before


def test_the_directory_of_an_issuer_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, own_directory: str
) -> None:
    paths = {"page": own_directory, "frame": f"/embed{own_directory}", "builder": f"{own_directory}/embed"}
    for name, path in paths.items():
        with open_page(chromium, f"{laurel.base_url}{path}") as (page, messages):
            assert messages == []
            assert_accessible_and_fits(page, screenshots, f"issuer-directory-{name}")


def test_people_and_screen_readers_do_not_find_the_decoy(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, f"{laurel.base_url}/directory") as (page, _):
        decoy = page.locator('a[href*="/directory/listings/"]')
        expect(decoy).to_have_count(1)
        expect(decoy).not_to_be_visible()
        assert "Do not open this link" not in page.locator("body").aria_snapshot()
        for _ in range(80):
            page.keyboard.press("Tab")
            assert "/listings/" not in (page.evaluate("document.activeElement.getAttribute('href')") or "")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_someone_without_a_mouse_finds_and_opens_a_person(chromium: Browser, laurel: Laurel, script: bool) -> None:
    with open_page(chromium, f"{laurel.base_url}/directory", java_script_enabled=script) as (page, _):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        press_until(page, "Tab", page.get_by_role("searchbox", name="Name, skill or achievement"))
        page.keyboard.type("ada")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="12 people")).to_be_visible()
        for closed in (page.locator("summary", has_text="Filters"), page.locator("summary", has_text="Skill")):
            press_until(page, "Tab", closed)
            page.keyboard.press("Enter")
        press_until(page, "Tab", page.get_by_role("checkbox", name="Python"))
        page.keyboard.press("Space")
        press_until(page, "Tab", page.get_by_role("button", name="Search").last)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="11 people")).to_be_visible()
        person = page.get_by_role("link", name="Ada Nwosu-Oyelaran").first
        press_until(page, "Tab", person)
        outline = person.evaluate("node => getComputedStyle(node).outlineStyle")
        assert outline != "none"
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Nwosu-Oyelaran")


def test_a_screen_reader_names_everything_on_the_page(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, f"{laurel.base_url}/directory?q=python&place=Nigeria") as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(row => { row.open = true })")
        read = page.locator("body").aria_snapshot()
    for expected in (
        'searchbox "Name, skill or achievement": python', 'heading "11 people"', 'link "Remove Place: Nigeria"',
        'list "Chosen filters"', 'group "Skill"', 'checkbox "Python', 'combobox "Sort by"', 'link "Next page"',
    ):  # fmt: skip
        assert expected in read
    controls = "link|button|checkbox|combobox|textbox|searchbox|heading|img"
    assert re.findall(rf"- (?:{controls})(?: \[.*?\])?:?$", read, re.MULTILINE) == []
