"""Presentations: the holder's signature, the audience, and a report on each credential."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt as pyjwt
import pytest

from chalicelib.credential import vocabulary
from chalicelib.credential.multibase import encode_base58btc
from chalicelib.verify.data_integrity import signed_bytes
from chalicelib.verify.inner import MAX_INNER
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.presentations.checks import MAX_CREDENTIALS
from chalicelib.verify.presentations.verify import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, good_resolver, signed, unsigned
from tests.verify.test_inner import badge

HOLDER = OTHER_KEY
RDFC, JCS = vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022
ASKED = {"challenge": "c-1", "domain": "verifier.example"}


def presentation(*credentials: Any, **members: Any) -> dict[str, Any]:
    base = {
        "@context": [vocabulary.CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials) or [signed(unsigned())],
    }
    return {name: value for name, value in {**base, **members}.items() if value is not None}


def signed_by_holder(document: dict[str, Any], suite: str = JCS, key: Any = HOLDER, **options: Any) -> dict[str, Any]:
    """Sign as VC Data Integrity describes, for authentication and with an audience."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2026-11-01T00:00:00Z",
        "verificationMethod": key.method,
        "proofPurpose": "authentication",
        **ASKED,
        **options,
    }
    proof = {name: value for name, value in proof.items() if value is not None}
    if suite == JCS:
        proof["@context"] = document["@context"]
    value = encode_base58btc(key.private.sign(signed_bytes(document, proof, suite)))
    return {**document, "proof": {**proof, "proofValue": value}}


def token(payload: Mapping[str, Any], key: Any = HOLDER, **header: Any) -> bytes:
    headers = {"typ": "vp+jwt", "kid": key.method, **header}
    return pyjwt.encode(dict(payload), key.private, "EdDSA", headers=headers).encode()


def report_on(source: Any, options: VerificationOptions = DEFAULT_OPTIONS) -> Report:
    data = source if isinstance(source, bytes) else json.dumps(source).encode()
    return verify(data, resolver=good_resolver().resolver(), now=NOW, options=options)


def codes(report: Report) -> dict[str, str]:
    return {finding.check: finding.code for finding in report.findings}


@pytest.mark.parametrize("suite", [JCS, RDFC])
def test_a_signed_presentation_of_a_valid_credential_is_valid(suite: str) -> None:
    report = report_on(signed_by_holder(presentation(), suite))
    assert report.verdict is Verdict.VALID, report.findings
    assert report.format == f"Verifiable Presentation, {suite}"
    assert (codes(report)["signer"], codes(report)["status"]) == ("signer_is_holder", "in_each_credential")
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID]
    assert "whether the person presenting it is its holder" in report.not_checked


@pytest.mark.parametrize("typ", ["vp+jwt", "vp+ld+jwt", "application/vp+jwt"])
def test_a_presentation_in_a_token(typ: str) -> None:
    report = report_on(token({**presentation(), "aud": "verifier.example", "nonce": "c-1"}, typ=typ))
    assert (report.verdict, report.format) == (Verdict.VALID, "Verifiable Presentation, VP-JWT EdDSA")


def test_a_presentation_of_the_first_data_model_in_a_token() -> None:
    credential = pyjwt.encode(
        unsigned(), ISSUER_KEY.private, "EdDSA", headers={"typ": "vc+jwt", "kid": ISSUER_KEY.method}
    )
    inner = presentation(credential, holder=None, **{"@context": [vocabulary.CREDENTIALS_V1]})
    report = report_on(token({"iss": HOLDER.did, "vp": inner, "aud": "x", "nonce": "c-1"}, typ="JWT"))
    assert report.verdict is Verdict.VALID, report.findings


def test_an_enveloped_presentation() -> None:
    envelope = {
        "@context": vocabulary.CREDENTIALS_V2,
        "type": "EnvelopedVerifiablePresentation",
        "id": f"data:application/vp+jwt,{token(presentation()).decode()}",
    }
    assert report_on(envelope).verdict is Verdict.VALID


