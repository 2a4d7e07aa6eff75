"""From the page of a badge on a well-known platform to the address of the badge."""

from __future__ import annotations

import pytest

from chalicelib.reports import platforms

UUID = "30b2e6d2-64a7-4d1e-8a3b-5f6d2c1b0a99"
CREDLY = f"https://api.credly.com/v1/obi/v2/badge_assertions/{UUID}"
BADGR = "9LCsS9AVSiaZOtCu-yNf9w"
SHA_1 = "1ad0ca0b37b55d3def2a09fc01d2167bac8e28dd"


@pytest.mark.parametrize(
    ("page", "credential"),
    [
        (f"https://www.credly.com/badges/{UUID}", CREDLY),
        (f"https://www.credly.com/badges/{UUID}/public_url", CREDLY),
        (f"https://credly.com/badges/{UUID.upper()}/linked_in_profile?source=linkedin#top", CREDLY),
        (f"https://badgr.com/public/assertions/{BADGR}", f"https://api.badgr.io/public/assertions/{BADGR}.json?v=2_0"),
        (
            f"https://badgr.com/public/assertions/{BADGR}?identity__email=ada%40example.org",
            f"https://api.badgr.io/public/assertions/{BADGR}.json?v=2_0",
        ),
        (
            f"https://eu.badgr.com/public/assertions/{BADGR}/",
            f"https://api.eu.badgr.io/public/assertions/{BADGR}.json?v=2_0",
        ),
        (
            f"https://asu.badgr.com/public/assertions/{BADGR}",
            f"https://api.badgr.io/public/assertions/{BADGR}.json?v=2_0",
        ),
        (
            f"https://openbadgefactory.com/v1/assertion/{SHA_1}.html",
            f"https://openbadgefactory.com/v1/assertion/{SHA_1}",
        ),
    ],
)
def test_the_address_follows_from_that_of_the_page(page: str, credential: str) -> None:
    assert platforms.credential_of(page) == credential


@pytest.mark.parametrize(
    "url",
    [
        CREDLY,
        f"https://openbadgefactory.com/v1/assertion/{SHA_1}",
        f"https://api.badgr.io/public/assertions/{BADGR}.json?v=2_0",
        f"https://www.credly.com/badges/{UUID[:-1]}",
        f"https://www.credly.com/users/ada/badges/{UUID}",
        f"https://www.credly.com.evil.example/badges/{UUID}",
        f"https://evil.example/?https://www.credly.com/badges/{UUID}",
        f"https://evil.example/www.credly.com/badges/{UUID}",
        f"https://www.credly.com@evil.example/badges/{UUID}",
        f"http://www.credly.com/badges/{UUID}",
        f"https://www.credly.com:8443/badges/{UUID}",
        f"https://www.credly.com/badges/{UUID}/../../x",
        f"https://badgr.com/public/badges/{BADGR}",
        f"https://evil.badgr.com.example/public/assertions/{BADGR}",
        f"https://a.b.badgr.com/public/assertions/{BADGR}",
        "https://badgr.com/public/assertions/../../../../../x",
        "https://www.credential.net/e62a0eab-4375-4aca-b91d-da37eccb1407",
        "",
    ],
)
def test_any_other_address_is_read_as_it_is(url: str) -> None:
    assert platforms.credential_of(url) is None
