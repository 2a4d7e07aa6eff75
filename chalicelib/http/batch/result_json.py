"""The result of an item of a batch, as JSON: the same in a response and in the results of a job."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from chalicelib.credential import dates
from chalicelib.errors import LaurelError
from chalicelib.http.core.problem import Problem
from chalicelib.http.public import submission
from chalicelib.http.public.credential import credential_json, credential_view
from chalicelib.reports.submitted import SubmittedReport
from chalicelib.verifiers.batch.checking import Checked
from chalicelib.verifiers.batch.items import InvalidItem
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verifiers.batch.jobs import Write
from chalicelib.verify.report import Outcome, Report, Verdict, worst_of

_IN_SUMMARY = (Outcome.FAILED, Outcome.UNKNOWN)
"""Outcomes of the checks that a summary lists: with them, the verdict can be understood without the whole report."""


def writer(base_url: str) -> Write:
    """The function that serializes results."""
    return partial(_result, base_url)


def _result(base_url: str, checked: Checked, detail: Detail) -> dict[str, object]:
    ref: dict[str, object] = {"ref": checked.item.ref}
    result = checked.result
    if isinstance(result, LaurelError):
        return {**ref, "problem": _problem(result)}
    view = credential_view.of_submitted(result, base_url)
    if detail is Detail.FULL:
        return {**ref, **credential_json.report(view)}
    return {**ref, **_summary(result), **credential_json.beside(view)}


def _summary(checked: SubmittedReport) -> dict[str, object]:
    report = checked.report
    return {
        "verdict": report.verdict.value,
        "checked_at": dates.write(report.checked_at),
        "format": report.format,
        "issuer_check": next((one.outcome.value for one in report.findings if one.check == "issuer"), None),
        "findings": _not_passed(report),
    }


def _not_passed(report: Report) -> list[dict[str, object]]:
    """The checks that failed or could not be completed."""
    found = [one for one in report.findings if one.outcome in _IN_SUMMARY]
    return [{"check": one.check, "outcome": one.outcome.value, "code": one.code} for one in found]


def _problem(error: LaurelError) -> dict[str, object]:
    if isinstance(error, InvalidItem):
        errors = ({"pointer": error.member, "detail": error.detail},)
        return Problem("invalid_request", "The item has an error.", errors=errors).document()
    return submission.problem_document(error)


def worst(checked: Iterable[Checked]) -> Verdict:
    """The worst verdict; what could not be checked counts as unknown."""
    results = [each.result for each in checked]
    return worst_of(each.report.verdict if isinstance(each, SubmittedReport) else Verdict.UNKNOWN for each in results)
