from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.visitor import visitor

SALT = b"s" * 32
ADDRESSES = st.ip_addresses().map(str) | st.text(max_size=20)


def test_one_visitor_has_one_name_for_the_day():
    assert visitor(SALT, "192.0.2.7", "Firefox") == visitor(SALT, "192.0.2.7", "Firefox")


@pytest.mark.parametrize(
    "other",
    [(b"t" * 32, "192.0.2.7", "Firefox"), (SALT, "192.0.3.7", "Firefox"), (SALT, "192.0.2.7", "Chromium")],
    ids=["day", "network", "browser"],
)
def test_another_day_network_or_browser_has_another_name(other):
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
def test_what_names_a_line_or_a_device_does_not_count(one: str, other: str):
    assert visitor(SALT, one, "Firefox") == visitor(SALT, other, "Firefox")


@given(st.binary(min_size=32, max_size=32), ADDRESSES, st.text(st.characters()))
def test_any_address_and_user_agent_gives_128_bits_that_do_not_show_them(salt: bytes, address: str, agent: str):
    name = visitor(salt, address, agent)
    assert len(bytes.fromhex(name)) == 16
    assert len(address) < 6 or address not in name


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (("", "x"), ("x", ""))])
def test_address_and_user_agent_do_not_run_into_each_other(one, other):
    assert visitor(SALT, *one) != visitor(SALT, *other)


def test_the_name_is_stable_over_releases():
    """A release in the middle of a day must not make every visitor a new one."""
    assert visitor(SALT, "192.0.2.7", "Firefox") == "364f11fcb0d8216a5e13121e42aad61c"
