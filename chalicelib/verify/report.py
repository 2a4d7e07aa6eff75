"""Findings, the report that holds them, and the verdict that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What one check found. "Could not check" is `UNKNOWN`: never passed, never failed."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """The answer in one word."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: what was read, from where, when, and the SHA-256 of its bytes (hex)."""

    url: str
    fetched_at: datetime
    sha256: str


class Finding(NamedTuple):
    """The outcome of one numbered check: a stable code for programs, one sentence for a recruiter."""

    number: int
    check: str
    outcome: Outcome
    code: str
    message: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one credential at one moment, and the verdict they give."""

    verdict: Verdict
    checked_at: datetime
    format: str | None
    """The recognised format, such as `OpenBadgeCredential 3.0, eddsa-rdfc-2022`; None when none was."""
    credential: Mapping[str, object] | None
    """The verified view: only what the proof covers, and only when checks 1 to 5 passed."""
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    """One sentence each on what this report did not look at."""


CORE = ("format", "structure", "context", "proof", "signer")
"""Checks 1 to 5: is this what its issuer signed? Nothing of a credential is believed before they pass."""


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Derive the verdict from the findings; docs/verification.md prints this rule.

    1. A core check failed, or a recipient was asked for and is another: invalid.
    2. A core check is missing or unknown: unknown.
    3. Status failed: revoked or suspended. Dates failed: expired or not yet valid.
    4. Dates, status or an asked-for recipient missing or unknown: unknown.
    5. Otherwise valid. So an empty report is not valid.

    Checks 8 (issuer) and 10 (extras) inform and never change the verdict.
    """
    found = {finding.check: finding for finding in findings}
    core = [found.get(name, _MISSING).outcome for name in CORE]
    dates, status = found.get("dates", _MISSING), found.get("status", _MISSING)
    recipient = found.get("recipient", _NOT_ASKED).outcome
    if _FAILED in core or recipient is _FAILED:
        return Verdict.INVALID
    if core != _ALL_PASSED:
        return Verdict.UNKNOWN
    if status.outcome is _FAILED:
        return _FAILED_STANDING.get(status.code, Verdict.INVALID)
    if dates.outcome is _FAILED:
        return _FAILED_STANDING.get(dates.code, Verdict.INVALID)
    if dates.outcome is not _PASSED or status.outcome not in _SETTLED or recipient not in _SETTLED:
        return Verdict.UNKNOWN
    return Verdict.VALID


_PASSED, _FAILED = Outcome.PASSED, Outcome.FAILED  # reading a member from its class takes six times as long
_ALL_PASSED = [_PASSED] * len(CORE)
_SETTLED = (_PASSED, Outcome.NOT_APPLICABLE)
_MISSING = Finding(0, "", Outcome.UNKNOWN, "", "")
_NOT_ASKED = Finding(0, "", Outcome.NOT_APPLICABLE, "", "")


_FAILED_STANDING = {
    "revoked": Verdict.REVOKED,
    "suspended": Verdict.SUSPENDED,
    "expired": Verdict.EXPIRED,
    "not_yet_valid": Verdict.NOT_YET_VALID,
}
