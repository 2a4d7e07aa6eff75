"""Reporting a credential, and its issuer's list of reports, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.moderation import submission
from chalicelib.moderation.submission import Draft
from chalicelib.moderation.visitor_report import Reason
from tests.browser.opening import open_page
from tests.browser.signed_in import console, member
from tests.browser.test_pages import page_url
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import Laurel, id_of


@pytest.fixture(autouse=True)
def restored(laurel: Laurel) -> Iterator[None]:
    """Undo what a test stored: all browser tests of a process share ``laurel``."""
    yield
    laurel.visitor_reports.by_id.clear()
    laurel.session_store.counts.clear()
    laurel.tasks.status.clear()


def test_the_form_is_accessible_fits_and_logs_nothing(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with open_page(chromium, f"{page_url(laurel, 'valid')}/report") as (page, messages):
        for name in ("empty", "refused", "sent"):
            if name == "sent":
                page.get_by_label("It was not issued to this person").check()
                page.get_by_label("Describe the problem").fill("It names me.")
            if name != "empty":
                with page.expect_navigation():
                    page.get_by_role("button", name="Send report").click()
            assert_accessible_and_fits(page, screenshots, f"report-{name}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your report")
        assert [one for one in messages if "422" not in one] == []
    assert [one.message for one in laurel.visitor_reports.by_id.values()] == ["It names me."]


def test_a_credential_is_reported_without_script_and_by_keyboard(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid"), java_script_enabled=False) as (page, messages):
        page.get_by_role("link", name="Report this credential").click()
        page.get_by_label("The information is wrong").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Send report").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your report")
        assert messages == []


def test_the_list_of_an_issuer_is_accessible_and_fits(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    member(laurel, "olu@fernhill.example")
    long = f"{'x' * 300} The college says that it never issued this."
    for draft in (Draft(Reason.IMPERSONATION, long, f"{'e' * 60}@example.org"), Draft(Reason.OFFENSIVE)):
        submission.submit(laurel.moderation_context, id_of("valid"), draft, "203.0.113.7")
    with console(chromium, laurel, "/console/fernhill/reports") as (page, messages):
        assert messages == []
        assert_accessible_and_fits(page, screenshots, "console-reports")
        page.get_by_role("button", name="Close report").first.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Report closed.")
