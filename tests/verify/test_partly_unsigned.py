"""A credential of which its issuer signed only a part is neither genuine as it stands nor forged."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.credential import vocabulary as v
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.covered import covered
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Outcome, Report, Verdict
from tests.makers import NOW, OTHER_KEY, as_bytes, good_resolver, signed, unsigned
from tests.verify.canonical import oracle

SUITES = [v.EDDSA_RDFC_2022, v.ED25519_SIGNATURE_2020]
UNCOVERED: dict[str, dict[str, Any]] = {
    "a member": {"grade": "A+"},
    "a member with members": {"grade": {"id": "urn:grade", "name": "A+", "of": [{"type": "Scale"}]}},
    "a type": {"type": ["VerifiableCredential", "OpenBadgeCredential", "Diploma"]},
    "the type of a schema": {"credentialSchema": [{"id": "https://a.example/1", "type": "Validator9000"}]},
}


def badge(suite: str = v.EDDSA_RDFC_2022) -> dict[str, Any]:
    document: dict[str, Any] = unsigned()
    if suite == v.ED25519_SIGNATURE_2020:
        document["@context"] = [*document["@context"], "https://w3id.org/security/suites/ed25519-2020/v1"]
    return document


def partly(name: str, **options: Any) -> dict[str, Any]:
    """Return a badge whose issuer used a processor that drops what no context defines, and never noticed."""
    document = badge()
    if name == "the type of a schema":
        document["credentialSchema"] = [{"id": "https://a.example/1"}]
    return {**signed(document, **options), **copy.deepcopy(UNCOVERED[name])}


def report_on(document: dict[str, Any]) -> Report:
    return verify(as_bytes(document), resolver=good_resolver().resolver(), now=NOW)


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("name", UNCOVERED)
def test_a_genuine_credential_with_an_undefined_term_is_unknown_and_not_invalid(name: str) -> None:
    report = report_on(partly(name))
    assert (report.verdict, report.credential) == (Verdict.UNKNOWN, None)
    assert codes(report)[2:6] == ["partly_unsigned", "signature_valid", "signer_is_issuer", "not_reached"]


def test_the_finding_names_what_is_not_covered_and_no_other_text_of_it() -> None:
    message = report_on(partly("a member with members")).findings[2].message
    assert "'grade'" in message
    assert "A+" not in message
    assert "covers every word" not in report_on(partly("a member")).findings[3].message
    many = {f"member{number}{'x' * 500}": 1 for number in range(500)}
    assert len(report_on({**signed(badge()), **many}).findings[2].message) < 1200


@pytest.mark.parametrize("name", UNCOVERED)
def test_a_changed_credential_with_an_undefined_term_is_still_invalid(name: str) -> None:
    document = partly(name)
    document["credentialSubject"]["achievement"]["name"] = "Doctor"
    report = report_on(document)
    assert (report.verdict, codes(report)[3]) == (Verdict.INVALID, "signature_wrong")


def test_a_signature_by_someone_else_is_still_invalid() -> None:
    report = report_on(partly("a member", key=OTHER_KEY))
    assert (report.verdict, codes(report)[4]) == (Verdict.INVALID, "signer_not_issuer")


@pytest.mark.parametrize("name", [name for name in UNCOVERED if name != "the type of a schema"])
def test_a_holder_cannot_add_anything_to_a_valid_credential(name: str) -> None:
    assert report_on(signed(badge())).verdict is Verdict.VALID
    report = report_on({**signed(badge()), **UNCOVERED[name]})
    assert (report.verdict, report.credential) == (Verdict.UNKNOWN, None)


def test_an_expired_or_revoked_one_is_not_reported_as_anything_else() -> None:
    """Nothing in it is trusted, so its dates and status are not reached."""
    report = report_on(partly("a member"))
    assert {finding.code for finding in report.findings[5:]} == {"not_reached"}
    assert "check 3" in report.findings[5].message


def test_an_unsupported_suite_over_an_undefined_term_is_unknown() -> None:
    document = partly("a member")
    document["proof"]["cryptosuite"] = "suite-of-2030"
    report = report_on(document)
    assert report.verdict is Verdict.UNKNOWN
    assert [report.findings[number].outcome for number in (2, 3)] == [Outcome.UNKNOWN] * 2


def test_a_name_that_json_ld_does_not_drop_is_not_left_out() -> None:
    """`https://schema.org/name` is an IRI, so the signature covers it, although no reader of the JSON knows it."""
    report = report_on({**signed(badge()), "https://schema.org/name": "x"})
    assert (report.verdict, codes(report)[2]) == (Verdict.INVALID, "term_undefined")


@pytest.mark.parametrize("name", UNCOVERED)
def test_the_covered_statements_are_those_of_another_json_ld_processor(name: str) -> None:
    document = {**badge(), **UNCOVERED[name]}
    quads, undefined = covered(document)
    others = (oracle.canonical(document) or b"").splitlines(keepends=True)
    # The other processor resolves an undefined type against a base; a credential has none, so it is dropped.
    assert rdfc.canonicalize(quads) == b"".join(line for line in others if b"<http://example.org/base/" not in line)
    assert undefined
