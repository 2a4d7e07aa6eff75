"""Tokens with a certificate: valid signatures by keys of which nothing shows whose they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.verify import base64url
from chalicelib.verify.keys.certificate import read
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.presentations.verify import verify as verify_presentation
from chalicelib.verify.report import Outcome, Report, Verdict
from tests.makers import NOW, FakeResolver
from tests.verify.formats.sd_jwts import DIPLOMA, sd_jwt
from tests.verify.jose.tokens import CREDENTIAL, ISSUER, by, jwk, token
from tests.verify.keys.certified import hosts, made, urls

UNNAMED = {name: value for name, value in DIPLOMA.items() if name != "iss"}
OURS = hosts("fernhill.example")


def report_on(source: bytes, *algorithms: str) -> Report:
    """The issuer publishes the keys of these algorithms."""
    methods = tuple(Method(f"key-{algorithm}", from_jwk(jwk(algorithm)), assertion=True) for algorithm in algorithms)
    controllers = {ISSUER: Controller(ISSUER, methods)} if methods else {}
    return verify(source, resolver=FakeResolver(controllers=controllers).resolver(), now=NOW)


def diploma(payload: dict[str, Any] | None = None, certificate: str | None = None, **header: Any) -> bytes:
    chain = [certificate or made(names=OURS)]
    return sd_jwt(payload or DIPLOMA, **{"kid": "key-ES256", "x5c": chain, **header})


def credential(certificate: str, issuer: str = ISSUER, **header: Any) -> bytes:
    made_header = {"alg": "ES256", "kid": "k", "typ": "vc+jwt", "x5c": [certificate], **header}
    return token(made_header, {**CREDENTIAL, "issuer": issuer})


def core(report: Report) -> list[str]:
    return [finding.code for finding in report.findings[3:5]]


@pytest.mark.parametrize("source", [diploma(), credential(made(names=OURS))], ids=["SD-JWT VC", "VC-JWT"])
def test_a_signature_by_a_certificate_is_valid_but_not_proven_to_be_the_issuers(source: bytes) -> None:
    report = report_on(source)
    assert report.verdict is Verdict.UNKNOWN
    assert core(report) == ["signature_valid", "certificate_untrusted"]
    assert "belongs to 'https://fernhill.example', but the issuer does not publish" in report.findings[4].message
    assert report.credential is None


def test_a_certificate_for_someone_else_is_reported_as_such() -> None:
    report = report_on(diploma(certificate=made(subject="Northside", names=hosts("northside.example"))))
    assert core(report) == ["signature_valid", "certificate_untrusted"]
    assert "belongs to 'Northside', not to the issuer" in report.findings[4].message


def test_a_name_in_a_certificate_is_quoted_and_cut() -> None:
    report = report_on(diploma(certificate=made(subject="is genuine. Call us. " + "x" * 43)))
    assert "'is genuine. Call us. x" in report.findings[4].message


def test_an_issuer_that_only_a_certificate_names_is_unknown() -> None:
    report = report_on(diploma(UNNAMED))
    assert (report.verdict, core(report)) == (Verdict.UNKNOWN, ["signature_valid", "certificate_untrusted"])
    assert "Only a certificate says who signed it: 'Fernhill College'." in report.findings[4].message
    assert report.credential is None


def test_a_changed_token_is_refused_where_only_a_certificate_names_the_issuer() -> None:
    forged = sd_jwt(UNNAMED, x5c=[made()]).replace(b"~", b"")
    header, payload, _ = forged.split(b".")
    other = sd_jwt({**UNNAMED, "given_name": "Eve"}, x5c=[made()]).rstrip(b"~").split(b".")[2]
    report = report_on(b".".join([header, payload, other]) + b"~")
    assert (report.verdict, report.findings[3].code) == (Verdict.INVALID, "signature_wrong")


@pytest.mark.parametrize("certificate", ["MIIB", "", made()[:-8]], ids=["cut off", "empty", "without its end"])
def test_a_certificate_that_cannot_be_read_names_no_one(certificate: str) -> None:
    report = report_on(diploma(UNNAMED, certificate) if certificate else sd_jwt(UNNAMED, x5c=[""]))
    assert (report.verdict, report.findings[0].code) == (Verdict.UNKNOWN, "certificate_malformed")


@pytest.mark.parametrize("chain", ["MIIB", [1], [None], {}, []], ids=str)
def test_a_chain_of_the_wrong_type_names_no_one(chain: Any) -> None:
    report = report_on(sd_jwt(UNNAMED, x5c=chain))
    assert (report.verdict, report.findings[0].code) == (Verdict.UNKNOWN, "issuer_unnamed")


def test_the_keys_that_the_issuer_publishes_prove_who_it_is() -> None:
    report = report_on(diploma(), "ES256")
    assert (report.verdict, core(report)) == (Verdict.VALID, ["signature_valid", "signer_is_issuer"])


def test_a_certificate_of_another_key_changes_nothing_if_the_issuers_key_fits() -> None:
    assert report_on(diploma(certificate=made("EdDSA")), "ES256").verdict is Verdict.VALID


def test_a_genuine_token_is_not_called_forged_because_its_issuer_publishes_other_keys() -> None:
    report = report_on(credential(made(names=OURS)), "EdDSA")
    assert core(report) == ["signature_valid", "certificate_untrusted"]


def test_a_signature_that_fits_neither_is_refused() -> None:
    wrong = token(
        {"alg": "ES256", "kid": "key-ES256", "typ": "vc+jwt", "x5c": [made()]},
        sign=lambda data: by("ES256")(data + b"x"),
    )
    report = report_on(wrong, "ES256")
    assert (report.verdict, report.findings[3].code) == (Verdict.INVALID, "signature_wrong")
    assert report_on(wrong).findings[3].code == "key_unavailable"


@pytest.mark.parametrize(
    "did", ["did:web:fernhill.example", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"]
)
def test_a_certificate_cannot_add_a_key_to_a_did(did: str) -> None:
    """The document of a DID lists all its keys, so a certificate proves nothing about it."""
    report = report_on(credential(made(names=urls(did)), did))
    assert report.findings[3].outcome is not Outcome.PASSED
    assert report.verdict is not Verdict.VALID


def test_an_algorithm_that_the_certificates_key_does_not_have_is_refused() -> None:
    report = report_on(diploma(UNNAMED, made("EdDSA")))
    assert (report.verdict, report.findings[3].code) == (Verdict.INVALID, "algorithm_mismatch")


def test_an_unsupported_key_in_a_certificate_is_unknown() -> None:
    report = report_on(diploma(UNNAMED, made(key=ec.generate_private_key(ec.SECP256K1()))))
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unsupported")


def test_no_one_becomes_the_issuer_by_the_name_of_a_certificate() -> None:
    """The name that stands for the subject of a certificate cannot be used as an issuer's."""
    for issuer in (read(made()).urn, "the owner of a certificate"):
        report = report_on(credential(made(), issuer))
        assert report.verdict is not Verdict.VALID
        assert report.credential is None


