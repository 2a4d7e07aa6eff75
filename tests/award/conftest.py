from __future__ import annotations

import pytest

from tests.award.fakes import IssuerFixture


@pytest.fixture
def acme() -> IssuerFixture:
    return IssuerFixture()
