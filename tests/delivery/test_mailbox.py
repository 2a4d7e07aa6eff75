"""Every spelling of an address leads to the same mailbox."""

from __future__ import annotations

import pytest

from chalicelib.delivery import mailbox


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", " Ada@Example.ORG "),
        ("ada@example.org", "ada@\u24d4xample.org"),
        ("ada@example.org", "ada@example\u3002org"),
        ("ada@example.org", "ada@exam\u00adple.org"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_unicode_and_punycode_domain_share_a_mailbox(one: str, other: str) -> None:
    assert mailbox.digest(one) == mailbox.digest(other)


@pytest.mark.parametrize("email", ["ada@", "@", "ada", "ada@example..org", "ada@" + "a" * 70 + ".org"])
def test_invalid_address_has_its_own_mailbox(email: str) -> None:
    assert mailbox.digest(email) != mailbox.digest("ada@example.org")
