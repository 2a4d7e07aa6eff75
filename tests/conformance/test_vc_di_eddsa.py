"""The published vectors of Data Integrity EdDSA Cryptosuites v1.0, with every intermediate value."""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.credential.multibase import decode_base58btc
from chalicelib.verify.data_integrity import document_hash, read_proof, signed_bytes
from chalicelib.verify.pipeline import verify
from chalicelib.verify.proofs.suites import canonical_form
from chalicelib.verify.report import Finding, Outcome
from tests import makers
from tests.conformance.mutation import one_value_edits
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

FOLDER = Path("vc-di-eddsa/TestVectors")
SUITES = {
    "eddsa-rdfc-2022": ("eddsa-rdfc-2022", "DataInt"),
    "eddsa-rdfc-2022/employ": ("eddsa-rdfc-2022", "DataInt"),
    "eddsa-jcs-2022": ("eddsa-jcs-2022", "JCS"),
    "Ed25519Signature2020": ("Ed25519Signature2020", "EdSig"),
}
"""Folder: the suite's name, and the suffix of its file names."""


class Vector:
    """One folder: a document with a single proof, and the intermediate values."""

    def __init__(self, folder: str) -> None:
        self.folder = FOLDER / folder
        self.suite, self.suffix = SUITES[folder]
        self.signed = vectors.load(self.folder / f"signed{self.suffix}.json")
        self.unsecured = {name: value for name, value in self.signed.items() if name != "proof"}
        self.proof = read_proof(self.signed["proof"])

    def published(self, name: str) -> str:
        return (vectors.ROOT / self.folder / f"{name}{self.suffix}.txt").read_text("utf-8")

    def proof_config(self) -> dict[str, Any]:
        config: dict[str, Any] = vectors.load(self.folder / f"proofConfig{self.suffix}.json")
        return config


@pytest.fixture(params=SUITES)
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(request.param)


def finding(document: dict[str, Any], check: str) -> Finding:
    report = verify(makers.as_bytes(document), resolver=makers.FakeResolver().resolver(), now=makers.NOW)
    return next(finding for finding in report.findings if finding.check == check)


def test_the_canonical_document_and_its_hash_match_the_published_values(vector: Vector) -> None:
    assert canonical_form(vector.unsecured, vector.suite).decode() == vector.published("canonDoc")
    assert document_hash(vector.unsecured, vector.suite).hex() == vector.published("docHash")


def test_the_canonical_proof_options_and_their_hash_match_the_published_values(vector: Vector) -> None:
    canonical = canonical_form(vector.proof_config(), vector.suite)
    assert canonical.decode() == vector.published("proofCanon")
    assert hashlib.sha256(canonical).hexdigest() == vector.published("proofHash")


def test_the_bytes_to_sign_match_the_published_value(vector: Vector) -> None:
    signed = signed_bytes(vector.unsecured, vector.proof.options, vector.suite)
    assert signed.hex() == vector.published("combinedHash")


def test_the_decoded_signature_matches_the_published_bytes(vector: Vector) -> None:
    assert vector.proof.value.hex() == vector.published("sigHex")
    assert decode_base58btc(vector.published("sigBTC58")) == vector.proof.value


def test_the_proof_is_valid_but_its_key_is_not_the_issuers(vector: Vector) -> None:
    assert finding(vector.signed, "proof").outcome is Outcome.PASSED
    signer = finding(vector.signed, "signer")
    assert (signer.outcome, signer.code) == (Outcome.FAILED, "signer_not_issuer")


def test_changing_any_value_of_the_document_or_proof_invalidates_it(vector: Vector) -> None:
    edits = list(one_value_edits(vector.signed))
    accepted = [path for path, edited in edits if finding(edited, "proof").outcome is Outcome.PASSED]
    assert accepted == []
    assert len(edits) > 50


def test_a_proof_set_of_one_is_valid() -> None:
    document = vectors.load(FOLDER / "proof-set-chain/signedProofSet1.json")
    assert finding(document, "proof").outcome is Outcome.PASSED


def test_a_proof_set_is_valid_only_if_both_proofs_are() -> None:
    document = vectors.load(FOLDER / "proof-set-chain/signedProofSet2.json")
    assert finding(document, "proof").outcome is Outcome.PASSED
    for position in (0, 1):
        broken = copy.deepcopy(document)
        broken["proof"][position]["created"] = "2023-02-26T22:36:39Z"
        assert finding(broken, "proof").outcome is Outcome.FAILED


CHAINS = ["signedProofChain1", "signedProofChain2"]


@pytest.mark.parametrize("name", CHAINS)
def test_a_proof_chain_is_valid(name: str) -> None:
    document = vectors.load(FOLDER / f"proof-set-chain/{name}.json")
    assert finding(document, "proof").outcome is Outcome.PASSED
    assert finding(document, "signer").code == "signer_not_issuer"


@pytest.mark.parametrize("name", CHAINS)
def test_changing_any_value_of_a_chained_document_or_proof_invalidates_it(name: str) -> None:
    document = vectors.load(FOLDER / f"proof-set-chain/{name}.json")
    edits = list(one_value_edits(document))
    accepted = [path for path, edited in edits if finding(edited, "proof").outcome is Outcome.PASSED]
    assert accepted == []


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_without_its_first_proof_is_refused(name: str) -> None:
    document = vectors.load(FOLDER / f"proof-set-chain/{name}.json")
    shortened = {**document, "proof": document["proof"][1:]}
    assert finding(shortened, "structure").code == "previous_proof_missing"
