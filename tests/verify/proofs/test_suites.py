"""ECDSA suites from bytes to verdict."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.credential.multibase import decode_base58btc, encode_base58btc
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import ISSUER_KEY, NOW, as_bytes, good_resolver
from tests.verify.proofs.ecdsa import P256, P384, EcdsaSignatory, badge_by, signed_by

SUITES = ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"]
KEYS = [pytest.param(P256, id="P-256"), pytest.param(P384, id="P-384")]


def report(document: Any) -> Report:
    return verify(as_bytes(document), resolver=good_resolver().resolver(), now=NOW)


def code(document: Any, check: str = "proof") -> str:
    return next(finding.code for finding in report(document).findings if finding.check == check)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("suite", SUITES)
def test_a_credential_signed_with_ecdsa_is_valid(suite: str, key: EcdsaSignatory) -> None:
    result = report(signed_by(key, suite))
    assert (result.verdict, result.format) == (Verdict.VALID, f"Open Badges 3.0, {suite}")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("suite", SUITES)
def test_a_changed_credential_signed_with_ecdsa_is_invalid(suite: str, key: EcdsaSignatory) -> None:
    document = signed_by(key, suite)
    assert code({**document, "validFrom": "2026-01-02T00:00:00Z"}) == "signature_wrong"


@pytest.mark.parametrize("suite", SUITES)
def test_the_curve_of_the_signature_must_be_that_of_the_key(suite: str) -> None:
    document = signed_by(P384, suite, badge_by(P256), method=P256.method)
    assert code(document) == "algorithm_mismatch"
    assert code(signed_by(P256, suite, badge_by(P256), method=ISSUER_KEY.method)) == "algorithm_mismatch"


@pytest.mark.parametrize("key", KEYS)
def test_a_signature_of_another_size_is_malformed(key: EcdsaSignatory) -> None:
    document: Any = signed_by(key, SUITES[0])
    value = decode_base58btc(document["proof"]["proofValue"])
    for changed in (value[:-1], value + b"\0", b""):
        proof = {**document["proof"], "proofValue": encode_base58btc(changed)}
        assert code({**document, "proof": proof}, "structure") == "proof_malformed"


def test_the_other_of_two_equivalent_signatures_is_not_another_statement() -> None:
    # ECDSA signatures can be negated by anyone; the document that they cover stays the same.
    document: Any = signed_by(P256, SUITES[0])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    value = decode_base58btc(document["proof"]["proofValue"])
    negated = value[:32] + (order - int.from_bytes(value[32:], "big")).to_bytes(32, "big")
    proof = {**document["proof"], "proofValue": encode_base58btc(negated)}
    assert report({**document, "proof": proof}).credential == report(document).credential


@pytest.mark.parametrize("suite", SUITES)
def test_a_did_key_without_a_fragment_names_its_only_key(suite: str) -> None:
    assert report(signed_by(P256, suite, method=P256.did)).verdict is Verdict.VALID