def test_each_credential_has_its_own_report_and_the_worst_decides() -> None:
    expired = signed(unsigned(valid_until=NOW - timedelta(days=1)))
    changed = {**signed(unsigned()), "name": "Doctorate"}
    report = report_on(signed_by_holder(presentation(signed(unsigned()), expired, changed)))
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID, Verdict.EXPIRED, Verdict.INVALID]
    assert report.verdict is Verdict.INVALID
    assert report_on(signed_by_holder(presentation(signed(unsigned()), expired))).verdict is Verdict.EXPIRED


def test_a_presentation_without_a_signature_is_unknown_and_its_credentials_are_checked() -> None:
    report = report_on(presentation())
    assert (report.verdict, codes(report)["proof"]) == (Verdict.UNKNOWN, "presentation_unsigned")
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID]


def test_a_presentation_that_was_changed_is_refused() -> None:
    made = signed_by_holder(presentation())
    made["verifiableCredential"] = [*made["verifiableCredential"], signed(unsigned())]
    report = report_on(made)
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")


def test_a_presentation_signed_by_someone_else_is_refused() -> None:
    report = report_on(signed_by_holder(presentation(), key=ISSUER_KEY))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "signer_not_holder")
    report = report_on(token(presentation(), key=ISSUER_KEY))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "signer_not_holder")


def test_another_purpose_is_refused() -> None:
    report = report_on(signed_by_holder(presentation(), proofPurpose="capabilityInvocation"))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "purpose_wrong")


@pytest.mark.parametrize("as_token", [True, False], ids=["token", "proof"])
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"challenge": "c-1"}, "signer_is_holder"),
        ({"challenge": "c-1", "domain": "verifier.example"}, "signer_is_holder"),
        ({"challenge": "c-2"}, "challenge_differs"),
        ({"challenge": "c-1", "domain": "evil.example"}, "audience_other"),
    ],
    ids=range(4),
)
def test_the_challenge_and_the_domain_that_a_verifier_asked_for(
    as_token: bool, options: dict[str, str], code: str
) -> None:
    made: Any = signed_by_holder(presentation())
    if as_token:
        made = token({**presentation(), "aud": ["verifier.example"], "nonce": "c-1"})
    report = report_on(made, VerificationOptions(**options))
    assert codes(report)["signer"] == code


def first_model() -> dict[str, Any]:
    """A credential of the first data model."""
    document = {
        "@context": [vocabulary.CREDENTIALS_V1],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER_KEY.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": HOLDER.did},
    }
    return signed(document, suite=JCS)


@pytest.mark.parametrize("as_token", [True, False], ids=["token", "proof"])
@pytest.mark.parametrize(
    ("model", "credential"),
    [
        (vocabulary.CREDENTIALS_V2, first_model()),
        (vocabulary.CREDENTIALS_V1, first_model()),
        (vocabulary.CREDENTIALS_V1, signed(unsigned())),
    ],
    ids=["first in second", "first in first", "second in first"],
)
def test_a_credential_in_a_presentation_is_judged_by_its_own_contexts(
    as_token: bool, model: str, credential: dict[str, Any]
) -> None:
    made = presentation(credential, **{"@context": [model]})
    report = report_on(token(made) if as_token else signed_by_holder(made))
    assert report.verdict is Verdict.VALID, report.findings


def test_an_unknown_context_of_a_credential_in_a_presentation_is_still_found() -> None:
    odd = {**first_model(), "evidence": [{"@context": "https://contexts.example/v1"}]}
    report = report_on(signed_by_holder(presentation(odd)))
    assert codes(report)["context"] == "context_unknown"


UNCHECKED_HOLDER = "whether the person presenting it is its holder"


