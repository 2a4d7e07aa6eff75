"""The published vectors of Securing Verifiable Credentials using JOSE and COSE, through all ten checks.

Each credential is verified with the key that its case names and nothing else, and at a time at which it is valid.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.verify.keys.key_entry import key_of_jwk
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.presentations.verify import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import FakeResolver
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

NOW = datetime(2024, 12, 16, 12, tzinfo=UTC)
ISSUERS = ("https://example.issuer/vc-jose-cose", "https://university.example/issuers/565049")
CREDENTIALS = {
    6: (Verdict.VALID, "within_validity"),
    8: (Verdict.VALID, "within_validity"),
    9: (Verdict.INVALID, "key_not_listed"),
    10: (Verdict.INVALID, "proof_missing"),
    12: (Verdict.INVALID, "signature_wrong"),
    13: (Verdict.INVALID, "token_type_other"),
    15: (Verdict.INVALID, "claims_contradict"),
    20: (Verdict.VALID, "within_validity"),
    21: (Verdict.VALID, "within_validity"),
    23: (Verdict.INVALID, "signature_wrong"),
    24: (Verdict.INVALID, "token_type_other"),
    29: (Verdict.UNKNOWN, "cose_unsupported"),
    30: (Verdict.UNKNOWN, "cose_unsupported"),
    32: (Verdict.UNKNOWN, "cose_unsupported"),
    33: (Verdict.UNKNOWN, "cose_unsupported"),
}
"""Case number: the verdict, and the code of the finding that decides it. COSE is unknown by design."""
PRESENTATIONS = {
    7: "signer_is_holder",
    11: "presentation_unsigned",
    14: "token_type_other",
    16: "proof_expired",
    22: "signer_is_holder",
    25: "token_type_other",
    26: "token_type_other",
    31: "cose_unsupported",
    34: "cose_unsupported",
    35: "cose_unsupported",
}
"""Case number: the code of the finding that decides what is known of the holder."""
SIGNERS = {7: ("vm-p256", "vm-p384"), 22: ("vm-ed25519",)}
"""The keys of the credentials in a presentation, as the cases note them."""


def cases(kind: str = "credential_") -> dict[int, dict[str, Any]]:
    if not vectors.ROOT.is_dir():
        return {}
    listed = vectors.load("vc-jose-cose/cases.json")["cases"]
    return {case["number"]: case for case in listed if case["feature"].startswith(kind)}


def source_of(case: dict[str, Any]) -> bytes:
    return (vectors.ROOT / "vc-jose-cose" / case["input"]).read_bytes().removesuffix(b"\n")


def report_on(source: bytes, *keys: str) -> Report:
    jwks = [vectors.load(f"vc-jose-cose/{key}")["publicKeyJwk"] for key in dict.fromkeys(keys)]
    methods = tuple(Method(jwk["kid"], key_of_jwk(jwk), assertion=True, authentication=True) for jwk in jwks)
    resolver = FakeResolver(controllers={issuer: Controller(issuer, methods) for issuer in ISSUERS})
    return verify(source, resolver=resolver.resolver(), now=NOW)


def test_the_cases_are_complete() -> None:
    assert cases().keys() == CREDENTIALS.keys()
    assert cases("presentation_").keys() == PRESENTATIONS.keys()


@pytest.mark.parametrize("number", PRESENTATIONS)
def test_the_holder_of_a_presentation_is_judged_as_published(number: int) -> None:
    """The credentials in cases 7 and 31 include one in COSE, so the whole is unknown where the vectors say success."""
    case = cases("presentation_")[number]
    keys = [case["key"], *(f"keys/{name}.json" for name in SIGNERS.get(number, ()))]
    report = report_on(source_of(case), *keys)
    assert PRESENTATIONS[number] in {finding.code for finding in report.findings}, report.findings
    if case["expected"] == "failure":
        assert report.verdict is not Verdict.VALID
    else:
        verdicts = [each.report.verdict for each in report.contained]
        expected = {7: [Verdict.VALID, Verdict.VALID, Verdict.UNKNOWN], 22: [Verdict.VALID], 31: []}[number]
        assert verdicts == expected


@pytest.mark.parametrize("number", cases())
def test_a_credential_gets_the_published_result(number: int) -> None:
    case = cases()[number]
    verdict, code = CREDENTIALS[number]
    report = report_on(source_of(case), case["key"])
    assert (report.verdict, code in {finding.code for finding in report.findings}) == (verdict, True), report.findings
    if verdict is not Verdict.UNKNOWN:
        assert (verdict is Verdict.VALID) == (case["expected"] == "success")


@pytest.mark.parametrize("number", [20, 21])
def test_a_disclosure_that_is_left_out_is_neither_missed_nor_shown(number: int) -> None:
    case = cases()[number]
    token, *disclosures, _ = source_of(case).split(b"~")
    for left_out in disclosures:
        kept = b"~".join([token, *(one for one in disclosures if one != left_out), b""])
        assert report_on(kept, case["key"]).verdict is Verdict.VALID


@pytest.mark.parametrize("number", [6, 8, 20, 21])
def test_a_changed_copy_of_a_valid_case_is_never_valid(number: int) -> None:
    case = cases()[number]
    source = source_of(case)
    for position in range(0, len(source), max(1, len(source) // 60)):
        changed = bytearray(source)
        changed[position] ^= 1
        assert report_on(bytes(changed), case["key"]).verdict is not Verdict.VALID
