"""Emails with images off, and the holder's pages: accessible, fitting the screen, without console messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.award.issuing.storing import DELIVER
from chalicelib.delivery import handlers, mailbox, resend
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.links import Purpose
from chalicelib.email.render import render
from chalicelib.tasks.task_queue import Task
from tests.browser.opening import new_page, open_page
from tests.browser.widths import SCHEMES, Scheme, assert_accessible_and_fits, too_wide, violations
from tests.email.sample_emails import sample_email
from tests.http.fake_laurel import Laurel, id_of

WIDTHS = [320, 375, 1280]


@contextmanager
def open_email(browser: Browser, one: EmailContent, scheme: Scheme) -> Iterator[Page]:
    """Open ``one`` on a phone with images off, as most email clients first show it."""
    with new_page(browser, viewport={"width": 375, "height": 812}, color_scheme=scheme) as page:
        page.route("**/*", lambda route: route.abort())
        page.set_content(render(one).html)
        yield page


@pytest.mark.parametrize("kind", Kind)
def test_email_is_readable_with_images_off(chromium: Browser, screenshots: Path, kind: Kind) -> None:
    with open_email(chromium, sample_email(kind), "light") as page:
        assert violations(page) == []
        for width in WIDTHS:
            assert too_wide(page, width) == []
            for scheme in SCHEMES if kind is Kind.ISSUED or width == 375 else ():
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=screenshots / f"mail-{kind}-{width}-{scheme}.png", full_page=True)
        button = page.get_by_role("link", name=sample_email(kind).main.text).first
        expect(button).to_be_visible()
        if kind is Kind.ISSUED:
            expect(page.get_by_role("img", name="Badge: A bar chart")).to_be_visible()


def test_button_is_above_the_fold_on_a_phone(chromium: Browser) -> None:
    with open_email(chromium, sample_email(Kind.UNOPENED), "light") as page:
        box = page.get_by_role("link", name="View your credential").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 667
        assert box["height"] >= 44


@pytest.fixture
def path(laurel: Laurel) -> str:
    """The path of the holder's page."""
    credential = id_of("valid")
    if not laurel.mailer.sent:
        resend.resend_email(laurel.delivery_context, "fernhill", credential)
        handlers.handlers(laurel.delivery_context)[DELIVER](Task(DELIVER, "fernhill", credential, laurel.now))
    return urlsplit(laurel.mailer.sent[0].main.url).path


@pytest.fixture
def wide_url(laurel: Laurel, path: str) -> str:
    """The URL of the page with the credentials of all issuers."""
    url, link = laurel.delivery_context.link(Purpose.MY, "ada@example.org")
    laurel.delivery_store.add_links((link,))
    return url


def test_email_of_an_issuer_that_is_not_identified_is_accessible(chromium: Browser, screenshots: Path) -> None:
    with open_email(chromium, sample_email(Kind.ISSUED, identified=False), "dark") as page:
        assert violations(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 812})
            page.screenshot(path=screenshots / f"mail-not-identified-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert "not verified" in page.inner_text("body")
        expect(page.get_by_role("link", name="View the credential").first).to_be_visible()
        assert page.locator("img").count() == 0


HEADINGS = {
    "credentials": "Your credentials",
    "all": "Your credentials",
    "unsubscribe": "Unsubscribe from",
    "unsubscribed": "You have unsubscribed",
}
"""The headings of the holder's pages."""


@pytest.mark.parametrize("kind", HEADINGS)
def test_holder_page_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, path: str, wide_url: str, screenshots: Path, kind: str
) -> None:
    stop, wanted = laurel.mailer.sent[0].unsubscribe or "", "none" if kind == "unsubscribed" else "all"
    box = mailbox.digest(laurel.mailer.sent[0].to)
    laurel.delivery_context.change_mailbox(box, lambda one: mailbox.choose(one, "fernhill", wanted))
    url = {"credentials": laurel.base_url + path, "all": wide_url}.get(kind, stop)
    with open_page(chromium, url) as (page, messages):
        expect(page.get_by_role("heading", name=HEADINGS[kind])).to_be_visible()
        assert messages == []
        assert_accessible_and_fits(page, screenshots, f"holder-{kind}")


def test_sharing_without_script_opens_the_target(chromium: Browser, laurel: Laurel, path: str) -> None:
    with new_page(chromium, java_script_enabled=False) as page:
        page.goto(laurel.base_url + path)
        # The page's form-action policy allows this target. There is no response, because tests have no network.
        with page.expect_request("https://www.linkedin.com/**") as request_info:
            page.get_by_role("button", name="Add to LinkedIn profile").first.click()
        assert request_info.value.url.startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME")


def test_holder_preferences_are_saved_and_shown(chromium: Browser, wide_url: str) -> None:
    with new_page(chromium, java_script_enabled=False) as page:
        page.goto(wide_url)
        emails = page.get_by_role("group", name="Emails from Fernhill College")
        emails.get_by_label("New credentials and status changes").check()
        page.get_by_role("button", name="Save").first.click()
        page.get_by_label("Search by country or large city").fill("lisbon")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("1 timezone matches “lisbon”.")).to_be_visible()
        expect(page.get_by_label("Your timezone")).to_be_in_viewport()
        timezone = page.locator("form", has=page.get_by_label("Your timezone"))
        timezone.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Timezone saved.")).to_be_in_viewport()
        expect(emails.get_by_label("New credentials and status changes")).to_be_checked()
        expect(page.get_by_label("Your timezone")).to_have_value("Europe/Lisbon")
