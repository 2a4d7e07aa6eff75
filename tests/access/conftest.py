from __future__ import annotations

import pytest

from tests.access.fakes import AccessFixture


@pytest.fixture
def access() -> AccessFixture:
    return AccessFixture()
