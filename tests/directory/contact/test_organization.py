"""Which domain answers for a sender."""

from __future__ import annotations

import pytest

from chalicelib.credential.public_suffix import registrable
from chalicelib.directory.contact.organization import MAIL_PROVIDERS, organization


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@agency.example", "b@agency.example"),
        ("a@agency.example", "b@x.y.agency.example"),
        ("a@agency.co.uk", "b@mail.agency.co.uk"),
        ("a@me.fastmail.com", "b@me.fastmail.com"),
    ],
    ids=["same", "subdomains", "suffix-of-two", "subdomain-of-a-provider"],
)
def test_one_owner_is_one_organization(one: str, other: str) -> None:
    assert organization(one) == organization(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@agency.example", "a@rivers.example"),
        ("a@agency.co.uk", "a@rivers.co.uk"),
        ("a@one.github.io", "a@two.github.io"),
        ("a@me.fastmail.com", "a@you.fastmail.com"),
    ],
    ids=["domains", "suffix-of-two", "shared-suffix", "subdomains-of-a-provider"],
)
def test_owners_are_distinguished(one: str, other: str) -> None:
    assert organization(one) != organization(other)


def test_customers_of_a_mail_provider_have_no_organization() -> None:
    assert [each for each in MAIL_PROVIDERS if organization(f"ada@{each}") is not None] == []


def test_providers_are_not_public_suffixes() -> None:
    """Such a name would exempt every domain below it."""
    assert [each for each in MAIL_PROVIDERS if registrable(each) != each] == []
