"""Somebody in the console of Fernhill College."""

from __future__ import annotations

import pytest

from chalicelib.access.roles import Role
from tests.http import senders
from tests.http.gateway import Answer
from tests.http.signed_in import Browser, as_person
from tests.http.world import BASE_URL, Laurel

OWNER = "olu@fernhill.example"


def send(browser: Browser, path: str, fields: dict[str, str], **files: bytes) -> Answer:
    """Send a form with files, as a browser does: the empty ones too."""
    parts = [(name, value.encode()) for name, value in {"csrf": browser.csrf, **fields}.items()]
    body = senders.form(*parts, *((name, content, "a.file" if content else "") for name, content in files.items()))
    headers = {**browser.headers, "cookie": browser.cookie, "origin": BASE_URL, "content_type": senders.FORM}
    return browser.ask.post(path, body, **headers)


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
def stranger(laurel: Laurel) -> Browser:
    """Signed in, and a member of nothing."""
    return as_person(laurel, "sam@elsewhere.example")
