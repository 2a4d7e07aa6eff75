"""Text that is not lost, in a real browser: after the session ended, beside a large file, and when two people edit."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from chalicelib.access import sessions
from chalicelib.award.bulk import dry_run
from chalicelib.award.bulk.bulk_issuer import Upload
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.http.input import form
from tests.browser.signed_in import console
from tests.browser.test_console import OWNER, people
from tests.browser.widths import ON_A_LAPTOP, ON_A_PHONE, assert_accessible
from tests.http.fake_laurel import Laurel

NEW = "/console/fernhill/achievements/new"

__all__ = ["people"]


def sign_in_elsewhere(laurel: Laurel, page: Page) -> None:
    """Give the browser a new session, as signing in in another tab does."""
    _, cookie = sessions.sign_in(laurel.access_context, OWNER)
    page.context.add_cookies([{"name": "laurel_session", "value": cookie, "url": laurel.base_url}])


@ON_A_PHONE
def test_text_survives_the_end_of_the_session(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    name = f"Welding {width}"
    with console(chromium, laurel, NEW, **options) as (page, _):
        page.get_by_label("Name", exact=True).first.fill(name)
        page.get_by_label("Description", exact=True).fill("First line\nSecond line")
        page.get_by_label("Criteria", exact=True).fill("Weld under water.")
        sessions.sign_out_everywhere(laurel.access_context, OWNER)
        page.get_by_role("button", name="Create achievement").click()
        expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-signed-out-{width}.png")
        sign_in_elsewhere(laurel, page)
        page.get_by_role("button", name="Submit form again").click()
        expect(page.get_by_role("heading", name="Submit the form again?")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-send-again-{width}.png")
        page.get_by_role("button", name=f"Submit as {OWNER}").click()
        expect(page.get_by_text(name).first).to_be_visible()
    [saved] = [one for one in laurel.issuer_store.achievements("fernhill") if one.name == name]
    assert saved.description == "First line\nSecond line"


def test_a_file_that_is_too_large_is_not_sent(chromium: Browser, laurel: Laurel, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(b"\x89PNG" + b"x" * form.MAX_WITH_FILE)
    with console(chromium, laurel, NEW) as (page, messages):
        page.get_by_label("Name", exact=True).first.fill("With a large image")
        page.get_by_label("Badge image").set_input_files(large)
        expect(page.get_by_text("This file is too large.")).to_be_visible()
        page.get_by_role("button", name="Create achievement").click()
        expect(page.get_by_label("Name", exact=True).first).to_have_value("With a large image")
        assert page.url.endswith(NEW)
        assert messages == []


@ON_A_LAPTOP
def test_a_conflict_between_two_people_shows_what_the_other_one_saved(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/webhooks/new", **options) as (page, _):
        page.get_by_label("Name", exact=True).fill(f"Shared {width}")
        page.get_by_label("Course 1").fill("DA-101")
        page.get_by_label("Achievement").first.select_option(index=1)
        page.get_by_role("button", name="Create webhook").click()
        one = next(one for one in laurel.webhooks.webhooks("fernhill") if one.name == f"Shared {width}")
        path = f"{laurel.base_url}/console/fernhill/webhooks/{one.id}"
        page.goto(path)
        with console(chromium, laurel, f"/console/fernhill/webhooks/{one.id}", **options) as (other, _):
            other.get_by_label("Name", exact=True).fill(f"Theirs {width}")
            other.get_by_role("button", name="Save webhook").click()
        page.get_by_label("Name", exact=True).fill(f"Mine {width}")
        page.get_by_role("button", name="Save webhook").click()
        expect(page.get_by_role("table", name="What someone else has saved")).to_contain_text(f"Theirs {width}")
        assert_accessible(chromium, page, screenshots / f"console-webhook-conflict-{width}.png")
        page.get_by_role("button", name="Save webhook").click()
        expect(page.get_by_role("heading", name=f"Mine {width}")).to_be_visible()


@ON_A_PHONE
def test_a_profile_conflict_shows_what_the_other_one_saved(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    with console(chromium, laurel, "/console/fernhill/settings", **options) as (page, _):
        with console(chromium, laurel, "/console/fernhill/settings", **options) as (other, _):
            other.get_by_label("Description").fill(f"Theirs {width}")
            other.get_by_role("button", name="Save profile").click()
        page.get_by_label("Description").fill(f"Mine {width}")
        page.get_by_role("button", name="Save profile").click()
        expect(page.get_by_role("table", name="What someone else has saved")).to_contain_text(f"Theirs {width}")
        assert_accessible(chromium, page, screenshots / f"console-profile-conflict-{width}.png")
        page.get_by_role("button", name="Save profile").click()
        expect(page.get_by_label("Description")).to_have_value(f"Mine {width}")


@ON_A_LAPTOP
def test_a_long_list_is_checked_on_a_page_of_its_own(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    options = {"viewport": {"width": width, "height": 812}, "java_script_enabled": False}
    [one, *_] = [one for one in laurel.issuer_store.achievements("fernhill") if not one.archived]
    sent = Upload(Terms(one.id), b"name,email\nAda,a@example.org\nBo,nonsense\nCy,a@example.org\n")
    started = dry_run.start(laurel.dry_runner, "fernhill", sent, "tests")
    with console(chromium, laurel, f"/console/fernhill/issue/checks/{started.id}", **options) as (page, _):
        expect(page.get_by_role("heading", name="Checking your list")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-checking-{width}.png")
        dry_run.run(laurel.dry_runner, "fernhill", started.id)
        page.get_by_role("link", name="Show progress").click()
        expect(page.get_by_role("table", name="Errors")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"console-checked-{width}.png")
        page.get_by_label("Issue a credential for each of these rows anyway").check()
        page.get_by_role("button", name="Issue 2 credentials, skip the rest").click()
        expect(page).to_have_url(re.compile(r"/console/fernhill/issue/[a-z2-7]{26}$"))
