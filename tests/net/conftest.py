"""Strangers on loopback, reached by names that only the tests' resolver knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.addresses import Address
from chalicelib.net.deadline import Deadline
from chalicelib.net.fetch import Fetcher
from chalicelib.net.guard import Guard
from tests.net.certificates import Authority
from tests.net.stranger import Stranger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOST = "badges.example"


class Names:
    """A resolver: each look-up of a name takes its next answer; the last one stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(turns) for name, turns in answers.items()}
        self.asked: list[str] = []

    def addresses(self, host: str, deadline: Deadline) -> Sequence[Address]:
        self.asked.append(host)
        turns = self.answers.get(host)
        if not turns:
            raise Unavailable(f"There is no {host}.", code="dns_failed")
        turn = turns.pop(0) if len(turns) > 1 else turns[0]
        return [ip_address(address) for address in turn]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def stranger(authority: Authority, tmp_path: Path) -> Iterator[Stranger]:
    with Stranger(authority.server(tmp_path, HOST)) as server:
        yield server


@pytest.fixture
def names() -> Names:
    return Names(badges_example=[["127.0.0.1"]])


@pytest.fixture
def fetcher(authority: Authority, stranger: Stranger, names: Names) -> Fetcher:
    """A fetcher to which the stranger's port and address are allowed, and nothing else."""
    guard = Guard(frozenset({f"{HOST}:{stranger.port}"}))
    return Fetcher(guard, names, authority.trust(), lambda: NOW)


@pytest.fixture
def deadline() -> Deadline:
    return Deadline.after(10, time.monotonic)


@pytest.fixture
def url(stranger: Stranger) -> Callable[[str], str]:
    return lambda path: f"https://{HOST}:{stranger.port}{path}"


@pytest.fixture
def get(fetcher: Fetcher, deadline: Deadline, url: Callable[[str], str]) -> Callable[..., bytes]:
    """The body at a path of the stranger's."""
    return lambda path, **how: fetcher.get(url(path), accept="application/json", deadline=deadline, **how).fetched.body
