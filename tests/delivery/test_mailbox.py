"""What is known about an address is known however it is spelt."""

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
def test_two_spellings_of_one_domain_are_one_mailbox(one: str, other: str) -> None:
    assert mailbox.digest(one) == mailbox.digest(other)


@pytest.mark.parametrize("email", ["ada@", "@", "ada", "ada@example..org", "ada@" + "a" * 70 + ".org"])
def test_what_is_no_address_has_a_mailbox_of_its_own(email: str) -> None:
    assert mailbox.digest(email) != mailbox.digest("ada@example.org")
