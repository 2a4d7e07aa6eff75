"""Signed-in browsers in the console of Fernhill College."""

from __future__ import annotations

import pytest

from chalicelib.access.roles import Role
from tests.http import senders
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Response
from tests.http.signed_in import Browser, as_person

OWNER = "olu@fernhill.example"


def send(browser: Browser, path: str, fields: dict[str, str], **files: bytes) -> Response:
    """Submit a form with files as a browser does, including empty ones."""
    parts = [(name, value.encode()) for name, value in {"csrf": browser.csrf, **fields}.items()]
    body = senders.form(*parts, *((name, content, "a.file" if content else "") for name, content in files.items()))
    headers = {**browser.headers, "cookie": browser.cookie, "origin": BASE_URL, "content_type": senders.FORM}
    return browser.client.post(path, body, **headers)


@pytest.fixture
def owner(laurel: Laurel) -> Browser:
    return as_person(laurel, OWNER, "fernhill", Role.OWNER)


@pytest.fixture
def editor(laurel: Laurel) -> Browser:
    return as_person(laurel, "edi@fernhill.example", "fernhill", Role.EDITOR)


@pytest.fixture
def viewer(laurel: Laurel) -> Browser:
    return as_person(laurel, "vi@fernhill.example", "fernhill", Role.VIEWER)


@pytest.fixture
def non_member(laurel: Laurel) -> Browser:
    """The browser of a signed-in person who is not a member of any issuer."""
    return as_person(laurel, "sam@elsewhere.example")
