"""External hosts on loopback, with names that only the tests' resolver knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.dead_hosts import HostDown
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.fetching.guard import Guard
from tests.net.certificates import Authority
from tests.net.external_host import ExternalHost

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOST = "badges.example"


class FakeResolver:
    """A resolver: each lookup of a name returns its next answer; the last one repeats."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(rounds) for name, rounds in answers.items()}
        self.lookups: list[str] = []

    def addresses(self, host: str, deadline: Deadline) -> Sequence[Address]:
        self.lookups.append(host)
        rounds = self.answers.get(host)
        if not rounds:
            raise HostDown(f"There is no {host}.", code="dns_failed")
        answer = rounds.pop(0) if len(rounds) > 1 else rounds[0]
        return [ip_address(address) for address in answer]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def server(authority: Authority, tmp_path: Path) -> Iterator[ExternalHost]:
    with ExternalHost(authority.server(tmp_path, HOST)) as running:
        yield running


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
