from __future__ import annotations

import pytest

from tests.award.fakes import House


@pytest.fixture
def house() -> House:
    return House()
