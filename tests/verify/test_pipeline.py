from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential import vocabulary
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.pipeline import CHECKS, verify
from chalicelib.verify.report import Outcome, Report, Verdict
from tests.examples import examples
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, as_bytes, good_resolver, signed, unsigned

SUITES = [vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022]


def report_on(source: bytes, **changes: object) -> Report:
    return verify(source, **{"resolver": good_resolver().resolver(), "now": NOW, **changes})  # type: ignore[arg-type]


def codes(report: Report) -> dict[str, str]:
    return {finding.check: finding.code for finding in report.findings}


@pytest.mark.parametrize("suite", SUITES)
def test_a_valid_credential_is_shown(suite: str) -> None:
    report = report_on(as_bytes(signed(unsigned(), suite=suite)))
    assert report.verdict is Verdict.VALID
    assert report.format == f"Open Badges 3.0, {suite}"
    assert report.credential is not None
    assert report.credential["holder"] == {"id": None, "name": "Ada Nwosu"}
    assert report.credential["issuer"]["name"] == "Fernhill College"  # type: ignore[index]
    assert [(finding.number, finding.check) for finding in report.findings] == [
        (check.number, check.name) for check in CHECKS
    ]


def test_the_checks_are_numbered_from_one_to_ten() -> None:
    assert [check.number for check in CHECKS] == list(range(1, 11))


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("path", ["name", "credentialSubject.achievement.name", "issuer.name", "validFrom"])
def test_a_changed_credential_is_invalid_and_not_shown(suite: str, path: str) -> None:
    document = signed(unsigned(), suite=suite)
    *parents, last = path.split(".")
    node = document
    for parent in parents:
        node = node[parent]  # type: ignore[assignment]
    node[last] = "2025-01-01T00:00:00Z" if last == "validFrom" else "Doctor of Everything"
    report = report_on(as_bytes(document))
    assert report.verdict is Verdict.INVALID
    assert codes(report)["proof"] == "signature_wrong"
    assert report.credential is None
    assert "Doctor" not in json.dumps([finding.message for finding in report.findings])


def test_a_name_in_a_list_of_one_is_shown_as_the_signed_name() -> None:
    document = signed(unsigned())
    document["name"] = [document["name"]]
    document["credentialSubject"]["achievement"]["name"] = ["Watercolour"]  # type: ignore[index]
    changed = report_on(as_bytes(document))
    document["credentialSubject"]["achievement"]["name"] = [  # type: ignore[index]
        unsigned()["credentialSubject"]["achievement"]["name"]  # type: ignore[index]
    ]
    report = report_on(as_bytes(document))
    assert changed.verdict is Verdict.INVALID
    assert report.verdict is Verdict.VALID
    assert report.credential == report_on(as_bytes(signed(unsigned()))).credential


def test_a_name_that_differs_from_the_registered_name_is_reported() -> None:
    document = unsigned()
    document["issuer"]["name"] = ["Some Famous University"]  # type: ignore[index]
    assert codes(report_on(as_bytes(signed(document))))["issuer"] == "issuer_name_differs"


def test_an_unsigned_claim_added_to_a_signed_badge_is_refused() -> None:
    report = report_on(as_bytes({**signed(unsigned()), "grade": "A+"}))
    assert (report.verdict, report.credential, codes(report)["context"]) == (Verdict.UNKNOWN, None, "partly_unsigned")


def test_a_context_that_is_not_bundled_is_unknown_and_not_invalid() -> None:
    document = signed(unsigned())
    document["@context"] = [*document["@context"], "https://contexts.example/v1"]  # type: ignore[misc]
    report = report_on(as_bytes(document))
    assert (report.verdict, codes(report)["context"]) == (Verdict.UNKNOWN, "context_unknown")


def test_an_inline_context_is_unknown() -> None:
    document = signed(unsigned())
    document["@context"] = [*document["@context"], {"nickname": "https://schema.org/name"}]  # type: ignore[misc]
    assert codes(report_on(as_bytes(document)))["context"] == "context_inline"


def test_a_signature_by_another_key_is_invalid() -> None:
    report = report_on(as_bytes(signed(unsigned(), key=OTHER_KEY)))
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "signer_not_issuer")
    assert codes(report)["proof"] == "signature_valid"
    assert report.credential is None


def test_an_unsigned_credential_is_invalid() -> None:
    report = report_on(as_bytes(unsigned()))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "proof_missing")
    assert codes(report)["structure"] == "well_formed"


def test_checks_after_one_that_did_not_pass_are_not_reached() -> None:
    report = report_on(b"{}")
    assert [finding.code for finding in report.findings[1:]] == ["not_reached"] * 9
    assert all(finding.outcome is Outcome.UNKNOWN for finding in report.findings[1:])


@pytest.mark.parametrize(
    ("email", "outcome"),
    [
        (None, Outcome.NOT_APPLICABLE),
        ("ada@example.org", Outcome.PASSED),
        ("ADA@example.org", Outcome.PASSED),
        ("eve@example.org", Outcome.FAILED),
    ],
)
def test_the_recipient_is_compared_on_request(email: str | None, outcome: Outcome) -> None:
    report = report_on(as_bytes(signed(unsigned())), options=VerificationOptions(email))
    assert report.findings[8].outcome is outcome
    assert (report.verdict is Verdict.VALID) == (outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE))


def test_two_proofs_pass_only_when_both_are_valid() -> None:
    document = unsigned()
    first, second = (signed(document, key=key)["proof"] for key in (ISSUER_KEY, OTHER_KEY))
    assert report_on(as_bytes({**document, "proof": [first, second]})).verdict is Verdict.VALID
    second = {**second, "created": "2026-11-22T11:00:00Z"}  # type: ignore[dict-item]
    report = report_on(as_bytes({**document, "proof": [first, second]}))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")


