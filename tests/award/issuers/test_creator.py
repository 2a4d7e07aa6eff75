"""What the issuers of one creator have in common."""

from __future__ import annotations

from functools import partial

import pytest

from chalicelib.award.issuers import creator

SECRET = b"k" * 32
of = partial(creator.creator_ids, SECRET)
MAILBOX, NETWORK = of("ada@example.org", "192.0.2.7")


@pytest.mark.parametrize("email", ["ADA@example.org ", "ada+1@example.org", "ada+2@example.org"])
def test_tags_and_case_are_one_mailbox(email: str) -> None:
    assert of(email, "192.0.2.7") == (MAILBOX, NETWORK)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.250", True),
        ("192.0.2.7", "::ffff:192.0.2.9", True),
        ("192.0.2.7", "198.51.100.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("", "unknown", True),
    ],
)
def test_addresses_of_one_network_are_one_creator(one: str, other: str, same: bool) -> None:
    assert (of("ada@example.org", one) == of("ada@example.org", other)) is same


def test_values_are_too_short_to_find_a_mailbox_or_network() -> None:
    assert all(len(value.rpartition("-")[2]) == 4 for value in (MAILBOX, NETWORK))


def test_no_one_without_the_secret_can_find_a_mailbox_with_the_same_value() -> None:
    """65,536 values are tried in a second, and the mailbox found would use up someone else's limits."""
    assert creator.creator_ids(b"o" * 32, "ada@example.org", "192.0.2.7") != (MAILBOX, NETWORK)
