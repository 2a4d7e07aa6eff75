"""Tokens through all ten checks. For the parser's own errors see tests/verify/jose."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chalicelib.credential import vocabulary
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Outcome, Report, Verdict
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, FakeResolver, good_resolver, issuer, unsigned

DID = "did:web:fernhill.example"


def token(payload: dict[str, Any], *, key: Any = ISSUER_KEY.private, alg: str = "EdDSA", **header: Any) -> bytes:
    header = {"typ": "vc+jwt", "kid": ISSUER_KEY.method, **header}
    return pyjwt.encode(payload, key, alg, headers=header).encode()


def report_on(source: bytes, resolver: FakeResolver | None = None) -> Report:
    return verify(source, resolver=(resolver or good_resolver()).resolver(), now=NOW)


def codes(report: Report) -> dict[str, str]:
    return {finding.check: finding.code for finding in report.findings}


def test_a_token_of_the_second_data_model_is_valid() -> None:
    report = report_on(token(unsigned()))
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.format == "Open Badges 3.0, VC-JWT EdDSA"
    assert report.credential is not None
    assert report.credential["name"] == "Watercolour, first steps"


def v1_payload() -> dict[str, Any]:
    document = unsigned()
    document["@context"] = [vocabulary.CREDENTIALS_V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"]
    start = document.pop("validFrom")
    document.pop("id")
    return {"iss": ISSUER_KEY.did, "jti": "urn:uuid:1", "nbf": 1767225600, "vc": {**document, "issuanceDate": start}}


def test_a_token_of_the_first_data_model_is_valid_and_shows_its_claims() -> None:
    report = report_on(token(v1_payload(), typ="JWT"))
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.credential is not None
    assert (report.credential["id"], report.credential["valid_from"]) == ("urn:uuid:1", "2026-01-01T00:00:00Z")


def test_an_expiry_date_only_in_the_claims_counts() -> None:
    payload = {**v1_payload(), "exp": int((NOW - timedelta(seconds=1)).timestamp())}
    assert report_on(token(payload, typ="JWT")).verdict is Verdict.EXPIRED


def test_claims_that_contradict_the_credential_are_refused() -> None:
    report = report_on(token({**unsigned(), "iss": OTHER_KEY.did}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "claims_contradict")


@pytest.mark.parametrize("alg", ["ES256", "ES384", "RS256", "PS256"])
def test_every_supported_algorithm_is_verified(alg: str) -> None:
    private: Any = {
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    }.get(alg, lambda: rsa.generate_private_key(65537, 2048))()
    algorithm = pyjwt.get_algorithm_by_name(alg)
    jwk = json.loads(algorithm.to_jwk(private.public_key()))
    jwk.pop("key_ops", None)
    resolver = FakeResolver(controllers={DID: Controller(DID, (Method(f"{DID}#k", from_jwk(jwk), assertion=True),))})
    document = unsigned(issuer(did=DID), entries=())
    document.pop("credentialStatus")
    valid = token(document, key=private, alg=alg, kid=f"{DID}#k")
    assert report_on(valid, resolver).verdict is Verdict.VALID
    header, payload, signature = valid.split(b".")
    flipped = base64.urlsafe_b64encode(base64.urlsafe_b64decode(payload + b"==").replace(b"Ada", b"Eve")).rstrip(b"=")
    report = report_on(b".".join((header, flipped, signature)), resolver)
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")
    assert report.credential is None


def test_a_token_signed_by_another_key_is_refused() -> None:
    report = report_on(token(unsigned(), key=OTHER_KEY.private, kid=OTHER_KEY.method))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "signer_not_issuer")


def test_a_key_inside_the_token_is_never_used() -> None:
    jwk = json.loads(pyjwt.get_algorithm_by_name("EdDSA").to_jwk(OTHER_KEY.private.public_key()))
    report = report_on(token(unsigned(), key=OTHER_KEY.private, jwk=jwk))
    assert codes(report)["proof"] == "signature_wrong"


def test_an_unknown_context_in_a_token_is_unknown() -> None:
    document = unsigned()
    document["@context"] = [*document["@context"], "https://contexts.example/v1"]  # type: ignore[misc]
    report = report_on(token(document))
    assert (report.verdict, codes(report)["context"]) == (Verdict.UNKNOWN, "context_unknown")


@pytest.mark.parametrize("missing", range(1, 9))
def test_a_token_cut_within_its_signature_is_called_incomplete(missing: int) -> None:
    report = report_on(token(unsigned())[:-missing])
    finding = next(finding for finding in report.findings if finding.outcome is Outcome.FAILED)
    assert report.verdict is Verdict.INVALID
    assert "cut off" in finding.message


@pytest.mark.parametrize(
    ("source", "outcome", "code"),
    [
        (b"eyJhbGciOiJub25lIn0.e30.x", Outcome.FAILED, "algorithm_refused"),
        (b"eyJhbGciOiJFUzI1NksifQ.e30.eA", Outcome.UNKNOWN, "algorithm_unsupported"),
        (b"a.b.c.d.e", Outcome.UNKNOWN, "jws_encrypted"),
        (b"eyJhbGciOiJFUzI1NiIsInR5cCI6InZwK2p3dCJ9.e30.eA", Outcome.UNKNOWN, "presentation_unsupported"),
        (b"eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.eA", Outcome.FAILED, "token_type_other"),
        (b"a.b.c", Outcome.FAILED, "jws_malformed"),
        (b"hello", Outcome.UNKNOWN, "format_unknown"),
        (b"", Outcome.UNKNOWN, "format_unknown"),
    ],
)
def test_invalid_and_unsupported_tokens_are_distinguished(source: bytes, outcome: Outcome, code: str) -> None:
    finding = report_on(source).findings[0]
    assert (finding.outcome, finding.code) == (outcome, code)


def test_a_token_that_becomes_valid_later_is_not_yet_valid() -> None:
    document = unsigned(valid_from=NOW + timedelta(days=1))
    report = report_on(token({**document, "nbf": int((NOW + timedelta(days=1)).timestamp())}))
    assert report.verdict is Verdict.NOT_YET_VALID
