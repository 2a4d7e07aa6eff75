"""Browsers of people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from chalicelib.access import sessions
from chalicelib.access.roles import Role
from tests.browser.test_pages import opened
from tests.http.fake_laurel import Laurel
from tests.http.signed_in import belongs


@contextmanager
def console(
    browser: Browser, laurel: Laurel, path: str, email: str = "olu@fernhill.example", **look: Any
) -> Iterator[tuple[Page, list[str]]]:
    """The console's page at ``path`` as ``email`` sees it, and whatever the browser says about it."""
    _, cookie = sessions.sign_in(laurel.access_context, email)
    kept = {"name": "laurel_session", "value": cookie, "domain": "localhost", "path": "/"}
    state = {"cookies": [{**kept, "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []}
    with opened(browser, f"{laurel.base_url}{path}", storage_state=state, **look) as found:
        yield found


def member(laurel: Laurel, email: str, issuer_id: str = "fernhill", role: Role = Role.OWNER) -> str:
    """Make ``email`` a member, unless it is one."""
    if email not in [one.email for one in laurel.access_context.member_store.members(issuer_id)]:
        belongs(laurel.access_context, issuer_id, email, role)
    return email
