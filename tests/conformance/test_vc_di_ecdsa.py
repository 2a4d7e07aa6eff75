"""The published vectors of Data Integrity ECDSA Cryptosuites v1.0, with every intermediate value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chalicelib.credential.multibase import decode_base58btc, encode_base58btc
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.data_integrity import document_hash, read_proof, signed_bytes
from chalicelib.verify.pipeline import verify
from chalicelib.verify.proofs.disclosure import disclosed
from chalicelib.verify.proofs.suites import HASHES, canonical_form
from chalicelib.verify.report import Finding, Outcome
from tests import makers
from tests.conformance.mutation import one_value_edits
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

FOLDER = Path("vc-di-ecdsa/TestVectors")
FOLDERS = {
    "ecdsa-rdfc-2019-p256": "ECDSAP256",
    "ecdsa-rdfc-2019-p256/employ": "ECDSAP256",
    "ecdsa-rdfc-2019-p384": "ECDSAP384",
    "ecdsa-rdfc-2019-p384/employ": "ECDSAP384",
    "ecdsa-jcs-2019-p256": "JCSECDSAP256",
    "ecdsa-jcs-2019-p384": "JCSECDSAP384",
}
"""Folder: the suffix of its file names."""


class Vector:
    """One folder: a document with a single proof, and the intermediate values."""

    def __init__(self, folder: str) -> None:
        self.folder = FOLDER / folder
        self.suffix = FOLDERS[folder]
        self.signed = vectors.load(self.folder / f"signed{self.suffix}.json")
        self.unsecured = {name: value for name, value in self.signed.items() if name != "proof"}
        self.proof = read_proof(self.signed["proof"])
        self.suite = self.proof.suite
        self.digest = HASHES[self.proof.algorithm]

    def published(self, name: str) -> str:
        return (vectors.ROOT / self.folder / f"{name}{self.suffix}.txt").read_text("utf-8")

    def proof_config(self) -> dict[str, Any]:
        config: dict[str, Any] = vectors.load(self.folder / f"proofConfig{self.suffix}.json")
        return config


@pytest.fixture(params=FOLDERS)
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(request.param)


def finding(document: dict[str, Any], check: str) -> Finding:
    report = verify(makers.as_bytes(document), resolver=makers.FakeResolver().resolver(), now=makers.NOW)
    return next(finding for finding in report.findings if finding.check == check)


def test_the_canonical_document_and_its_hash_match_the_published_values(vector: Vector) -> None:
    assert canonical_form(vector.unsecured, vector.suite, vector.digest).decode() == vector.published("canonDoc")
    assert document_hash(vector.unsecured, vector.suite, vector.proof.algorithm).hex() == vector.published("docHash")


def test_the_canonical_proof_options_and_their_hash_match_the_published_values(vector: Vector) -> None:
    canonical = canonical_form(vector.proof_config(), vector.suite, vector.digest)
    assert canonical.decode() == vector.published("proofCanon")
    assert vector.digest(canonical).hexdigest() == vector.published("proofHash")


def test_the_bytes_to_sign_match_the_published_value(vector: Vector) -> None:
    signed = signed_bytes(vector.unsecured, vector.proof.options, vector.suite, vector.proof.algorithm)
    assert signed.hex() == vector.published("combinedHash")


def test_the_decoded_signature_matches_the_published_bytes(vector: Vector) -> None:
    assert vector.proof.value.hex() == vector.published("sigHex")
    assert decode_base58btc(vector.published("sigBTC58")) == vector.proof.value


def test_the_proof_is_valid_but_its_key_is_not_the_issuers(vector: Vector) -> None:
    assert finding(vector.signed, "proof").outcome is Outcome.PASSED
    assert finding(vector.signed, "signer").outcome is Outcome.FAILED


def test_changing_any_value_of_the_document_or_proof_invalidates_it(vector: Vector) -> None:
    edits = list(one_value_edits(vector.signed))
    accepted = [path for path, edited in edits if finding(edited, "proof").outcome is Outcome.PASSED]
    assert accepted == []
    assert len(edits) > 50


class Run:
    """One run of `ecdsa-sd-2023`: from a base proof to a verified derived proof."""

    def __init__(self, name: str) -> None:
        self.folder = FOLDER / "ecdsa-sd-2023" / name
        self.derived = vectors.load(self.folder / "derivedRevealDocument.json")
        self.base = vectors.load(self.folder / "addSignedSDBase.json")
        self.quads = to_quads({name: value for name, value in self.derived.items() if name != "proof"})
        self.proof = read_proof(self.derived["proof"])
        assert self.proof.disclosure is not None
        self.disclosure = self.proof.disclosure

    def published(self, name: str) -> Any:
        return vectors.load(self.folder / f"{name}.json")


@pytest.fixture(params=["employ", "prc"])
def run(request: pytest.FixtureRequest) -> Run:
    return Run(request.param)


def test_the_parts_of_a_derived_proof_value_match_the_published_ones(run: Run) -> None:
    published, found = run.published("verifyDerivedProofValue"), run.disclosure
    assert found.base_signature.hex() == published["baseSignature"]
    assert encode_base58btc(found.public_key) == published["publicKey"]
    assert [signature.hex() for signature in found.signatures] == published["signatures"]
    assert found.labels == {f"_:{name}": f"_:{label}" for name, label in published["labelMap"]}
    assert sorted(found.mandatory) == published["mandatoryIndexes"]


def test_the_labelled_statements_match_the_published_ones(run: Run) -> None:
    labels = {node: run.disclosure.labels[label] for node, label in rdfc.issue(run.quads).items()}
    assert rdfc.labelled(run.quads, labels) == run.published("verifyNQuads")


def test_what_a_derived_proof_signs_matches_the_published_values(run: Run) -> None:
    published, found = (
        run.published("verifyCreateVerifyData"),
        disclosed(run.quads, rdfc.issue(run.quads), run.disclosure),
    )
    assert found is not None
    assert [statement.message.decode() for statement in found.statements] == published["nonMandatory"]
    assert found.signed == run.disclosure.public_key + bytes.fromhex(published["mandatoryHash"])
    signed = signed_bytes(run.derived, run.proof.options, run.proof.suite, hashed=found.signed)
    assert signed.startswith(bytes.fromhex(published["proofHash"]))


def test_a_derived_proof_is_valid_but_its_key_is_not_the_issuers(run: Run) -> None:
    assert finding(run.derived, "proof").outcome is Outcome.PASSED
    assert finding(run.derived, "signer").code == "signer_not_issuer"


def test_a_base_proof_is_not_accepted_in_place_of_a_derived_one(run: Run) -> None:
    assert (finding(run.base, "proof").outcome, finding(run.base, "proof").code) == (Outcome.UNKNOWN, "base_proof")


def test_changing_any_value_of_a_derived_document_or_proof_invalidates_it(run: Run) -> None:
    edits = list(one_value_edits(run.derived))
    accepted = [path for path, edited in edits if finding(edited, "proof").outcome is Outcome.PASSED]
    assert accepted == []
    assert len(edits) > 50
