"""Networks that a client address counts under."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.access import rate_limits
from chalicelib.access.rate_limits import NetworkLimit, TooMany
from tests.access.fakes import AccessFixture

LIMIT = NetworkLimit("test", 3, 5, 7, timedelta(hours=1))


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("203.0.113.7", ["203.0.113.7"]),
        ("::ffff:203.0.113.7", ["203.0.113.7"]),
        ("2001:db8:1:2:3:4:5:6", ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"]),
        ("::1.2.3.4", ["::/64", "::/48", "::/32"]),
        ("", ["unknown"]),
        ("no address", ["unknown"]),
    ],
)
def test_a_client_counts_on_its_address_and_on_three_ipv6_prefixes(address: str, networks: list[str]) -> None:
    assert [network for _, network in LIMIT.of(address)] == networks


@pytest.mark.parametrize(
    ("addresses", "most"),
    [
        ([f"2001:db8:1:2::{number:x}" for number in range(20)], 3),
        ([f"2001:db8:1:{number:x}::1" for number in range(20)], 5),
        ([f"2001:db8:{number:x}::1" for number in range(20)], 7),
    ],
)
def test_a_network_of_any_size_has_one_budget(access: AccessFixture, addresses: list[str], most: int) -> None:
    passed = [rate_limits.within_networks(access.access_context, LIMIT, address) for address in addresses]
    assert passed == [True] * most + [False] * (20 - most)
    with pytest.raises(TooMany):
        rate_limits.enforce_networks(access.access_context, LIMIT, addresses[0])
    rate_limits.enforce_networks(access.access_context, LIMIT, "2001:db9::1")


def test_a_client_over_its_own_limit_does_not_use_up_its_neighbours_budget(access: AccessFixture) -> None:
    for _ in range(50):
        rate_limits.within_networks(access.access_context, LIMIT, "2001:db8:1:2::1")
    assert rate_limits.within_networks(access.access_context, LIMIT, "2001:db8:1:3::1")
