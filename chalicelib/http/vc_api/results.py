"""Results of the VC API: always JSON with `verified` and `problemDetails` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.verify.report import Finding, Outcome, Report

REFUSED = 422
"""The status of a credential that is not valid, as the suites require; the text of the VC API has 200."""
_DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"
_STATUS_LIST = "https://www.w3.org/ns/credentials/status-list#"
_CHALLENGE, _DOMAIN = (
    "https://w3id.org/security#INVALID_CHALLENGE_ERROR",
    "https://w3id.org/security#INVALID_DOMAIN_ERROR",
)
_BY_CODE: Mapping[str, str] = {
    "challenge_differs": _CHALLENGE,
    "audience_other": _DOMAIN,
    "status_list_unavailable": f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR",
    "status_list_not_hosted": f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR",
    "status_list_unproven": f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    "status_list_other_issuer": f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    "status_list_other_id": f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    "status_list_wrong_type": f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    "status_list_has_status": f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    "status_purpose_differs": f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    "status_list_too_short": f"{_STATUS_LIST}STATUS_LIST_LENGTH_ERROR",
    "status_index_out_of_range": f"{_STATUS_LIST}RANGE_ERROR",
    "status_list_malformed": f"{_STATUS_LIST}MALFORMED_VALUE_ERROR",
    "status_malformed": f"{_STATUS_LIST}MALFORMED_VALUE_ERROR",
}
"""Error types by the code of a finding (Bitstring Status List v1.0, 3.5; VC Data Integrity 1.0, 4.9)."""
_BY_CHECK: Mapping[str, str] = {
    "format": f"{_DATA_MODEL}PARSING_ERROR",
    "structure": f"{_DATA_MODEL}MALFORMED_VALUE_ERROR",
    "context": f"{_DATA_MODEL}MALFORMED_VALUE_ERROR",
    "proof": f"{_DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "signer": f"{_DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "dates": f"{_DATA_MODEL}RANGE_ERROR",
}
"""Error types by check (VC Data Model 2.0, 7.1)."""
SETTLED = (Outcome.PASSED, Outcome.NOT_APPLICABLE)
_INFORMATIVE = ("issuer", "extras")
"""Checks that never change a verdict."""


def of_report(report: Report, *, verified: bool) -> Reply:
    """The response to a request to verify: 200 if it is ``verified``, otherwise 422."""
    findings = [finding for each in (report, *report.within()) for finding in each.findings]
    problems = [] if verified else [_problem(finding) for finding in _decisive(findings)]
    results = {
        finding.check: {"valid": finding.outcome in SETTLED, "code": finding.code} for finding in report.findings
    }
    body = {"verified": verified, "problemDetails": problems, "results": results}
    return as_json(body, status=200 if verified else REFUSED, headers=uncached())


def refused(code: str, detail: str) -> Reply:
    """The response to a request to sign what does not follow the standards."""
    problem = {"type": f"{_DATA_MODEL}MALFORMED_VALUE_ERROR", "title": code, "detail": detail}
    return as_json({"verified": False, "problemDetails": [problem]}, status=REFUSED, headers=uncached())


def of_problem(problem: Problem) -> Reply:
    """The response to a request that cannot be understood or answered: a problem document with `problemDetails`."""
    document = problem.document()
    detail = {"type": f"{_DATA_MODEL}PARSING_ERROR", "title": document["title"], "detail": document["detail"]}
    body = {"verified": False, "problemDetails": [detail], **document}
    return as_json(body, status=problem.kind.status, headers=uncached(**problem.headers))


def _decisive(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that keep something from being valid, without those that only follow from others."""
    return [
        finding
        for finding in findings
        if finding.outcome not in SETTLED and finding.code != "not_reached" and finding.check not in _INFORMATIVE
    ]


def _problem(finding: Finding) -> dict[str, str]:
    kind = _BY_CODE.get(finding.code) or _BY_CHECK.get(finding.check, "about:blank")
    return {"type": kind, "title": finding.code, "detail": finding.message}
