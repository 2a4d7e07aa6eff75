"""Sign-in in a real browser without script: cookies, forms, and a second browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.access.roles import Role
from tests.browser.opening import open_page
from tests.browser.signed_in import member
from tests.browser.test_field import WIDTHS, context_options
from tests.browser.widths import ON_A_PHONE, assert_accessible
from tests.http.fake_laurel import Laurel

REFUSED = "error: Failed to load resource: the server responded with a status of"
"""The start of the message that Chromium logs for a page with an error status."""


@pytest.fixture(autouse=True)
def reset_rate_limits(laurel: Laurel) -> None:
    """Reset the rate limits, because all tests send requests from one network."""
    laurel.session_store.counts.clear()


@WIDTHS
def test_user_signs_in_by_email_and_signs_out(chromium: Browser, laurel: Laurel, screenshots: Path, width: int) -> None:
    email = member(laurel, "signs-in@fernhill.example", role=Role.EDITOR)
    with open_page(chromium, f"{laurel.base_url}/console/fernhill", **context_options(width)) as (page, messages):
        assert page.url == f"{laurel.base_url}/sign-in?next=/console/fernhill"
        assert_accessible(chromium, page, screenshots / f"sign-in-{width}.png")
        page.get_by_label("Your email address").fill(email)
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"sign-in-sent-{width}.png")

        page.goto(laurel.sign_in_mailer.sent[-1][1])
        expect(page.get_by_role("heading", name=f"Sign in as {email}?")).to_be_visible()
        assert_accessible(chromium, page, screenshots / f"sign-in-confirm-{width}.png")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{laurel.base_url}/console/fernhill")
        assert {each["name"]: each["httpOnly"] for each in page.context.cookies()} == {
            "laurel_session": True,
            "laurel_known": True,
        }

        if width < 700:
            page.locator("details.menu > summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{laurel.base_url}/sign-in?*")
        assert [each["name"] for each in page.context.cookies()] == ["laurel_known"]
        assert messages == []


@ON_A_PHONE
def test_link_opened_in_another_browser_offers_a_new_link(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    with open_page(chromium, f"{laurel.base_url}/sign-in", **context_options(width)) as (page, _):
        page.get_by_label("Your email address").fill("two-browsers@fernhill.example")
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    with open_page(chromium, laurel.sign_in_mailer.sent[-1][1], **context_options(width)) as (page, messages):
        expect(page.get_by_role("alert")).to_contain_text("only works in the browser that requested it")
        assert_accessible(chromium, page, screenshots / f"sign-in-other-browser-{width}.png")
        page.get_by_label("Your email address").fill("two-browsers@fernhill.example")
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        page.goto(laurel.sign_in_mailer.sent[-1][1])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{laurel.base_url}/console")
        page.goto(laurel.sign_in_mailer.sent[-1][1])
        expect(page.get_by_role("alert")).to_contain_text("It has been used")
        assert_accessible(chromium, page, screenshots / f"sign-in-used-{width}.png")
        assert [message for message in messages if not message.startswith(REFUSED)] == []


def test_another_site_cannot_sign_the_user_out(chromium: Browser, laurel: Laurel) -> None:
    """The browser sends a form on another origin without the cookie (SameSite) and with its origin."""
    with open_page(chromium, f"{laurel.base_url}/sign-in", **context_options(1280)) as (page, _):
        page.get_by_label("Your email address").fill("stays@fernhill.example")
        page.get_by_role("button", name="Email me a link").click()
        page.goto(laurel.sign_in_mailer.sent[-1][1])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{laurel.base_url}/console")
        before = len(laurel.session_store.sessions)
        other = laurel.base_url.replace("localhost", "127.0.0.1")
        page.route(
            f"{other}/evil",
            lambda route: route.fulfill(
                content_type="text/html",
                body=f'<form method="post" action="{laurel.base_url}/sign-out"><button>Win a prize</button></form>',
            ),
        )
        page.goto(f"{other}/evil")
        page.get_by_role("button", name="Win a prize").click()
        page.wait_for_url(f"{laurel.base_url}/**")
        assert len(laurel.session_store.sessions) == before
        page.goto(f"{laurel.base_url}/console/new")
        expect(page.get_by_text("stays@fernhill.example").first).to_be_visible()
