"""Laurel and an independent implementation accept each other's signatures, and refuse the same edits."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from chalicelib.verify.pipeline import verify
from tests import makers
from tests.conformance import peer
from tests.conformance.mutation import one_value_edits
from tests.verify.canonical import vectors

pytestmark = peer.needs_peer

KEY = {"seed": makers.ISSUER_KEY.private.private_bytes_raw().hex()}
NOW = "2026-11-22T12:00:00Z"
EDITS = 60
"""Edits of one credential that both must refuse."""

PLAIN: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:2f3c8a52-6e1d-4b0f-9a52-9c9f1c3f6a10",
    "type": ["VerifiableCredential"],
    "name": [{"@value": 'Zürich "quoted" \\ \t tab', "@language": "de"}, {"@value": "漢字 🎓", "@language": "ja"}],
    "issuer": makers.ISSUER_KEY.did,
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:holder", "description": "line\nbreak \u007f \u0001 end"},
}


@pytest.fixture(params=["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def suite(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def documents() -> list[dict[str, Any]]:
    """A badge as Laurel builds it, a plain credential, and the specification's examples if available."""
    examples = [vectors.load(path) for path in vectors.files("openbadges/*.json")]
    for example in examples:
        example["issuer"]["id"] = makers.ISSUER_KEY.did
    return [makers.unsigned(), PLAIN, *examples]


def accepted(document: dict[str, Any]) -> bool:
    resolver = makers.good_resolver().resolver()
    return verify(makers.as_bytes(document), resolver=resolver, now=makers.NOW).credential is not None


def edits(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A fixed sample of the credential's one-value edits, which includes edits of its proof."""
    edited = [variant for _, variant in one_value_edits(document)]
    return Random(len(edited)).sample(edited, EDITS)


def test_laurel_accepts_the_peers_signatures(suite: str) -> None:
    signed = peer.sign(documents(), suite, key=KEY, created=NOW)
    assert [document["id"] for document in signed if not accepted(document)] == []


def test_the_peer_accepts_laurels_signatures(suite: str) -> None:
    signed = [makers.signed(document, suite=suite) for document in documents()]
    assert peer.verdicts(signed, suite, now=NOW) == [True] * len(signed)


def test_both_make_identical_signatures(suite: str) -> None:
    # Ed25519 is deterministic (RFC 8032, 5.1.6): an equal signature means equal bytes to sign.
    theirs = [document["proof"]["proofValue"] for document in peer.sign(documents(), suite, key=KEY, created=NOW)]
    ours = [makers.signed(document, suite=suite)["proof"]["proofValue"] for document in documents()]
    assert ours == theirs


def test_neither_accepts_an_edit_of_a_credential_signed_by_the_peer(suite: str) -> None:
    for document in peer.sign(documents()[:2], suite, key=KEY, created=NOW):
        variants = edits(document)
        assert peer.verdicts(variants, suite, now=NOW) == [False] * EDITS
        assert [accepted(variant) for variant in variants] == [False] * EDITS


def test_neither_accepts_an_edit_of_a_credential_signed_by_laurel(suite: str) -> None:
    for document in (makers.signed(document, suite=suite) for document in documents()[:2]):
        variants = edits(document)
        assert peer.verdicts(variants, suite, now=NOW) == [False] * EDITS
        assert [accepted(variant) for variant in variants] == [False] * EDITS
