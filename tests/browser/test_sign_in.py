"""Signing in in a real browser, without script: its cookies, its forms, another browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.access.roles import Role
from tests.browser.signed_in import member
from tests.browser.test_field import WIDTHS, judged, look
from tests.browser.test_pages import opened
from tests.http.fake_laurel import Laurel

REFUSED = "error: Failed to load resource: the server responded with a status of"
"""What Chromium itself says about a page with another status than 200."""


@pytest.fixture(autouse=True)
def fresh_limits(laurel: Laurel) -> None:
    """All tests ask from one network."""
    laurel.session_store.counts.clear()


@WIDTHS
def test_a_person_signs_in_by_mail_and_signs_out(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    email = member(laurel, "signs-in@fernhill.example", role=Role.EDITOR)
    with opened(chromium, f"{laurel.base_url}/console/fernhill", **look(width)) as (page, words):
        assert page.url == f"{laurel.base_url}/sign-in?next=/console/fernhill"
        judged(chromium, page, width, screenshots / f"sign-in-{width}.png")
        page.get_by_label("Your email address").fill(email)
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        judged(chromium, page, width, screenshots / f"sign-in-sent-{width}.png")

        page.goto(laurel.sign_in_mailer.sent[-1][1])
        expect(page.get_by_role("heading", name=f"Sign in as {email}?")).to_be_visible()
        judged(chromium, page, width, screenshots / f"sign-in-confirm-{width}.png")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{laurel.base_url}/console/fernhill")
        assert {each["name"]: each["httpOnly"] for each in page.context.cookies()} == {"laurel_session": True}

        page.get_by_role("button", name="Sign out").first.click()
        page.wait_for_url(f"{laurel.base_url}/sign-in?*")
        assert page.context.cookies() == []
        assert words == []


@WIDTHS
def test_another_browser_is_told_what_to_do_and_can_ask_anew(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    with opened(chromium, f"{laurel.base_url}/sign-in", **look(width)) as (page, _):
        page.get_by_label("Your email address").fill("two-browsers@fernhill.example")
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    with opened(chromium, laurel.sign_in_mailer.sent[-1][1], **look(width)) as (page, words):
        expect(page.get_by_role("alert")).to_contain_text("only works in the browser that requested it")
        judged(chromium, page, width, screenshots / f"sign-in-elsewhere-{width}.png")
        page.get_by_label("Your email address").fill("two-browsers@fernhill.example")
        page.get_by_role("button", name="Email me a link").click()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        page.goto(laurel.sign_in_mailer.sent[-1][1])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{laurel.base_url}/console/new")
        page.goto(laurel.sign_in_mailer.sent[-1][1])
        expect(page.get_by_role("alert")).to_contain_text("It has been used")
        judged(chromium, page, width, screenshots / f"sign-in-used-{width}.png")
        assert [word for word in words if not word.startswith(REFUSED)] == []


def test_another_sites_page_signs_nobody_out(chromium: Browser, laurel: Laurel) -> None:
    """A form on another origin: the browser leaves the cookie out (SameSite), and names the origin."""
    with opened(chromium, f"{laurel.base_url}/sign-in", **look(1280)) as (page, _):
        page.get_by_label("Your email address").fill("stays@fernhill.example")
        page.get_by_role("button", name="Email me a link").click()
        page.goto(laurel.sign_in_mailer.sent[-1][1])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{laurel.base_url}/console/new")
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
