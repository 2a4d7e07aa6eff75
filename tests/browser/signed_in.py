"""Pages of signed-in users."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from chalicelib.access import sessions
from chalicelib.access.roles import Role
from tests.browser.opening import open_page
from tests.http.fake_laurel import Laurel
from tests.http.signed_in import add_member


@contextmanager
def console(
    browser: Browser, laurel: Laurel, path: str, email: str = "olu@fernhill.example", **context_options: Any
) -> Iterator[tuple[Page, list[str]]]:
    """Open the console page at ``path`` as ``email``; yields the page and what the browser reports about it."""
    _, cookie = sessions.sign_in(laurel.access_context, email)
    session_cookie = {"name": "laurel_session", "value": cookie, "domain": "localhost", "path": "/"}
    state = {
        "cookies": [{**session_cookie, "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}],
        "origins": [],
    }
    with open_page(browser, f"{laurel.base_url}{path}", storage_state=state, **context_options) as found:
        yield found


def member(laurel: Laurel, email: str, issuer_id: str = "fernhill", role: Role = Role.OWNER) -> str:
    """Make ``email`` a member, unless it already is."""
    if email not in [one.email for one in laurel.access_context.member_store.members(issuer_id)]:
        add_member(laurel.access_context, issuer_id, email, role)
    return email
