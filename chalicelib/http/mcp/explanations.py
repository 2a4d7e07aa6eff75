"""Explain the result of a check and what to do about it, with the same texts as the page of a credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.http.mcp.finding_codes import CODES, NOT_REACHED
from chalicelib.http.public.credential import presentation_text, verdict_text
from chalicelib.http.public.credential.verdict_text import VerdictText
from chalicelib.receipts import unchecked
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import CORE, Finding, Outcome, Report, Verdict, verdict_of

_OUTCOMES: Mapping[Outcome, str] = {
    Outcome.PASSED: "It passed.",
    Outcome.FAILED: "It failed, for the reason that the code names.",
    Outcome.UNKNOWN: "It is unknown, for the reason that the code names: neither passed nor failed.",
    Outcome.NOT_APPLICABLE: "It was not needed.",
}
_NOT_REACHED = "It was not attempted, because one of checks 1 to 5 before it did not pass."
_INFORMING: Mapping[str, str] = {
    "issuer": "This does not change the verdict. Anyone can issue a credential under any name, so check with the "
    "organization directly, through its own website.",
    "extras": "This does not change the verdict. Read what was not checked.",
}
"""Advice by check, for checks that never change the verdict."""
ISSUER_NOT_PROVEN = (
    "issuer_not_proven",
    (
        "Nothing proves who issued it: anyone can issue a credential under any name. Do not state the issuer’s name as "
        "a fact; check with the organization directly."
    ),
)
NO_SIGNATURE = ("no_signature", "It has no signature: the site that publishes it can change it at any time.")
NO_STATUS = ("no_status", "Its issuer has no way to revoke it, so one issued by mistake would look the same.")
CONTENTS_NOT_PROVEN = ("contents_not_proven", "Its contents are not returned, because no issuer has confirmed them.")
NOT_CHECKED_OTHER = "Something else was not checked; the report names it."
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the code of a finding means."""

    code: str
    number: int
    check: str
    outcome: Outcome
    meaning: str
    what_to_do: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Serialize it."""
        return {
            "code": self.code,
            "number": self.number,
            "check": self.check,
            "outcome": self.outcome.value,
            "meaning": self.meaning,
            "what_to_do": list(self.what_to_do),
        }


def of_code(code: str) -> tuple[Explanation, ...]:
    """Explain ``code`` for each check and outcome that it can have; empty if no finding has it."""
    if code == NOT_REACHED:
        return tuple(of_finding(_finding(check.name, Outcome.UNKNOWN, code)) for check in CHECKS[1:])
    return tuple(of_finding(_finding(check, outcome, code)) for check, outcome in CODES.get(code, ()))


def of_finding(finding: Finding) -> Explanation:
    """Explain a finding by its check, outcome and code, without its message."""
    question = next(check.question for check in CHECKS if check.name == finding.check)
    meaning, advice = _consequence(finding)
    return Explanation(
        finding.code, finding.number, finding.check, finding.outcome, f"{question} {meaning}", tuple(map(str, advice))
    )


def _consequence(finding: Finding) -> tuple[str, tuple[str, ...]]:
    outcome = _OUTCOMES[finding.outcome]
    if finding.code == NOT_REACHED:
        return _NOT_REACHED, ("Read the finding that stopped the checks.",)
    if finding.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
        advice = (NO_STATUS[1],) if finding.code == "no_status" else ()
        return outcome, advice
    if finding.check in _INFORMING:
        return outcome, (_INFORMING[finding.check],)
    decided = verdict_text.verdict_text(_report_with(finding))
    return f"{outcome} {decided.headline}", decided.advice


def _finding(check: str, outcome: Outcome, code: str) -> Finding:
    number = next(each.number for each in CHECKS if each.name == check)
    return Finding(number, check, outcome, code, "")


def _report_with(finding: Finding) -> Report:
    """A report in which ``finding`` determines the verdict and every other check passed."""
    others = [_finding(check.name, Outcome.PASSED, "") for check in CHECKS if check.name != finding.check]
    findings = tuple(sorted((*others, finding), key=lambda each: each.number))
    return Report(verdict_of(findings), _ANY_TIME, None, None, findings, ())


def headline_of(report: Report) -> VerdictText:
    """Return the headline and advice on a report, as its page shows them."""
    return presentation_text.text_of(report) if report.is_presentation else verdict_text.verdict_text(report)


def caveats(report: Report) -> list[dict[str, str]]:
    """Caveats of the verdict in ``report``, or on a credential in a presentation, as statements with a stable code."""
    subjects = _subjects(report)
    codes = {finding.code for each in subjects for finding in each.findings}
    found = [
        (ISSUER_NOT_PROVEN, not issuer_proven(report)),
        (NO_SIGNATURE, "hosted_matches" in codes),
        (NO_STATUS, "no_status" in codes),
        (CONTENTS_NOT_PROVEN, any(map(_is_stopped, (report, *subjects)))),
    ]
    return [coded(*statement) for statement, applies in found if applies]


def issuer_proven(report: Report) -> bool:
    """Whether the issuer's identity is confirmed, for every credential in a presentation."""
    subjects = _subjects(report)
    return bool(subjects) and all(map(verdict_text.issuer_proven, subjects))


def _subjects(report: Report) -> list[Report]:
    """The credentials that ``report`` is about, without embedded ones such as endorsements."""
    return [each.report for each in report.contained] if report.is_presentation else [report]


def _is_stopped(report: Report) -> bool:
    return any(each.check in CORE and each.outcome is not Outcome.PASSED for each in report.findings)


def not_checked(report: Report) -> list[dict[str, str]]:
    """What ``report`` did not check, as statements with the codes that receipts sign."""
    found = unchecked.codes(report.not_checked)
    return [coded(code, str(unchecked.PHRASES.get(code, NOT_CHECKED_OTHER))) for code in dict.fromkeys(found)]


def coded(code: str, text: str) -> dict[str, str]:
    """Serialize a statement with a stable code."""
    return {"code": code, "text": text}


def sentences(report: Report) -> str:
    """Describe a report in sentences: the verdict, then the advice, then the caveats."""
    decided = headline_of(report)
    limits = [f"- {each['text']}" for each in caveats(report)]
    unasked = [f"- {each['text']}" for each in not_checked(report)]
    parts = [f"Verdict: {report.verdict.value}. {decided.headline}", *(f"- {each}" for each in decided.advice)]
    parts += ["Caveats:", *limits] if limits else []
    parts += ["Not checked:", *unasked] if unasked else []
    if report.verdict is Verdict.UNKNOWN:
        parts.append("Unknown is neither valid nor invalid: do not report it as either.")
    return "\n".join(parts)
