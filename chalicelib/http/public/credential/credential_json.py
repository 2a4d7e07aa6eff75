"""Stable JSON of credentials and reports. docs/api.md describes it; its members are never removed."""

from __future__ import annotations

from chalicelib.award.pathways.pathway_link import PathwayLink, write_next
from chalicelib.credential import dates
from chalicelib.http.public.credential.credential_view import CredentialView, HostedView, Recorded, Replacement
from chalicelib.verify.report import Finding, Report
from chalicelib.verify.status_entry import STANDARD_ERRORS


def report(view: CredentialView) -> dict[str, object]:
    """Serialize a report: verdict, findings and verified contents; also the replacement of a credential hosted here,
    and where one behind a web page was found."""
    return {**_report(view.report), **beside(view)}


def beside(view: CredentialView) -> dict[str, object]:
    """Serialize what Laurel knows besides the report: the replacement, and where a credential was found."""
    written: dict[str, object] = {}
    if view.recorded is not None and view.recorded.replaced_by is not None:
        written["replaced_by"] = _replacement(view.recorded.replaced_by)
    if view.led_by is not None:
        written["found"] = {"page": view.led_by, "credential": view.source}
    return written


def _report(source: Report) -> dict[str, object]:
    written: dict[str, object] = {
        "verdict": source.verdict.value,
        "checked_at": dates.write(source.checked_at),
        "format": source.format,
        "credential": source.credential,
        "findings": [_finding(finding) for finding in source.findings],
        "not_checked": list(source.not_checked),
        "issuer_check": _issuer_check(source),
    }
    if source.contained:
        written["contained"] = [{"kind": kind, **_report(report)} for kind, report in source.contained]
    return written


def summary(report: Report, hosted: HostedView, recorded: Recorded) -> dict[str, object]:
    """Serialize a summary of a hosted credential: verdict, contents, status and links."""
    status = recorded.status
    return {
        "id": hosted.id,
        "url": hosted.url,
        "verdict": report.verdict.value,
        "checked_at": dates.write(report.checked_at),
        "credential": report.credential,
        "issuer_check": _issuer_check(report),
        "status": {"state": status.state.value, "at": dates.write(status.at), "reason": status.reason},
        "replaced_by": None if recorded.replaced_by is None else _replacement(recorded.replaced_by),
        "pathways": [_pathway_link(link) for link in hosted.next_pathways],
        "links": {
            "page": hosted.url,
            "report": f"{hosted.api_url}/report",
            "status_lists": list(hosted.status_lists),
        },
    }


def _issuer_check(report: Report) -> str | None:
    return next((item.outcome.value for item in report.findings if item.check == "issuer"), None)


def _replacement(replaced_by: Replacement) -> dict[str, object]:
    return {"id": replaced_by.id, "url": replaced_by.url}


def _pathway_link(link: PathwayLink) -> dict[str, object]:
    return {
        "id": link.pathway_id,
        "name": link.pathway,
        "next": [write_next(step) for step in link.next],
        "reward": link.reward,
        "steps": link.steps,
        "place": link.place,
    }


def _finding(finding: Finding) -> dict[str, object]:
    standard_error = STANDARD_ERRORS.get(finding.code)
    return {
        "number": finding.number,
        "check": finding.check,
        "outcome": finding.outcome.value,
        "code": finding.code,
        "message": finding.message,
        "evidence": [
            {"url": item.url, "fetched_at": dates.write(item.fetched_at), "sha256": item.sha256}
            for item in finding.evidence
        ],
        **({"standard_error": standard_error} if standard_error else {}),
    }
