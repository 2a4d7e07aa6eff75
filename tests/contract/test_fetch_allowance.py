"""Waiting time of networks, on the fake and on the real engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.analytics.rate_store import RateStore
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.rates import DynamoRateStore
from chalicelib.dynamo.tables import Tables
from tests import fakes

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SPAN = timedelta(seconds=10)
LIMIT = timedelta(seconds=30)
NONE = timedelta()
NETWORK = "a" * 32


def waited(store: RateStore, name: str, now: datetime, span: timedelta, limit: timedelta) -> timedelta:
    return store.take(name, now, span, limit).wait


@pytest.fixture
def fake_allowances() -> RateStore:
    return fakes.RateStore()


@pytest.fixture
def real_allowances(tables: Tables) -> RateStore:
    return DynamoRateStore(tables)


@pytest.fixture(params=["fake_allowances", "real_allowances"])
def allowances(request: pytest.FixtureRequest) -> RateStore:
    return request.getfixturevalue(request.param)


def test_time_is_reserved_up_to_the_limit_and_comes_back(allowances: RateStore) -> None:
    assert [waited(allowances, NETWORK, NOW, SPAN, LIMIT) for _ in range(4)] == [NONE, NONE, NONE, SPAN]
    assert waited(allowances, "b" * 32, NOW, LIMIT, LIMIT) == NONE
    later = NOW + timedelta(seconds=4)
    assert waited(allowances, NETWORK, later, SPAN, LIMIT) == timedelta(seconds=6)
    assert waited(allowances, NETWORK, later, timedelta(seconds=4), LIMIT) == NONE


def test_unused_time_does_not_add_up(allowances: RateStore) -> None:
    """A network that was quiet for a day has its allowance once."""
    waited(allowances, NETWORK, NOW, SPAN, LIMIT)
    later = NOW + timedelta(days=1)
    assert [waited(allowances, NETWORK, later, SPAN, LIMIT) for _ in range(4)] == [NONE, NONE, NONE, SPAN]


def test_time_that_is_given_back_can_be_reserved_again(allowances: RateStore) -> None:
    for _ in range(3):
        waited(allowances, NETWORK, NOW, SPAN, LIMIT)
    allowances.give_back(NETWORK, timedelta(seconds=7))
    assert waited(allowances, NETWORK, NOW, SPAN, LIMIT) == timedelta(seconds=3)
    assert waited(allowances, NETWORK, NOW, timedelta(seconds=7), LIMIT) == NONE


def test_giving_back_what_was_never_reserved_changes_nothing(allowances: RateStore) -> None:
    allowances.give_back(NETWORK, SPAN)
    assert [waited(allowances, NETWORK, NOW, SPAN, LIMIT) for _ in range(4)] == [NONE, NONE, NONE, SPAN]


def test_concurrent_reservations_do_not_exceed_the_limit(allowances: RateStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: waited(allowances, NETWORK, NOW, SPAN, 10 * SPAN), range(16)))
    assert waits.count(NONE) == 10


def test_an_allowance_expires_after_it_is_all_back(tables: Tables) -> None:
    store = DynamoRateStore(tables)
    for _ in range(3):
        store.take(NETWORK, NOW, SPAN, LIMIT)
        item = tables.get(tables.secrets, keys.fetch_time(NETWORK))
        assert item is not None
        assert int(item["expires"]["N"]) * 1000 > int(item["free_at"]["N"])
        assert int(item["expires"]["N"]) <= (NOW + LIMIT).timestamp() + 1