def test_a_second_signature_by_a_certificate_changes_nothing() -> None:
    payload = base64url.encode(json.dumps(CREDENTIAL).encode()).decode()
    signatures = []
    for header in ({"alg": "ES256", "kid": "key-ES256"}, {"alg": "EdDSA", "kid": "x", "x5c": [made("EdDSA")]}):
        protected = base64url.encode(json.dumps(header).encode()).decode()
        signed = by(str(header["alg"]))(f"{protected}.{payload}".encode())
        signatures.append({"protected": protected, "signature": base64url.encode(signed).decode()})
    general = json.dumps({"payload": payload, "signatures": signatures}).encode()
    assert report_on(general, "ES256").verdict is Verdict.VALID
    assert core(report_on(general)) == ["key_unavailable", "not_reached"]


def test_the_holder_of_a_presentation_is_not_proven_by_a_certificate() -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": ISSUER,
        "verifiableCredential": [token({"alg": "ES256", "kid": "k", "typ": "vc+jwt"}).decode()],
    }
    source = token({"alg": "ES256", "kid": "k", "typ": "vp+jwt", "x5c": [made()]}, presentation)
    report = verify_presentation(source, resolver=FakeResolver().resolver(), now=NOW)
    assert report.findings[4].code == "certificate_untrusted"
    assert report.verdict is Verdict.UNKNOWN
