"""A report as the tools return it, with Laurel's statements apart from text by others."""

from __future__ import annotations

from chalicelib.credential import dates
from chalicelib.http.mcp import explanations
from chalicelib.http.mcp.tool import CODED, Schema, schema
from chalicelib.verify.report import Outcome, Report, Verdict

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
FINDING: Schema = schema(
    {
        "number": {"type": "integer", "minimum": 1, "maximum": 10},
        "check": _TEXT,
        "outcome": {"enum": [each.value for each in Outcome]},
        "code": {"type": "string", "description": "A stable code. The tool explain_report explains it."},
    },
    "number", "check", "outcome", "code",
)  # fmt: skip
PROPERTIES: dict[str, object] = {
    "verdict": {"enum": [each.value for each in Verdict]},
    "headline": _TEXT,
    "advice": _TEXTS,
    "checked_at": {"type": "string", "description": "RFC 3339, UTC."},
    "format": {"type": ["string", "null"], "description": "The format, and how it is signed."},
    "issuer_proven": {
        "type": "boolean",
        "description": "Whether the issuer’s identity is confirmed. If not, anyone could have issued it.",
    },
    "caveats": {**CODED, "description": "Caveats of the verdict. Always report them with it."},
    "not_checked": {**CODED, "description": "What was not checked. Always report it with the verdict."},
    "findings": {"type": "array", "items": FINDING},
    "contained": {
        "type": "array",
        "description": "The credentials in a presentation or inside a credential.",
        "items": schema({"kind": _TEXT, "verdict": _TEXT, "issuer_proven": {"type": "boolean"}}),
    },
}
"""Schemas of what `statements` returns."""
REQUIRED = ("verdict", "headline", "checked_at", "issuer_proven", "caveats", "not_checked", "findings")
MAX_CONTAINED = 50


def statements(report: Report) -> dict[str, object]:
    """Serialize Laurel's statements, without any text by others."""
    decided = explanations.headline_of(report)
    return {
        "verdict": report.verdict.value,
        "headline": decided.headline,
        "advice": list(decided.advice),
        "checked_at": dates.write(report.checked_at),
        "format": report.format,
        "issuer_proven": explanations.issuer_proven(report),
        "caveats": explanations.caveats(report),
        "not_checked": explanations.not_checked(report),
        "findings": [
            {"number": each.number, "check": each.check, "outcome": each.outcome.value, "code": each.code}
            for each in report.findings
        ],
        "contained": [
            {"kind": kind, "verdict": each.verdict.value, "issuer_proven": explanations.issuer_proven(each)}
            for kind, each in report.contained[:MAX_CONTAINED]
        ],
    }


def written_by_others(report: Report) -> dict[str, object]:
    """Text by others in a report: the contents of the credential, and messages that can quote it."""
    return {
        "credential": report.credential,
        "messages": {each.code: each.message for each in report.findings if each.message} or None,
        "contained": [{"kind": kind, **written_by_others(each)} for kind, each in report.contained[:MAX_CONTAINED]]
        or None,
    }
