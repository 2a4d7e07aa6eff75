"""ECDSA suites: Laurel and an independent implementation accept each other's signatures, and refuse the same edits."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from chalicelib.verify.pipeline import verify
from tests import makers
from tests.conformance import peer
from tests.conformance.mutation import one_value_edits
from tests.conformance.test_digitalbazaar import PLAIN
from tests.verify.proofs.ecdsa import P256, P384, EcdsaSignatory, signed_by
from tests.verify.proofs.extract import extract
from tests.verify.proofs.test_disclosure import FULL, SHOWN

pytestmark = peer.needs_peer

NOW = "2026-11-22T12:00:00Z"
EDITS = 40
"""Edits of one credential that both must refuse."""
MANDATORY = ["/issuer", "/validFrom"]
SELECTED = {
    "subject": ["/credentialSubject"],
    "achievement": ["/credentialSubject/type", "/credentialSubject/achievement"],
    "everything": ["/name", "/validUntil", "/credentialSubject"],
}


@pytest.fixture(params=["ecdsa-rdfc-2019", "ecdsa-jcs-2019"])
def suite(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[P256, P384], ids=["P-256", "P-384"])
def key(request: pytest.FixtureRequest) -> EcdsaSignatory:
    found: EcdsaSignatory = request.param
    return found


def multikeys(key: EcdsaSignatory) -> dict[str, str]:
    return {"publicKeyMultibase": key.public_multikey, "secretKeyMultibase": key.secret_multikey}


def accepted(document: dict[str, Any]) -> bool:
    resolver = makers.FakeResolver().resolver()
    return verify(makers.as_bytes(document), resolver=resolver, now=makers.NOW).credential is not None


def edits(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A fixed sample of the credential's one-value edits, which includes edits of its proof."""
    edited = [variant for _, variant in one_value_edits(document)]
    return Random(len(edited)).sample(edited, EDITS)


def neither_accepts(variants: list[dict[str, Any]], suite: str) -> bool:
    return not any(peer.verdicts(variants, suite, now=NOW)) and not any(map(accepted, variants))


def test_laurel_accepts_the_peers_signatures_and_refuses_their_edits(suite: str, key: EcdsaSignatory) -> None:
    for document in peer.sign([PLAIN, SHOWN], suite, key=multikeys(key), created=NOW):
        assert accepted(document)
        assert neither_accepts(edits(document), suite)


def test_the_peer_accepts_laurels_signatures_and_refuses_their_edits(suite: str, key: EcdsaSignatory) -> None:
    issuer = {**SHOWN["issuer"], "id": key.did}
    documents = [
        signed_by(key, suite, {**PLAIN, "issuer": key.did}),
        signed_by(key, suite, {**SHOWN, "issuer": issuer}),
    ]
    assert peer.verdicts(documents, suite, now=NOW) == [True, True]
    for document in documents:
        assert neither_accepts(edits(document), suite)


@pytest.mark.parametrize("selected", SELECTED)
def test_laurel_accepts_what_the_peer_derives_and_refuses_its_edits(selected: str) -> None:
    options: dict[str, Any] = {"created": NOW, "mandatory": MANDATORY, "selected": SELECTED[selected]}
    [document] = peer.sign([FULL], "ecdsa-sd-2023", key=multikeys(P256), **options)
    assert ("validUntil" in document) == (selected == "everything")
    assert accepted(document)
    assert neither_accepts(edits(document), "ecdsa-sd-2023")


def test_the_peer_accepts_what_is_derived_here() -> None:
    assert peer.verdicts([extract(FULL, SHOWN).signed()], "ecdsa-sd-2023", now=NOW) == [True]


def test_neither_accepts_a_base_proof() -> None:
    options: dict[str, Any] = {"created": NOW, "mandatory": MANDATORY}
    documents = peer.sign([FULL], "ecdsa-sd-2023", key=multikeys(P256), **options)
    assert neither_accepts(documents, "ecdsa-sd-2023")
