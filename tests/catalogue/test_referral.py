"""Tokens of enrolment links, and the tagged URL."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.catalogue import referral
from tests.catalogue import makers

SALT = b"s" * 32


@pytest.mark.parametrize("changes", [{}, {"credential_id": None}, {"channel": None}, {"issuer_id": "a-1"}])
def test_a_token_is_read_as_it_was_written(changes: dict[str, object]) -> None:
    one = makers.referral(**changes)
    token = referral.write(one, SALT)
    assert referral.read(token) == one
    assert referral.is_signed(token, SALT)
    assert not referral.is_signed(token, b"t" * 32)


def test_a_changed_token_is_not_signed() -> None:
    token = referral.write(makers.referral(), SALT)
    changed = [
        token.replace("fernhill", "acme"),
        token.replace("20261122", "20261123"),
        token.replace("aaaa", "bbbb", 1),
    ]
    assert not any(referral.is_signed(each, SALT) for each in changed)


@pytest.mark.parametrize(
    "token",
    [
        "", "x", "https://evil.example", "//evil.example", "a.b.c.d.e.f.g", "é" * 40,
        referral.write(makers.referral(), SALT) + "\n",
        referral.write(makers.referral(), SALT).replace("20261122", "20261322"),
    ],
)  # fmt: skip
def test_anything_else_is_not_a_token(token: str) -> None:
    assert referral.read(token) is None


def test_tags_name_the_achievement_and_the_channel_and_never_the_credential() -> None:
    tagged = referral.tagged("https://f.example/enrol?course=1&utm_source=own#form", makers.referral())
    assert urlsplit(tagged).fragment == "form"
    assert parse_qsl(urlsplit(tagged).query) == [
        ("course", "1"),
        ("utm_source", "own"),
        ("utm_medium", "credential"),
        ("utm_campaign", makers.ACHIEVEMENT),
        ("utm_content", "linkedin_post"),
    ]
    assert "c" * 26 not in tagged
