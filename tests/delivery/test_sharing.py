"""Links that share a credential: exact, percent-encoded, and credited to their channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import pytest

from chalicelib.analytics.channel import Channel
from chalicelib.delivery.holder import sharing
from chalicelib.delivery.holder.sharing import ORIGINS, SharedCredential, SharePlatform

URL = "https://laurel.example/c/abc"
SHARED = SharedCredential(
    "R&D: “Größe” + 100 % #1 日本",
    "École d’été & Söhne",
    URL,
    "abc",
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2028, 1, 1, tzinfo=UTC),
)


def fields(url: str) -> dict[str, str]:
    """The fields of a query, each given once, as a strict parser reads them."""
    assert url.isascii()
    assert "+" not in url
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def test_linkedin_profile_has_every_field_exactly() -> None:
    url = sharing.address(SharePlatform.LINKEDIN_PROFILE, SHARED)
    assert urlsplit(url)[:3] == ("https", "www.linkedin.com", "/profile/add")
    assert fields(url) == {
        "startTask": "CERTIFICATION_NAME",
        "name": SHARED.name,
        "organizationName": SHARED.issuer,
        "issueYear": "2026",
        "issueMonth": "12",
        "expirationYear": "2028",
        "expirationMonth": "1",
        "certUrl": f"{URL}?via=linkedin_profile",
        "certId": "abc",
    }
    endless = fields(sharing.address(SharePlatform.LINKEDIN_PROFILE, replace(SHARED, valid_until=None)))
    assert not [name for name in endless if name.startswith("expiration")]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (SharePlatform.LINKEDIN_POST, {"url": f"{URL}?via=linkedin_post"}),
        (SharePlatform.FACEBOOK, {"u": f"{URL}?via=facebook"}),
        (SharePlatform.X, {"text": "I earned “{name}” from {issuer}.", "url": f"{URL}?via=x"}),
        (SharePlatform.WHATSAPP, {"text": f"I earned “{{name}}” from {{issuer}}. {URL}?via=whatsapp"}),
    ],
)
def test_other_platforms_get_the_link_with_their_channel(target: SharePlatform, expected: dict[str, str]) -> None:
    names = {"name": SHARED.name, "issuer": SHARED.issuer}
    assert fields(sharing.address(target, SHARED)) == {key: text.format(**names) for key, text in expected.items()}


def test_an_email_has_subject_and_body_and_no_recipient() -> None:
    """A line break in a name must not add a header such as Bcc."""
    url = sharing.email(replace(SHARED, name="A\r\nBcc: x@evil.example&bcc=y"))
    assert urlsplit(url)[:3] == ("mailto", "", "")
    found = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert set(found) == {"subject", "body"}
    assert found["body"][0].endswith(f"\r\n\r\n{URL}?via=email")
    assert "+" not in url
    assert found["subject"] == ["A Bcc: x@evil.example&bcc=y"]


@pytest.mark.parametrize("target", SharePlatform)
def test_every_link_stays_on_its_platform_and_names_a_channel(target: SharePlatform) -> None:
    hostile = replace(SHARED, name="https://evil.example/#&url=https://evil.example", issuer="@evil\\", by_holder=False)
    url = sharing.address(target, hostile)
    assert url.startswith(tuple(f"{origin}/" for origin in ORIGINS))
    assert Channel(target.value).value in unquote(url)


def test_a_visitor_who_shares_does_not_claim_to_have_earned_it() -> None:
    assert "earned" not in unquote(sharing.address(SharePlatform.X, replace(SHARED, by_holder=False)))
