"""Which addresses count as public: both edges of every special block, and their neighbours."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.net.fetching.addresses import public_address

REFUSED = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96",
    "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "200::/7", "2001::/32", "2001:2::/48",
    "2001:3::/32", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
    "3ffe::/16", "3fff::/20", "4000::/3", "5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10",
    "ff00::/8",
]  # fmt: skip

PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2000::", "2001:200::", "2001:4860:4860::8888",
    "2001:db7:ffff::", "2001:db9::", "2003::", "2606:4700::1111", "3fff:1000::",
]  # fmt: skip


@pytest.mark.parametrize("block", REFUSED)
def test_first_and_last_address_of_a_special_block_are_refused(block: str) -> None:
    network = ip_network(block)
    assert not public_address(network[0])
    assert not public_address(network[-1])


@pytest.mark.parametrize("address", PUBLIC)
def test_neighbours_of_special_blocks_are_public(address: str) -> None:
    assert public_address(ip_address(address))


@pytest.mark.parametrize("address", ["64:ff9b::a9fe:a9fe", "224.0.0.1", "fec0::1", "::127.0.0.1", "3fff::1", "5f00::1"])
def test_special_addresses_are_refused_even_if_ipaddress_calls_them_global(address: str) -> None:
    assert not public_address(ip_address(address))


def test_an_address_with_a_scope_is_refused() -> None:
    assert not public_address(ip_address("fe80::1%eth0"))


@given(st.ip_addresses())
def test_every_public_address_is_global_for_ipaddress(address: IPv4Address | IPv6Address) -> None:
    assert address.is_global or not public_address(address)


@given(st.sampled_from([IPv4Network(block) for block in REFUSED if "." in block]), st.integers(min_value=0))
def test_a_refused_ipv4_address_embedded_in_ipv6_is_refused(network: IPv4Network, index: int) -> None:
    inner = int(network[index % network.num_addresses])
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert not public_address(IPv6Address(int(IPv6Address(prefix)) | inner))
    assert not public_address(IPv6Address((0x2002 << 112) | (inner << 80)))
    assert not public_address(IPv6Network("2001::/32")[inner])
