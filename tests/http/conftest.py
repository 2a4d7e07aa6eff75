"""The routes over the small Laurel in memory."""

from __future__ import annotations

import pytest

from chalicelib.http.app import create_app
from tests.http.gateway import Gateway
from tests.http.world import Laurel, seeded


@pytest.fixture
def laurel() -> Laurel:
    return seeded()


@pytest.fixture
def ask(laurel: Laurel) -> Gateway:
    return Gateway(create_app(laurel))
