"""The checks as shown on the page of a credential: those that need attention, and the others in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.credential.quotation import limit_combining_marks
from chalicelib.http.public.credential import verdict_text
from chalicelib.language.phrase import phrase, plural, with_values
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Evidence, Finding, Outcome, Report

QUESTIONS = {check.number: check.question for check in CHECKS}
NAMES = {
    "format": "Format",
    "structure": "Structure",
    "context": "Context",
    "proof": "Proof",
    "signer": "Signer",
    "dates": "Dates",
    "status": "Status",
    "issuer": "Issuer",
    "recipient": "Recipient",
    "extras": "Extras",
}
_ALONE = "This check needs only the credential itself."
_CORRECTED = phrase("The issuer revoked it when it issued a corrected version.")
_REGISTRY = "For this check, Laurel read the issuer’s entry in that registry."


OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.PASSED: ("Passed", "good"),
    Outcome.FAILED: ("Failed", "bad"),
    Outcome.UNKNOWN: ("Unknown", "open"),
    Outcome.NOT_APPLICABLE: ("Not needed", "none"),
}
"""Label and tone of each outcome."""

NOT_CHECKED = ("Not checked", "none")
NOT_REACHED = "not_reached"
NOT_ATTEMPTED = (NOT_REACHED, "extras_not_followed")
"""Codes of checks that were not attempted: "Unknown" would suggest that an attempt failed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A numbered check."""

    number: int
    name: str
    question: str
    sentence: str
    word: str
    tone: str
    code: str
    evidence: tuple[Evidence, ...]
    decisive: bool
    """Whether it decided the verdict; if so, it is expanded initially."""
    source: str | None
    """The basis of a passed check without evidence."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """The checks that were skipped because an earlier one did not pass, in one sentence."""

    checks: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckList:
    """All checks: ``attention`` are those that failed or could not be completed, ``settled`` fold into ``summary``."""

    attention: tuple[Row, ...]
    settled: tuple[Row, ...]
    unreached: Unreached | None
    summary: str
    """Such as "8 checks passed, 2 not needed"."""


def check_list(report: Report, *, corrected: bool = False) -> CheckList:
    """Build the list of checks of ``report``; ``corrected`` if it was revoked because a corrected version replaces
    it."""
    decisive = verdict_text.decisive(report)
    reached = [finding for finding in report.findings if finding.code != NOT_REACHED]
    rows = [(_row(finding, finding is decisive, corrected), _open(finding)) for finding in reached]
    return CheckList(
        attention=tuple(row for row, is_open in rows if is_open),
        settled=tuple(row for row, is_open in rows if not is_open),
        unreached=_unreached([item for item in report.findings if item.code == NOT_REACHED]),
        summary=_summary(report.findings),
    )


def _open(finding: Finding) -> bool:
    # "Before you decide" already lists the extras, and leaving them out is not a result.
    unknown = finding.outcome is Outcome.UNKNOWN and finding.code not in NOT_ATTEMPTED
    return unknown or finding.outcome is Outcome.FAILED


def _row(finding: Finding, decisive: bool, corrected: bool) -> Row:
    word, tone = _label(finding)
    message = _CORRECTED if corrected and finding.code == "revoked" else finding.message
    return Row(
        number=finding.number,
        name=NAMES[finding.check],
        question=QUESTIONS[finding.number],
        sentence=with_values(message, limit_combining_marks),
        word=word,
        tone=tone,
        code=finding.code,
        evidence=finding.evidence,
        decisive=decisive,
        source=_source(finding),
    )


def _label(finding: Finding) -> tuple[str, str]:
    if finding.code in NOT_ATTEMPTED:
        return NOT_CHECKED
    return OUTCOMES[finding.outcome]


def _source(finding: Finding) -> str | None:
    if finding.outcome is not Outcome.PASSED or finding.evidence:
        return None
    return _REGISTRY if finding.check == "issuer" else _ALONE


def _unreached(findings: Sequence[Finding]) -> Unreached | None:
    if not findings:
        return None
    first, last = findings[0].number, findings[-1].number
    return Unreached(
        phrase("Checks {first} to {last}", first=first, last=last)
        if last > first
        else phrase("Check {first}", first=first),
        findings[0].message,
    )


def _summary(findings: Sequence[Finding]) -> str:
    counts = Counter(_label(finding)[0] for finding in findings)
    passed = counts[OUTCOMES[Outcome.PASSED][0]]
    others = {
        OUTCOMES[Outcome.FAILED][0]: phrase("{count} failed"),
        OUTCOMES[Outcome.UNKNOWN][0]: phrase("{count} unknown"),
        NOT_CHECKED[0]: phrase("{count} not checked"),
        OUTCOMES[Outcome.NOT_APPLICABLE][0]: phrase("{count} not needed"),
    }
    summary = plural("{count} check passed", "{count} checks passed", passed) if passed else phrase("No checks passed")
    for label, text in others.items():
        if counts[label]:
            summary = phrase("{counts}, {more}", counts=summary, more=phrase(str(text), count=counts[label]))
    return summary
