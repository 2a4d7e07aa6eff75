from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.visitor import visitor

SALT = b"s" * 32
ADDRESSES = st.ip_addresses().map(str) | st.text(max_size=20)


def test_visitor_key_is_the_same_within_a_day():
    assert visitor(SALT, "192.0.2.7", "Firefox") == visitor(SALT, "192.0.2.7", "Firefox")


@pytest.mark.parametrize(
    "other",
    [(b"t" * 32, "192.0.2.7", "Firefox"), (SALT, "192.0.3.7", "Firefox"), (SALT, "192.0.2.7", "Chromium")],
    ids=["day", "network", "browser"],
)
def test_visitor_key_differs_by_day_network_and_browser(other):
    assert visitor(*other) != visitor(SALT, "192.0.2.7", "Firefox")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.7", "192.0.2.250"),
        ("192.0.2.7", "::ffff:192.0.2.8"),
        ("2001:db8:1:2::3", "2001:db8:1:ffff:a:b:c:d"),
        ("2001:DB8:1::", "2001:db8:0001:0::1"),
    ],
)
def test_visitor_key_ignores_the_host_part_of_the_address(one: str, other: str):
    assert visitor(SALT, one, "Firefox") == visitor(SALT, other, "Firefox")


@given(st.binary(min_size=32, max_size=32), ADDRESSES, st.text(st.characters()))
def test_visitor_key_has_128_bits_and_does_not_contain_the_address(salt: bytes, address: str, agent: str):
    key = visitor(salt, address, agent)
    assert len(bytes.fromhex(key)) == 16
    assert len(address) < 6 or address not in key


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (("", "x"), ("x", ""))])
def test_address_and_user_agent_are_hashed_separately(one, other):
    assert visitor(SALT, *one) != visitor(SALT, *other)


def test_visitor_key_is_stable_across_releases():
    """A release during a day must not count every visitor as new."""
    assert visitor(SALT, "192.0.2.7", "Firefox") == "364f11fcb0d8216a5e13121e42aad61c"