def about(*ids: str | None) -> dict[str, Any]:
    """A credential about the holders with these ids, or about one without an id."""
    document = {
        "@context": [vocabulary.CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER_KEY.did,
        "credentialSubject": [{"name": "Ada", **({"id": each} if each else {})} for each in ids],
    }
    return signed(document)


@pytest.mark.parametrize(
    ("subjects", "challenge", "listed"),
    [
        ([(HOLDER.did,)], "c-1", False),
        ([(HOLDER.did,), (HOLDER.did,)], "c-1", False),
        ([(HOLDER.did,)], None, True),
        ([("did:example:victim",)], "c-1", True),
        ([(None,)], "c-1", True),
        ([(HOLDER.did,), ("did:example:victim",)], "c-1", True),
        ([(HOLDER.did, "did:example:victim")], "c-1", True),
    ],
    ids=["own", "two own", "no challenge", "stolen", "nobody's", "own and stolen", "about both"],
)
def test_who_presents_a_credential_is_only_shown_if_it_names_the_holder_who_signed_for_this_request(
    subjects: list[tuple[str | None, ...]], challenge: str | None, listed: bool
) -> None:
    made = signed_by_holder(presentation(*[about(*ids) for ids in subjects]))
    report = report_on(made, VerificationOptions(challenge=challenge))
    assert report.verdict is Verdict.VALID
    assert (UNCHECKED_HOLDER in report.not_checked) is listed


def test_a_presentation_without_a_challenge_does_not_answer_one() -> None:
    report = report_on(signed_by_holder(presentation(), challenge=None), VerificationOptions(challenge="c-1"))
    assert codes(report)["signer"] == "challenge_differs"


def test_an_expired_presentation_is_refused() -> None:
    past = NOW - timedelta(seconds=1)
    report = report_on(token({**presentation(), "exp": int(past.timestamp())}))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "proof_expired")
    report = report_on(signed_by_holder(presentation(), expires="2026-11-02T00:00:00Z"))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "proof_expired")


def test_the_number_of_credentials_is_limited_and_none_is_left_out_silently() -> None:
    report = report_on(presentation(*[{"type": "x"}] * (MAX_CREDENTIALS + 1)))
    assert (report.verdict, codes(report)["structure"]) == (Verdict.UNKNOWN, "too_many_credentials")
    assert len(report.contained) == MAX_CREDENTIALS


def test_an_empty_presentation_is_never_valid() -> None:
    report = report_on(signed_by_holder(presentation(verifiableCredential=None)))
    assert (report.verdict, codes(report)["status"]) == (Verdict.UNKNOWN, "no_credential")
    assert codes(report)["signer"] == "signer_is_holder"


def test_an_empty_presentation_is_invalid_if_its_signature_is() -> None:
    made = signed_by_holder(presentation(verifiableCredential=None))
    assert report_on({**made, "id": "urn:uuid:0b1d6f0e-0000-4000-8000-000000000000"}).verdict is Verdict.INVALID


@pytest.mark.parametrize("item", [1, None, [], True])
def test_a_presentation_of_something_else_is_refused(item: object) -> None:
    assert report_on(presentation(verifiableCredential=[item])).verdict is not Verdict.VALID


def test_a_presentation_in_a_presentation_is_not_followed() -> None:
    report = report_on(signed_by_holder(presentation(signed_by_holder(presentation()))))
    assert [codes(each.report)["format"] for each in report.contained] == ["presentation_unsupported"]
    assert report.verdict is Verdict.UNKNOWN


def test_the_address_of_the_recipient_is_compared_in_each_credential() -> None:
    report = report_on(signed_by_holder(presentation()), VerificationOptions("nobody@example.org"))
    assert report.verdict is Verdict.INVALID
    assert codes(report.contained[0].report)["recipient"] == "recipient_differs"


@pytest.mark.parametrize("payload", [{"vp": 1}, {"vp": []}, {**presentation(), "vp": {}}], ids=range(3))
def test_a_token_with_two_presentations_or_none_is_refused(payload: dict[str, Any]) -> None:
    report = report_on(token({"iss": HOLDER.did, **payload}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "claims_contradict")


def test_a_holder_that_contradicts_the_signer_is_refused() -> None:
    report = report_on(token({**presentation(), "iss": ISSUER_KEY.did}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "claims_contradict")


def test_the_credentials_of_a_presentation_share_one_limit_for_those_inside_them() -> None:
    full = badge(endorsementJwt=["x.y.z"] * (MAX_INNER - 5))
    report = report_on(presentation(full, full, full))
    assert sum(1 for each in report.contained for _ in each.report.within()) <= MAX_INNER
