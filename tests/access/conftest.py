from __future__ import annotations

import pytest

from tests.access.fakes import Surroundings


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()
