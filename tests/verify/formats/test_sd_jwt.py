"""SD-JWT VC and VC-JOSE-COSE's SD-JWT through all ten checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.verify.jose import claims
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.report import Outcome, Verdict
from tests.makers import NOW
from tests.verify.formats.sd_jwts import DIPLOMA, codes, digest, disclosure, key_binding, report_on, sd_jwt
from tests.verify.jose.tokens import CREDENTIAL, by, jwk

GRADE = disclosure("grade", "distinction")
PAYLOAD = {**DIPLOMA, "_sd": [digest(GRADE)]}
BOUND = {**DIPLOMA, "cnf": {"jwk": jwk("EdDSA")}}


def bound(payload: dict[str, Any] | None = None, **changes: Any) -> bytes:
    presented = sd_jwt(payload or BOUND)
    return presented + key_binding(presented, payload, **changes)


@pytest.mark.parametrize("typ", sorted(claims.SD_JWT_TYPES))
def test_an_sd_jwt_vc_is_valid_and_shows_what_is_disclosed(typ: str) -> None:
    report = report_on(sd_jwt(PAYLOAD, [GRADE], typ=typ))
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.format == "Verifiable Credential 2.0, SD-JWT VC ES256"
    assert report.credential is not None
    assert report.credential["holder"] == {"id": "did:example:ada", "name": "Ada Nwosu"}


def test_a_report_says_that_claims_may_be_withheld() -> None:
    report = report_on(sd_jwt(PAYLOAD))
    assert (report.verdict, codes(report)["extras"]) == (Verdict.VALID, "extras_not_followed")
    assert "what its holder left out, which can include an end date" in report.not_checked
    assert codes(report_on(sd_jwt(PAYLOAD, [GRADE])))["extras"] == "no_extras"


STATUS = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7"}


@pytest.mark.parametrize(
    "hiding",
    [
        lambda status: {"_sd": [digest(disclosure("credentialStatus", status))]},
        lambda status: {"credentialStatus": [{"...": digest(disclosure(status))}]},
        lambda status: {"credentialStatus": {"_sd": [digest(disclosure("type", status["type"]))]}},
    ],
    ids=["all", "an entry", "a member"],
)
def test_a_withheld_status_makes_the_status_unknown(hiding: Any) -> None:
    report = report_on(sd_jwt({**CREDENTIAL, **hiding(STATUS)}, typ="vc+sd-jwt"))
    assert report.verdict is Verdict.UNKNOWN


def test_a_withheld_claim_of_the_person_leaves_no_doubt_about_the_status_or_the_end_date() -> None:
    subject = {"id": "did:example:ada", "name": "Ada", "_sd": [digest(disclosure("email", "ada@example.org"))]}
    report = report_on(sd_jwt({**CREDENTIAL, "credentialSubject": subject}, typ="vc+sd-jwt"))
    assert (report.verdict, codes(report)["status"]) == (Verdict.VALID, "no_status")
    dates = next(each for each in report.findings if each.check == "dates")
    assert dates.message == "It is valid now and has no end date."


def test_a_withheld_end_date_is_not_called_absent() -> None:
    end = disclosure("validUntil", "2026-01-02T00:00:00Z")
    report = report_on(sd_jwt({**CREDENTIAL, "_sd": [digest(end)]}, typ="vc+sd-jwt"))
    dates = next(each for each in report.findings if each.check == "dates")
    assert dates.message == "It is valid now and shows no end date."


def test_a_withheld_name_is_not_shown() -> None:
    name = disclosure("given_name", "Ada")
    payload = {name: value for name, value in DIPLOMA.items() if not name.endswith("_name")}
    report = report_on(sd_jwt({**payload, "_sd": [digest(name)]}))
    assert report.credential is not None
    assert report.credential["holder"] == {"id": "did:example:ada", "name": None}


def test_a_json_ld_credential_with_disclosures_is_valid() -> None:
    name = disclosure("name", "Ada Nwosu")
    subject = {"id": "did:example:ada", "_sd": [digest(name)]}
    source = sd_jwt({**CREDENTIAL, "credentialSubject": subject}, [name], typ="vc+sd-jwt")
    report = report_on(source)
    assert (report.verdict, report.format) == (Verdict.VALID, "Verifiable Credential 2.0, SD-JWT ES256")
    assert report.credential is not None
    assert report.credential["holder"] == {"id": "did:example:ada", "name": "Ada Nwosu"}


def test_a_context_in_a_disclosure_is_checked() -> None:
    place = disclosure("place", {"@context": "https://contexts.example/v1"})
    subject = {"name": "Ada", "_sd": [digest(place)]}
    report = report_on(sd_jwt({**CREDENTIAL, "credentialSubject": subject}, [place], typ="vc+sd-jwt"))
    assert (report.verdict, codes(report)["context"]) == (Verdict.UNKNOWN, "context_unknown")


def test_a_disclosure_that_was_added_or_changed_is_refused() -> None:
    for made in (disclosure("grade", "pass"), disclosure("degree", "PhD")):
        report = report_on(sd_jwt(PAYLOAD, [made]))
        assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "sd_unused")
        assert report.credential is None


def test_the_dates_of_the_token_count() -> None:
    assert report_on(sd_jwt({**DIPLOMA, "exp": 1767225601})).verdict is Verdict.EXPIRED
    assert report_on(sd_jwt({**DIPLOMA, "nbf": 4102444800})).verdict is Verdict.NOT_YET_VALID


def test_a_status_of_another_kind_is_unknown() -> None:
    status = {"identifier_list": {"id": "3", "uri": "https://fernhill.example/status/1"}}
    report = report_on(sd_jwt({**DIPLOMA, "status": status}))
    assert (report.verdict, codes(report)["status"]) == (Verdict.UNKNOWN, "status_type_unknown")


def test_an_issuer_that_nothing_names_is_unknown() -> None:
    report = report_on(sd_jwt({name: value for name, value in DIPLOMA.items() if name != "iss"}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "issuer_unnamed")


@pytest.mark.parametrize("claim", [{"iss": 1}, {"iss": ""}, {"vct": 1}, {"vct": ""}, {"sub": {}}, {"exp": "2030"}])
def test_a_claim_of_the_wrong_type_is_refused(claim: dict[str, Any]) -> None:
    report = report_on(sd_jwt({**DIPLOMA, **claim}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "claims_malformed")


def test_a_key_binding_by_the_holder_changes_nothing() -> None:
    report = report_on(bound())
    assert (report.verdict, codes(report)["proof"]) == (Verdict.VALID, "signature_valid")


REQUEST = VerificationOptions(challenge="n-1", domain="https://verifier.example")
UNPROVEN_HOLDER = "whether the person presenting it is its holder"


@pytest.mark.parametrize("options", [REQUEST, replace(REQUEST, domain=None)])
def test_a_key_binding_for_the_named_request_shows_the_holder(options: VerificationOptions) -> None:
    report = report_on(bound(), options)
    assert (report.verdict, report.is_bound) == (Verdict.VALID, True)
    assert report.findings[4].message.endswith("its holder signed it for this request.")
    assert UNPROVEN_HOLDER not in report.not_checked


@pytest.mark.parametrize("options", [DEFAULT_OPTIONS, replace(REQUEST, challenge=None)])
def test_without_a_challenge_a_key_binding_may_be_a_copy(options: VerificationOptions) -> None:
    report = report_on(bound(), options)
    assert report.verdict is Verdict.VALID
    assert UNPROVEN_HOLDER in report.not_checked


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": "n-2"}, "challenge_differs"),
        ({"nonce": ""}, "challenge_differs"),
        ({"aud": "https://other.example"}, "audience_other"),
        ({"iat": int(NOW.timestamp()) + 86_400}, "proof_from_the_future"),
    ],
)
def test_a_key_binding_for_another_request_is_refused(changes: dict[str, Any], code: str) -> None:
    report = report_on(bound(**changes), REQUEST)
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, code)


def test_a_key_binding_by_someone_else_answers_no_request() -> None:
    report = report_on(bound(sign=lambda data: by("EdDSA")(data + b"x")), REQUEST)
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")
    assert UNPROVEN_HOLDER in report.not_checked


def test_a_token_without_a_key_binding_answers_no_request() -> None:
    report = report_on(sd_jwt(BOUND), REQUEST)
    assert (report.is_bound, UNPROVEN_HOLDER in report.not_checked) == (False, True)


def test_a_key_binding_by_someone_else_is_refused() -> None:
    report = report_on(bound(sign=lambda data: by("EdDSA")(data + b"x")))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")


def test_a_key_binding_for_other_disclosures_is_refused() -> None:
    bound_to_all = sd_jwt({**BOUND, "_sd": [digest(GRADE)]}, [GRADE])
    binding = key_binding(bound_to_all)
    token, _, _ = bound_to_all.split(b"~")
    report = report_on(b"~".join([token, binding]))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "key_binding_wrong")


@pytest.mark.parametrize(
    "changes", [{"aud": None}, {"nonce": 1}, {"sd_hash": "x"}, {"sd_hash": "\u00e9"}, {"iat": "now"}, {"iat": None}]
)
def test_an_incomplete_key_binding_is_refused(changes: dict[str, Any]) -> None:
    report = report_on(bound(**changes))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "key_binding_wrong")


def test_a_key_binding_without_a_key_of_the_holder_is_refused() -> None:
    report = report_on(bound(DIPLOMA))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "key_binding_wrong")


@pytest.mark.parametrize("cnf", [{"kid": "did:key:z6Mk#z6Mk"}, {"jwe": "e30"}, {"jku": "https://x"}], ids=range(3))
def test_a_key_binding_by_a_key_that_the_issuer_only_names_is_unknown(cnf: dict[str, str]) -> None:
    report = report_on(bound({**DIPLOMA, "cnf": cnf}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "key_binding_unsupported")


def test_a_key_binding_with_an_unsupported_key_is_unknown() -> None:
    report = report_on(bound({**BOUND, "cnf": {"jwk": {"kty": "EC", "crv": "secp256k1"}}}))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.UNKNOWN, "key_unsupported")


def test_the_holder_cannot_sign_as_the_issuer() -> None:
    """Only the key binding is signed by the holder; a key in the token is never the issuer's."""
    presented = sd_jwt({**BOUND, "iss": "the key of the holder"})
    report = report_on(presented + key_binding(presented))
    assert report.verdict is not Verdict.VALID


def test_another_token_after_the_disclosures_is_not_a_key_binding() -> None:
    presented = sd_jwt(BOUND)
    report = report_on(presented + sd_jwt(DIPLOMA).rstrip(b"~"))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "key_binding_wrong")


def test_an_sd_jwt_of_a_presentation_or_another_type_is_not_read() -> None:
    for typ, outcome in (
        ("vp+sd-jwt", Outcome.UNKNOWN),
        ("vc+jwt", Outcome.FAILED),
        ("example+sd-jwt", Outcome.FAILED),
    ):
        assert report_on(sd_jwt(DIPLOMA, typ=typ)).findings[0].outcome is outcome
