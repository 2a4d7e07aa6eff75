"""Stable JSON of reports. docs/api.md describes it; its members are never removed."""

from __future__ import annotations

from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.award.pathways.pathway_json import write_next
from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.report import Finding, Report


def report(source: Report) -> dict[str, object]:
    """Serialize a report: verdict, findings, and the verified view."""
    return {
        "verdict": source.verdict.value,
        "checked_at": dates.write(source.checked_at),
        "format": source.format,
        "credential": source.credential,
        "findings": [_finding(finding) for finding in source.findings],
        "not_checked": list(source.not_checked),
    }


def hosted_report(opened: HostedReport, base_url: str) -> dict[str, object]:
    """Serialize the report of a hosted credential, with its replacement, if any."""
    replaced = replaced_by(opened, base_url)
    return report(opened.report) | ({"replaced_by": replaced} if replaced else {})


def replaced_by(opened: HostedReport, base_url: str) -> dict[str, object] | None:
    """Serialize the credential that replaces this one, None if there is none."""
    name = opened.record.superseded_by
    return None if name is None else {"id": name, "url": credential_url(base_url, name)}


def credential(opened: HostedReport, base_url: str) -> dict[str, object]:
    """Serialize a summary of a hosted credential: status, contents and links."""
    record, status = opened.record, opened.record.status
    page, api = f"{base_url}/c/{record.id}", f"{base_url}/v1/credentials/{record.id}"
    return {
        "id": record.id,
        "url": page,
        "verdict": opened.report.verdict.value,
        "checked_at": dates.write(opened.report.checked_at),
        "credential": opened.report.credential,
        "status": {"state": status.state.value, "at": dates.write(status.at), "reason": status.reason},
        "replaced_by": replaced_by(opened, base_url),
        "pathways": [_pathway_link(post) for post in opened.next_pathways],
        "links": {
            "page": page,
            "report": f"{api}/report",
            "status_lists": [f"{base_url}/status/{entry.list_id}" for entry in record.entries],
        },
    }


def _pathway_link(post: PathwayLink) -> dict[str, object]:
    return {
        "id": post.pathway_id,
        "name": post.pathway,
        "next": [write_next(step) for step in post.next],
        "reward": post.reward,
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
