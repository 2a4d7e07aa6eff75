"""The limits on reported events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.analytics.event_budget import PER_NETWORK, PER_WORKER, EventBudget
from chalicelib.analytics.networks import Level
from tests.contract.samples import NOW


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now


def admitted(budget: EventBudget, addresses: list[str]) -> int:
    return sum(budget.admits(Kind.CLICK, address) for address in addresses)


def test_a_network_is_limited_and_others_are_not():
    budget = EventBudget(Clock())
    assert admitted(budget, ["198.51.100.7"] * 100) == PER_NETWORK[Level.CLIENT]
    assert budget.admits(Kind.CLICK, "198.51.100.8")


def test_each_kind_has_its_own_limit():
    budget = EventBudget(Clock())
    admitted(budget, ["198.51.100.7"] * 100)
    assert budget.admits(Kind.IMPRESSION, "198.51.100.7")


def test_the_limit_is_for_a_minute():
    clock = Clock()
    budget = EventBudget(clock)
    admitted(budget, ["198.51.100.7"] * 100)
    assert not budget.admits(Kind.CLICK, "198.51.100.7")
    clock.now += timedelta(minutes=1)
    assert budget.admits(Kind.CLICK, "198.51.100.7")


@pytest.mark.parametrize(
    ("form", "level"),
    [
        ("2001:db8:1:1::{:x}", Level.CLIENT),
        ("2001:db8:1:{:x}::", Level.SITE),
        ("2001:db8:{:x}::", Level.PROVIDER),
    ],
)
def test_addresses_of_one_ipv6_network_share_its_limit(form: str, level: Level):
    assert admitted(EventBudget(Clock()), [form.format(n + 1) for n in range(1000)]) == PER_NETWORK[level]


def test_a_flood_from_many_networks_is_limited():
    addresses = [f"198.{a}.{b}.1" for a in range(10) for b in range(200)]
    assert admitted(EventBudget(Clock()), addresses) == PER_WORKER


def test_what_is_not_an_address_shares_one_limit():
    assert admitted(EventBudget(Clock()), ["", "x", "y"] * 100) == PER_NETWORK[Level.CLIENT]


@pytest.mark.slow
def test_memory_is_bounded_by_the_limit_of_the_worker():
    budget = EventBudget(Clock())
    admitted(budget, [f"2001:{n:x}::1" for n in range(5000)])
    assert len(budget._counts) <= PER_WORKER * len(Level) + 1
