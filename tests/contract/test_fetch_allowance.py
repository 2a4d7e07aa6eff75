"""Waiting time of networks, on the fake and on the real engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.fetch_allowance import DynamoAllowanceStore
from chalicelib.dynamo.tables import Tables
from chalicelib.reports.fetch_allowance import AllowanceStore
from tests import fakes

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENDS = START + timedelta(minutes=1)
NETWORK = "a" * 32


@pytest.fixture
def fake_allowances() -> AllowanceStore:
    return fakes.AllowanceStore()


@pytest.fixture
def real_allowances(tables: Tables) -> AllowanceStore:
    return DynamoAllowanceStore(tables)


@pytest.fixture(params=["fake_allowances", "real_allowances"])
def allowances(request: pytest.FixtureRequest) -> AllowanceStore:
    return request.getfixturevalue(request.param)


def test_time_is_reserved_up_to_the_limit(allowances: AllowanceStore) -> None:
    assert [allowances.reserve(NETWORK, START, 40, 100, ENDS) for _ in range(3)] == [True, True, False]
    assert allowances.reserve(NETWORK, START, 20, 100, ENDS)
    assert not allowances.reserve(NETWORK, START, 1, 100, ENDS)
    assert allowances.reserve("b" * 32, START, 100, 100, ENDS)
    assert allowances.reserve(NETWORK, ENDS, 100, 100, ENDS + timedelta(minutes=1))


def test_time_that_is_given_back_can_be_reserved_again(allowances: AllowanceStore) -> None:
    allowances.reserve(NETWORK, START, 100, 100, ENDS)
    allowances.give_back(NETWORK, START, 30)
    assert [allowances.reserve(NETWORK, START, 30, 100, ENDS) for _ in range(2)] == [True, False]


def test_no_more_can_be_given_back_than_was_reserved(allowances: AllowanceStore) -> None:
    allowances.give_back(NETWORK, START, 30)
    allowances.reserve(NETWORK, START, 10, 100, ENDS)
    allowances.give_back(NETWORK, START, 30)
    assert [allowances.reserve(NETWORK, START, 90, 100, ENDS) for _ in range(2)] == [True, False]


def test_concurrent_reservations_do_not_exceed_the_limit(allowances: AllowanceStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(lambda _: allowances.reserve(NETWORK, START, 10, 100, ENDS), range(16)))
    assert sum(admitted) == 10


def test_a_count_expires_with_its_window(tables: Tables) -> None:
    DynamoAllowanceStore(tables).reserve(NETWORK, START, 10, 100, ENDS)
    item = tables.get(tables.secrets, keys.fetch_time(NETWORK, START))
    assert item is not None
    assert int(item["expires"]["N"]) == int(ENDS.timestamp())
