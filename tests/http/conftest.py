"""Fixtures: the routes over an in-memory Laurel."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.http.core import log
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import Gateway


@pytest.fixture
def laurel() -> Laurel:
    return seeded()


@pytest.fixture
def client(laurel: Laurel) -> Gateway:
    return Gateway.over(laurel)


class LogCapture(io.StringIO):
    """The log output of one test."""

    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log_lines() -> Iterator[LogCapture]:
    """Capture the log output of the test."""
    stream = LogCapture()
    logger = logging.getLogger(log.logger().name)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.handlers[0].formatter)
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)
