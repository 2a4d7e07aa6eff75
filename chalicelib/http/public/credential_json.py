"""Stable JSON of credentials and reports. docs/api.md describes it; its members are never removed."""

from __future__ import annotations

from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.award.pathways.pathway_json import write_next
from chalicelib.credential import dates
from chalicelib.http.public.credential_view import CredentialView, HostedView, Replacement
from chalicelib.verify.report import Finding, Report


def report(view: CredentialView) -> dict[str, object]:
    """Serialize a report: verdict, findings and verified contents; also the replacement of a hosted credential."""
    source = view.report
    written: dict[str, object] = {
        "verdict": source.verdict.value,
        "checked_at": dates.write(source.checked_at),
        "format": source.format,
        "credential": source.credential,
        "findings": [_finding(finding) for finding in source.findings],
        "not_checked": list(source.not_checked),
    }
    if view.hosted is not None and view.hosted.replaced_by is not None:
        written["replaced_by"] = _replacement(view.hosted.replaced_by)
    return written


def summary(report: Report, hosted: HostedView) -> dict[str, object]:
    """Serialize a summary of a hosted credential: verdict, contents, status and links."""
    status = hosted.status
    return {
        "id": hosted.id,
        "url": hosted.url,
        "verdict": report.verdict.value,
        "checked_at": dates.write(report.checked_at),
        "credential": report.credential,
        "issuer_check": next((item.outcome.value for item in report.findings if item.check == "issuer"), None),
        "status": {"state": status.state.value, "at": dates.write(status.at), "reason": status.reason},
        "replaced_by": None if hosted.replaced_by is None else _replacement(hosted.replaced_by),
        "pathways": [_pathway_link(link) for link in hosted.next_pathways],
        "links": {
            "page": hosted.url,
            "report": f"{hosted.api_url}/report",
            "status_lists": list(hosted.status_lists),
        },
    }


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
    }
