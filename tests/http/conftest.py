"""The routes over the small Laurel in memory."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.http.app import create_app
from chalicelib.http.core import log
from tests.http.gateway import Gateway
from tests.http.world import Laurel, seeded


@pytest.fixture
def laurel() -> Laurel:
    return seeded()


@pytest.fixture
def ask(laurel: Laurel) -> Gateway:
    return Gateway(create_app(laurel))


class Lines(io.StringIO):
    """The log of one test."""

    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged during the test."""
    stream = Lines()
    logger = logging.getLogger(log.logger().name)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.handlers[0].formatter)
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)
