"""External hosts on loopback, with names that only the tests' resolver knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.fetching.guard import Guard
from tests.net.certificates import Authority
from tests.net.external_host import ExternalHost
from tests.net.fake_resolver import FakeResolver
from tests.net.worker import NAMES, Worker

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOST = "badges.example"


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def server(authority: Authority, tmp_path: Path) -> Iterator[ExternalHost]:
    with ExternalHost(authority.server(tmp_path, HOST, *NAMES)) as running:
        yield running


@pytest.fixture
def worker(server: ExternalHost, authority: Authority) -> Worker:
    return Worker(server, authority.trust())


@pytest.fixture
def names() -> FakeResolver:
    return FakeResolver(badges_example=[["127.0.0.1"]])


@pytest.fixture
def fetcher(authority: Authority, server: ExternalHost, names: FakeResolver) -> Fetcher:
    """A fetcher that may contact the test server's host and port only."""
    guard = Guard(frozenset({f"{HOST}:{server.port}"}))
    return Fetcher(guard, names, authority.trust(), lambda: NOW)


@pytest.fixture
def deadline() -> Deadline:
    return Deadline.after(10, time.monotonic)


@pytest.fixture
def url(server: ExternalHost) -> Callable[[str], str]:
    return lambda path: f"https://{HOST}:{server.port}{path}"


@pytest.fixture
def get(fetcher: Fetcher, deadline: Deadline, url: Callable[[str], str]) -> Callable[..., bytes]:
    """Fetch the body at a path of the test server."""
    return lambda path, **options: (
        fetcher.get(url(path), accept="application/json", deadline=deadline, **options).fetched.body
    )