UNSUPPORTED: list[dict[str, object]] = [
    {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "proofValue": "u2V0C"},
    {"type": "DataIntegrityProof", "cryptosuite": "eddsa-2022", "proofValue": "z1"},
    {"type": "DataIntegrityProof", "cryptosuite": "mldsa44-rdfc-2024"},
    {"type": "Ed25519Signature2018", "jws": "eyJ..sig"},
    {"type": "JsonWebSignature2020", "jws": "eyJ..sig", "domain": "example.org"},
    {"type": "MerkleProof2019", "created": "yesterday"},
    {"type": "SomethingElse2031", "whatever": [1, 2]},
]


@pytest.mark.parametrize("other", UNSUPPORTED, ids=lambda proof: proof.get("cryptosuite") or proof["type"])
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_a_proof_of_an_unknown_type_makes_the_verdict_unknown_whatever_its_members(
    other: dict[str, object], first: bool
) -> None:
    document = signed(unsigned())
    proofs = [other, document["proof"]] if first else [document["proof"], other]
    report = report_on(as_bytes({**document, "proof": proofs}))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.UNKNOWN, "suite_unsupported")
    assert str(other.get("cryptosuite") or other["type"]) in report.findings[3].message


@pytest.mark.parametrize("other", UNSUPPORTED, ids=lambda proof: proof.get("cryptosuite") or proof["type"])
def test_a_lone_proof_of_an_unknown_type_is_named_and_nothing_is_shown(other: dict[str, object]) -> None:
    report = report_on(as_bytes({**unsigned(), "proof": other}))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.UNKNOWN, "suite_unsupported")
    assert str(other.get("cryptosuite") or other["type"]) in report.findings[3].message
    assert report.credential is None


@pytest.mark.parametrize("other", UNSUPPORTED[:1], ids=["bbs"])
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_an_invalid_proof_is_invalid_even_next_to_one_of_an_unknown_type(other: dict[str, object], first: bool) -> None:
    document = signed(unsigned())
    broken = {**document["proof"], "created": "2026-11-22T11:00:00Z"}  # type: ignore[dict-item]
    report = report_on(as_bytes({**document, "proof": [other, broken] if first else [broken, other]}))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")


def test_the_format_names_published_suites_and_repeats_no_other_text() -> None:
    document = signed(unsigned())
    report = report_on(as_bytes({**document, "proof": [document["proof"], UNSUPPORTED[0]]}))
    assert report.format == "Open Badges 3.0, bbs-2023, eddsa-rdfc-2022"
    report = report_on(as_bytes({**document, "proof": UNSUPPORTED[-1]}))
    assert report.format == "Open Badges 3.0, a signature of another type"


def test_too_many_signatures_are_unknown() -> None:
    document = signed(unsigned())
    report = report_on(as_bytes({**document, "proof": [document["proof"]] * 9}))
    assert (report.verdict, codes(report)["structure"]) == (Verdict.UNKNOWN, "too_many_proofs")


def test_a_proof_with_fewer_contexts_than_the_document_is_unknown() -> None:
    document = signed(unsigned(), suite=vocabulary.EDDSA_JCS_2022)
    document["proof"]["@context"] = document["proof"]["@context"][:1]  # type: ignore[index]
    assert codes(report_on(as_bytes(document)))["context"] == "proof_context_differs"


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (-61, Verdict.NOT_YET_VALID),
        (-60, Verdict.VALID),
        (0, Verdict.VALID),
        (3600, Verdict.VALID),
        (3601, Verdict.EXPIRED),
    ],
)
def test_both_bounds_of_the_validity_are_inclusive(seconds: int, verdict: Verdict) -> None:
    document = signed(unsigned(valid_from=NOW, valid_until=NOW + timedelta(hours=1)), created=NOW - timedelta(days=1))
    now = NOW + timedelta(seconds=seconds)
    assert report_on(as_bytes(document), now=now).verdict is verdict


def test_evidence_links_are_listed_as_not_checked() -> None:
    document = unsigned()
    document["evidence"] = [{"id": "https://work.example/", "type": ["Evidence"], "name": "A picture"}]
    report = report_on(as_bytes(signed(document)))
    assert report.verdict is Verdict.VALID
    assert "the evidence pages that it links to" in report.not_checked


def test_an_issuer_that_no_one_confirms_is_listed_as_not_checked() -> None:
    unknown, known = good_resolver(), good_resolver()
    unknown.known.clear()
    source = as_bytes(signed(unsigned()))
    for resolver, listed in ((unknown, True), (known, False)):
        report = report_on(source, resolver=resolver.resolver())
        assert report.verdict is Verdict.VALID
        assert ("whether the issuer is who it claims to be" in report.not_checked) is listed


def test_the_issuer_of_a_changed_credential_is_listed_as_not_checked() -> None:
    document = signed(unsigned())
    document["name"] = "Doctor of Everything"
    assert "whether the issuer is who it claims to be" in report_on(as_bytes(document)).not_checked


@pytest.mark.slow
@examples(200)
@given(st.data())
def test_a_single_byte_change_is_never_valid_unless_the_json_is_equal(data: st.DataObject) -> None:
    source = bytearray(as_bytes(signed(unsigned())))
    position = data.draw(st.integers(0, len(source) - 1))
    source[position] ^= data.draw(st.integers(1, 255))
    report = report_on(bytes(source))
    if report.verdict is Verdict.VALID:
        assert json.loads(source) == signed(unsigned())


@given(st.binary(max_size=300))
def test_arbitrary_bytes_give_a_report_that_is_not_valid(source: bytes) -> None:
    assert report_on(source).verdict is not Verdict.VALID
