"""Which hosts are names that nobody owns alone."""

from __future__ import annotations

import pytest

from chalicelib.credential.public_suffix import shared_suffix


@pytest.mark.parametrize(
    "host",
    ["harbour.example", "www.harbour.example", "ox.ac.uk", "github.com", "learn.github.com", "xn--bcher-kva.example"],
)
def test_a_registered_domain_and_what_is_below_it_is_not_shared(host: str) -> None:
    assert shared_suffix(host) is None


@pytest.mark.parametrize("host", ["com", "co.uk", "ac.uk", "github.io", "vercel.app", "localhost", "xn--p1ai", ""])
def test_a_suffix_itself_is_shared(host: str) -> None:
    assert shared_suffix(host) == host


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("someone.github.io", "github.io"),
        ("a.b.someone.github.io", "github.io"),
        ("oxford.vercel.app", "vercel.app"),
        ("bucket.s3.amazonaws.com", "s3.amazonaws.com"),
    ],
)
def test_a_name_below_a_private_suffix_is_shared(host: str, suffix: str) -> None:
    assert shared_suffix(host) == suffix
