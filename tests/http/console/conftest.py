"""Somebody in the console of Fernhill College."""

from __future__ import annotations

import pytest

from chalicelib.access.roles import Role
from tests.http.signed_in import Browser, as_person
from tests.http.world import Laurel

OWNER = "olu@fernhill.example"


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
