"""Addresses and networks."""

from __future__ import annotations

import pytest

from chalicelib.analytics import networks
from chalicelib.analytics.networks import Level


@pytest.mark.parametrize(
    ("address", "prefix", "network"),
    [
        ("192.0.2.7", 24, "192.0.2.0/24"),
        ("192.0.2.7", 32, "192.0.2.7/32"),
        ("::ffff:192.0.2.7", 24, "192.0.2.0/24"),
        ("2001:db8:1:2::3", 48, "2001:db8:1::/48"),
        ("::1", 32, "::/32"),  # not the IPv4 network 0.0.0.1/32
        ("fe80::1%eth0", 64, "fe80::/64"),
    ],
)
def test_network_of_an_address(address: str, prefix: int, network: str) -> None:
    parsed = networks.parse(address)
    assert parsed is not None
    assert networks.network(parsed, prefix) == network


@pytest.mark.parametrize("text", ["", "unknown", "192.0.2.7/24", "192.0.2.256"])
def test_other_text_is_not_an_address(text: str) -> None:
    assert networks.parse(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.7", [(Level.CLIENT, "192.0.2.7")]),
        ("::ffff:192.0.2.7", [(Level.CLIENT, "192.0.2.7")]),
        (
            "2001:db8:1:2::3",
            [(Level.CLIENT, "2001:db8:1:2::/64"), (Level.SITE, "2001:db8:1::/48"), (Level.PROVIDER, "2001:db8::/32")],
        ),
        ("", [(Level.CLIENT, "unknown")]),
    ],
)
def test_levels_of_an_address_start_with_the_smallest(text: str, found: list[tuple[Level, str]]) -> None:
    assert networks.levels(text) == found
