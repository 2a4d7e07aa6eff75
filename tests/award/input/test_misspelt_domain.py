"""Hints about misspelt mail domains."""

from __future__ import annotations

import pytest

from chalicelib.award.input.misspelt_domain import PROVIDERS, suggestion


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"), ("gmal.com", "gmail.com"), ("gmaill.com", "gmail.com"), ("gmail.con", "gmail.com"),
        ("GMIAL.com", "gmail.com"), ("hotmial.com", "hotmail.com"), ("outlok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"), ("wbe.de", "web.de"), ("hotmail.com.uk", "hotmail.co.uk"),
    ],
    ids=["swapped", "missing", "added", "different", "case", "hotmail", "outlook", "yahoo", "short", "country"],
)  # fmt: skip
def test_misspelt_domain_of_a_provider_is_recognized(domain: str, meant: str | None) -> None:
    assert suggestion(f"ada@{domain}") == meant


@pytest.mark.parametrize("domain", [*PROVIDERS, "mail.com", "ymail.com", "gmx.at", "aol.de", "fernhill.example", ""])
def test_genuine_domain_gets_no_hint(domain: str) -> None:
    assert suggestion(f"ada@{domain}") is None
