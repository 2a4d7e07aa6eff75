"""From the identifier to the address of its history."""

from __future__ import annotations

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.did_webvh import identifier

SCID = "QmPEQVM1JPTyrvEgBcDXwjK4TeyLGSX1PxjgyeAisdWM1p"


@pytest.mark.parametrize(
    ("rest", "folder"),
    [
        ("example.com", "https://example.com/.well-known/"),
        ("issuer.example.com", "https://issuer.example.com/.well-known/"),
        ("example.com:dids:issuer", "https://example.com/dids/issuer/"),
        ("example.com%3A3000:dids:issuer", "https://example.com:3000/dids/issuer/"),
        ("example.com%3a3000", "https://example.com:3000/.well-known/"),
    ],
)
def test_examples_of_the_specification(rest: str, folder: str) -> None:
    found = identifier.parse(f"did:webvh:{SCID}:{rest}")
    assert (found.scid, found.log, found.witnesses) == (SCID, f"{folder}did.jsonl", f"{folder}did-witness.json")


@pytest.mark.parametrize(
    "did",
    [None, 1, "", "did:webvh:", f"did:webvh:{SCID}", f"did:webvh:{SCID}:", "did:webvh:example.com",
     f"did:webvh:{SCID}1:example.com", f"did:webvh:{SCID[1:]}:example.com", f"did:webvh:{SCID[:-1]}0:example.com",
     f"did:webvh:{SCID[:-1]}l:example.com", "did:webvh:{SCID}:example.com", f"DID:webvh:{SCID}:example.com",
     f"did:WEBVH:{SCID}:example.com", f"did:webvh:{SCID}:example.com:", f"did:webvh:{SCID}:example.com::a",
     f"did:webvh:{SCID}:example.com:..", f"did:webvh:{SCID}:example.com:.:a", f"did:webvh:{SCID}:example.com:%2e%2e",
     f"did:webvh:{SCID}:example.com:a%2Fb", f"did:webvh:{SCID}:example.com/path", f"did:webvh:{SCID}:example.com?a",
     f"did:webvh:{SCID}:example.com?versionId=1", f"did:webvh:{SCID}:example.com#a", f"did:webvh:{SCID}:a@example.com",
     f"did:webvh:{SCID}:example.com%3A", f"did:webvh:{SCID}:example.com%40evil.example", f"did:web:{SCID}:example.com",
     f"did:webvh:{SCID}:example.com\n"],
)  # fmt: skip
def test_a_malformed_identifier_is_refused(did: object) -> None:
    with pytest.raises(Malformed) as caught:
        identifier.parse(did)
    assert caught.value.code == "did_malformed"
