"""JWS in JSON, enveloped credentials, and draft types, through all ten checks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.credential import vocabulary
from chalicelib.verify.formats.jws_json import MAX_SIGNATURES
from chalicelib.verify.jose import claims
from chalicelib.verify.report import Outcome, Verdict
from tests.verify.formats.sd_jwts import DIPLOMA, codes, report_on, sd_jwt
from tests.verify.jose.tokens import CREDENTIAL, by, token

HEADER = {"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}


def parts(made: bytes) -> dict[str, Any]:
    header, payload, signature = made.decode().split(".")
    return {"protected": header, "payload": payload, "signature": signature}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def general(*signatures: dict[str, Any]) -> bytes:
    payload = parts(token(HEADER))["payload"]
    return as_json({"payload": payload, "signatures": list(signatures)})


def signature(made: bytes) -> dict[str, Any]:
    return {name: value for name, value in parts(made).items() if name != "payload"}


GENUINE = signature(token(HEADER))


def test_a_flattened_jws_is_valid() -> None:
    report = report_on(as_json(parts(token(HEADER))))
    assert (report.verdict, report.format) == (Verdict.VALID, "Verifiable Credential 2.0, VC-JWT ES256")


def test_a_general_jws_with_one_signature_is_valid() -> None:
    assert report_on(general(GENUINE)).verdict is Verdict.VALID


@pytest.mark.parametrize("order", [1, -1])
def test_every_signature_is_judged(order: int) -> None:
    forged = signature(token(HEADER, sign=lambda data: by("ES256")(data + b"x")))
    report = report_on(general(*[GENUINE, forged][::order]))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")


def test_a_signature_by_an_unsupported_algorithm_is_unknown() -> None:
    other = signature(token({**HEADER, "alg": "ES256K"}))
    assert report_on(general(GENUINE, other)).verdict is Verdict.UNKNOWN


def test_the_key_may_be_named_outside_the_signed_header() -> None:
    made = signature(token({"alg": "ES256", "typ": "vc+jwt"}))
    assert report_on(general({**made, "header": {"kid": "key-1"}})).verdict is Verdict.VALID
    wrong = report_on(general({**made, "header": {"kid": "key-2"}}))
    assert (wrong.verdict, codes(wrong)["proof"]) == (Verdict.INVALID, "key_not_listed")


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({"protected": None}, Outcome.UNKNOWN, "header_unprotected"),
        ({"signature": None}, Outcome.FAILED, "jws_malformed"),
        ({"signature": "\u00e9"}, Outcome.FAILED, "jws_malformed"),
        ({"header": {"crit": ["x"]}}, Outcome.FAILED, "jws_malformed"),
        ({"header": {"b64": False}}, Outcome.FAILED, "jws_malformed"),
        ({"header": {"disclosures": []}}, Outcome.UNKNOWN, "sd_json_unsupported"),
    ],
    ids=range(6),
)
def test_a_signature_that_cannot_be_read(changes: dict[str, Any], outcome: Outcome, code: str) -> None:
    finding = report_on(general({**GENUINE, **changes})).findings[0]
    assert (finding.outcome, finding.code) == (outcome, code)


def test_two_forms_in_one_are_refused() -> None:
    flattened = parts(token(HEADER))
    report = report_on(as_json({**flattened, "signatures": [GENUINE]}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "jws_malformed")


def test_the_number_of_signatures_is_limited() -> None:
    report = report_on(general(*[GENUINE] * (MAX_SIGNATURES + 1)))
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "too_many_signatures")


@pytest.mark.parametrize("typ", sorted(claims.TOKEN_TYPES))
@pytest.mark.parametrize("cty", ["vc", "vc+ld+json"])
def test_types_of_drafts_are_accepted(typ: str, cty: str) -> None:
    assert report_on(token({**HEADER, "typ": typ, "cty": cty})).verdict is Verdict.VALID


@pytest.mark.parametrize("typ", ["vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt"])
def test_a_wrapped_credential_contradicts_the_types_of_drafts(typ: str) -> None:
    report = report_on(token({**HEADER, "typ": typ}, {"vc": CREDENTIAL}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "claims_contradict")


def envelope(url: str, **members: Any) -> bytes:
    base = {"@context": vocabulary.CREDENTIALS_V2, "id": url, "type": "EnvelopedVerifiableCredential"}
    return as_json({**base, **members})


@pytest.mark.parametrize(
    ("media_type", "made"),
    [
        ("application/vc+jwt", token(HEADER)),
        ("application/vc+ld+json+jwt", token(HEADER)),
        ("APPLICATION/VC+JWT;charset=utf-8", token(HEADER)),
        ("application/dc+sd-jwt", sd_jwt(DIPLOMA)),
    ],
    ids=["jwt", "draft", "case", "sd-jwt"],
)
def test_an_enveloped_credential_is_the_credential_in_it(media_type: str, made: bytes) -> None:
    assert report_on(envelope(f"data:{media_type},{made.decode()}")).verdict is Verdict.VALID


def test_what_an_envelope_says_itself_is_not_shown() -> None:
    report = report_on(envelope(f"data:application/vc+jwt,{token(HEADER).decode()}", name="A doctorate"))
    assert report.verdict is Verdict.VALID
    assert "doctorate" not in str(report.credential)


def test_a_changed_token_in_an_envelope_is_refused() -> None:
    forged = token(HEADER, sign=lambda data: by("ES256")(data + b"x")).decode()
    assert report_on(envelope(f"data:application/vc+jwt,{forged}")).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://fernhill.example/1", "envelope_malformed"),
        ("data:application/vc+jwt", "envelope_malformed"),
        ("data:application/vc+jwt;base64,%%%", "envelope_malformed"),
        ("data:text/plain,hello", "envelope_unsupported"),
        ("data:application/vp+jwt,a.b.c", "presentation_unsupported"),
        ("data:application/vc+cose;base64,0oRYVqQ=", "cose_unsupported"),
    ],
    ids=range(6),
)
def test_an_envelope_without_a_supported_credential(url: str, code: str) -> None:
    assert codes(report_on(envelope(url)))["format"] == code
