"""Daily counters, on the fake and on DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.counters import DynamoCounters
from tests import fakes
from tests.contract import samples

EXPIRES = samples.NOW + timedelta(days=2)


@pytest.fixture(params=["fake", "engine", "listings_read"])
def counters(request: pytest.FixtureRequest) -> LimitCounters:
    if request.param == "fake":
        return fakes.Counters()
    key = keys.count if request.param == "engine" else keys.listings_read
    return DynamoCounters(request.getfixturevalue("tables"), key)


def test_counter_never_exceeds_its_limit(counters: LimitCounters) -> None:
    assert counters.value("a") == 0
    assert counters.add("a", 3, 5, EXPIRES)
    assert not counters.add("a", 3, 5, EXPIRES)
    assert counters.add("a", 2, 5, EXPIRES)
    assert not counters.add("a", 1, 5, EXPIRES)
    assert counters.value("a") == 5
    assert not counters.add("b", 6, 5, EXPIRES)
    assert (counters.value("b"), counters.add("b", 5, 5, EXPIRES)) == (0, True)


def test_limit_that_was_raised_leaves_room(counters: LimitCounters) -> None:
    assert counters.add("a", 5, 5, EXPIRES)
    assert counters.add("a", 5, 10, EXPIRES)


def test_what_is_given_back_can_be_taken_again(counters: LimitCounters) -> None:
    assert counters.add("a", 5, 5, EXPIRES)
    counters.give_back("a", 2)
    assert counters.value("a") == 3
    counters.give_back("a", 4)
    counters.give_back("absent", 1)
    assert (counters.value("a"), counters.value("absent")) == (3, 0)


def test_parallel_additions_do_not_exceed_the_limit(counters: LimitCounters) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: counters.add("a", 1, 10, EXPIRES), range(40))) == 10
    assert counters.value("a") == 10
