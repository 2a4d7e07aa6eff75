"""Where a key is published, and when that is a domain of the issuer's own."""

from __future__ import annotations

import pytest

from chalicelib.credential.key_location import MAX_PLACE, KeyLocation, key_location

SCID = "QmPEQVM1JPTyrvEgBcDXwjK4TeyLGSX1PxjgyeAisdWM1p"
BASE_URL = "https://laurel.example"


@pytest.mark.parametrize(
    ("issuer", "documents", "domain"),
    [
        ("did:web:college.example", ["https://college.example/.well-known/did.json"], "college.example"),
        ("did:web:College.Example.", [], "college.example"),
        ("did:web:college.example%3A443", [], "college.example"),
        ("https://college.example", ["https://college.example/.well-known/jwt-vc-issuer"], "college.example"),
        ("https://college.example/", ["https://college.example/"], "college.example"),
        (f"did:webvh:{SCID}:college.example", ["https://college.example/.well-known/did.jsonl"], "college.example"),
        ("https://college.example", ["https://college.example/.well-known/jwks.json"], "college.example"),
    ],
)
def test_whole_host_is_a_domain(issuer: str, documents: list[str], domain: str) -> None:
    assert key_location(issuer, documents, BASE_URL) == KeyLocation(domain, domain)


@pytest.mark.parametrize(
    ("issuer", "documents", "place"),
    [
        ("did:web:github.com:someone:repo", ["https://github.com/someone/repo/did.json"], "github.com/someone/repo"),
        ("did:web:college.example%3A8443", [], "college.example:8443"),
        (f"did:webvh:{SCID}:github.com:someone", ["https://github.com/someone/did.jsonl"], "github.com/someone"),
        ("https://github.com/someone/repo", [], "github.com/someone/repo"),
        ("https://college.example/staff/", [], "college.example/staff"),
        ("did:web:someone.github.io", [], "someone.github.io"),
        ("did:web:github.io", [], "github.io"),
        ("did:web:co.uk", [], "co.uk"),
        ("https://oxford.vercel.app", ["https://oxford.vercel.app/.well-known/x"], "oxford.vercel.app"),
        ("https://college.example", [], "college.example"),
        # The signer names the file with the key, and others can publish files on this host.
        ("https://college.example", ["https://college.example/~bob/key.json"], "college.example/~bob/key.json"),
    ],
)
def test_part_of_a_host_is_a_place_and_not_a_domain(issuer: str, documents: list[str], place: str) -> None:
    assert key_location(issuer, documents, BASE_URL) == KeyLocation(place, None)


@pytest.mark.parametrize(
    "issuer",
    [
        "did:web:laurel.example:issuers:fernhill",
        "did:web:LAUREL.example..:issuers:fernhill",
        "did:web:laurel.example%3A8000:issuers:fernhill",
        "did:web:laurel.example",
        "https://laurel.example/issuers/fernhill",
        "did:key:z6Mk",
        "did:web:l\u0430urel.example",
        "https://user@college.example",
        "",
    ],
)
def test_no_place_is_named_for_an_issuer_hosted_here_or_without_a_web_address(issuer: str) -> None:
    assert key_location(issuer, [], BASE_URL) is None


@pytest.mark.parametrize("path", ["../~bob/key.json", "%2e%2e/~bob/key.json", "..%2f~bob", "x/../../~bob", "./key", ""])
def test_a_well_known_path_that_leads_elsewhere_is_not_well_known(path: str) -> None:
    location = key_location("https://college.example", [f"https://college.example/.well-known/{path}"], BASE_URL)
    assert location is not None
    assert location.domain is None


def test_a_long_path_is_shortened() -> None:
    location = key_location("did:web:college.example:" + "a" * 3000, [], BASE_URL)
    assert location is not None
    assert len(location.place) == MAX_PLACE
