"""The maths of limits, with a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TooMany
from chalicelib.verifiers.limits import LIMITS, ApiLimits, ApiMeter, Policy
from chalicelib.verifiers.scope import Scope
from tests import fakes

START = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
POLICY = Policy("test", 10, timedelta(milliseconds=100))


@dataclass
class World:
    """A store and a clock."""

    now: datetime = START
    store: fakes.RateStore = field(default_factory=fakes.RateStore)

    @property
    def limits(self) -> ApiLimits:
        return ApiLimits(self.store, fakes.Salts(), lambda: self.now, bytes)

    def admitted(self, items: int, policy: Policy = POLICY) -> bool:
        try:
            ApiMeter(self.limits, (("x", policy),)).charge(items)
        except TooMany:
            return False
        return True


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 10)), min_size=1, max_size=60))
def test_no_time_has_more_than_the_burst_and_what_came_back_in_it(requests: list[tuple[int, int]]) -> None:
    world, seen = World(), []
    for pause, items in requests:
        world.now += timedelta(milliseconds=pause)
        if world.admitted(items):
            seen.append((world.now, items))
    for first, (start, _) in enumerate(seen):
        for last in range(first, len(seen)):
            taken = sum(items for _, items in seen[first : last + 1])
            assert taken <= POLICY.burst + (seen[last][0] - start) / POLICY.interval


@given(st.integers(1, 10), st.integers(1, 10))
def test_who_waits_as_long_as_they_are_told_is_admitted_and_not_much_sooner(first: int, second: int) -> None:
    world = World()
    ApiMeter(world.limits, (("x", POLICY),)).charge(first)
    meter = ApiMeter(world.limits, (("x", POLICY),))
    over = first + second - POLICY.burst
    if over <= 0:
        meter.charge(second)
        assert meter.charges["test"].remaining == -over
        return
    with pytest.raises(TooMany) as refused:
        meter.charge(second)
    assert refused.value.seconds - 1 <= (over * POLICY.interval).total_seconds()
    world.now += timedelta(seconds=refused.value.seconds)
    assert world.admitted(second)


def test_what_was_not_used_does_not_add_up() -> None:
    world = World()
    assert world.admitted(10)
    world.now += timedelta(days=365)
    assert [world.admitted(10), world.admitted(1)] == [True, False]


def test_more_than_the_burst_at_once_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="11 items"):
        World().admitted(11)


def test_ipv6_counts_for_its_subnet_its_site_and_its_provider() -> None:
    world = World()

    def admitted(address: str) -> bool:
        try:
            world.limits.of_network(Scope.VERIFY, address).charge(60)
        except TooMany:
            return False
        return True

    assert [admitted("2001:db8::1"), admitted("2001:db8::2")] == [True, False]
    assert [admitted(f"2001:db8:0:{subnet}::1") for subnet in range(1, 5)] == [True, True, True, False]
    meter = world.limits.of_network(Scope.VERIFY, "2001:db8:1::1")
    meter.charge(1)
    policies = '"verify";q=60;w=60, "verify-site";q=240;w=60, "verify-provider";q=1200;w=60'
    assert meter.headers()["RateLimit-Policy"] == policies
    assert meter.headers()["RateLimit"].startswith('"verify";r=59;t=1, "verify-site";r=239;t=1, "verify-provider";r=')


def test_an_address_is_another_name_tomorrow() -> None:
    world, salts = World(), fakes.Salts()
    for day in range(2):
        world.now = START + timedelta(days=day)
        limits = ApiLimits(world.store, salts, lambda: world.now, lambda size, day=day: bytes([day]) * size)
        limits.of_network(Scope.VERIFY, "203.0.113.7").charge(1)
    assert len(world.store.free_at) == 2


def test_every_interval_is_a_whole_number_of_milliseconds() -> None:
    """The store counts milliseconds: a part of one would be lost with each item."""
    for limit in LIMITS.values():
        for policy in (limit.verifier, *limit.networks.values()):
            assert policy.interval % timedelta(milliseconds=1) == timedelta()
