"""Findings, the report that contains them, and the verdict derived from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.verify.keys.public_key import PublicKey


class Outcome(StrEnum):
    """The outcome of one check. "Could not check" is `UNKNOWN`: never passed, never failed."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """The overall result in one word."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    INVALID = "invalid"
    UNKNOWN = "unknown"


_WORST_FIRST = (
    Verdict.INVALID,
    Verdict.REVOKED,
    Verdict.SUSPENDED,
    Verdict.EXPIRED,
    Verdict.NOT_YET_VALID,
    Verdict.UNKNOWN,
    Verdict.VALID,
)


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on several things together; unknown for none."""
    return min(verdicts, key=_WORST_FIRST.index, default=Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The source of a finding: URL, time of the read, and the SHA-256 of the bytes (hex)."""

    url: str
    fetched_at: datetime
    sha256: str


class Finding(NamedTuple):
    """The outcome of one numbered check: a stable code for programs, one sentence for people."""

    number: int
    check: str
    outcome: Outcome
    code: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    temporary: bool = False
    """Whether an unknown outcome may change within minutes, because a service did not respond."""


PRESENTATION = "Verifiable Presentation"
"""How the format of a presentation starts."""


class Contained(NamedTuple):
    """A credential inside another one or in a presentation."""

    kind: str
    """`credential` or `endorsement`."""
    report: Report


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one credential at one time, and the resulting verdict."""

    verdict: Verdict
    checked_at: datetime
    format: str | None
    """The recognised format, such as `OpenBadgeCredential 3.0, eddsa-rdfc-2022`; None when none was recognised."""
    credential: Mapping[str, object] | None
    """The verified view: only what the proof covers, and only when checks 1 to 5 passed."""
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    """One phrase for each thing that this report did not check."""
    contained: tuple[Contained, ...] = ()
    """The credentials inside it, each with a report of its own: those of a presentation or of a CLR, and endorsements.
    Those inside a credential do not change its verdict; a presentation is only valid if all of them are."""

    is_bound: bool = False
    """Whether it is on a credential with a key binding: a signature that its holder made for one verifier."""
    keys: tuple[PublicKey, ...] = ()
    """The keys that its signatures were checked with, if checks 1 to 5 passed."""

    @property
    def is_presentation(self) -> bool:
        """Whether it is on a presentation and not on a credential."""
        return self.format is not None and self.format.startswith(PRESENTATION)

    def within(self) -> Iterator[Report]:
        """Yield every report inside this one, at any depth."""
        for _, report in self.contained:
            yield report
            yield from report.within()

    @property
    def verdict_on_credential(self) -> Verdict:
        """The verdict without the recipient check: a wrong address says nothing about the credential."""
        return verdict_of(finding for finding in self.findings if finding.check != "recipient")

    @property
    def recipient_check(self) -> Outcome | None:
        """The outcome of the recipient check; None when it was not requested, or not reached."""
        found = [one for one in self.findings if one.check == "recipient"]
        unasked = ("not_requested", "not_reached")
        return found[0].outcome if found and found[0].code not in unasked else None


CORE = ("format", "structure", "context", "proof", "signer")
"""Checks 1 to 5: is this what its issuer signed? Nothing in a credential is trusted before they pass."""


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Derive the verdict from the findings; docs/verification.md states the same rule.

      1. A core check failed, or the requested recipient does not match: invalid.
      2. A core check is missing or unknown: unknown.
      3. Status failed: revoked or suspended. Dates failed: expired or not yet valid.
      4. Dates, status or a requested recipient check is missing or unknown: unknown.
      5. Otherwise valid. So an empty report is not valid.

    Checks 8 (issuer) and 10 (extras) are informative and never change the verdict.
    """
    found = {finding.check: finding for finding in findings}
    core = [found.get(name, _MISSING).outcome for name in CORE]
    dates, status = found.get("dates", _MISSING), found.get("status", _MISSING)
    recipient = found.get("recipient", _NOT_REQUESTED).outcome
    if _FAILED in core or recipient is _FAILED:
        return Verdict.INVALID
    if core != _ALL_PASSED:
        return Verdict.UNKNOWN
    if status.outcome is _FAILED:
        return _VERDICT_OF_FAILURE.get(status.code, Verdict.INVALID)
    if dates.outcome is _FAILED:
        return _VERDICT_OF_FAILURE.get(dates.code, Verdict.INVALID)
    if dates.outcome is not _PASSED or status.outcome not in _SETTLED or recipient not in _SETTLED:
        return Verdict.UNKNOWN
    return Verdict.VALID


_PASSED, _FAILED = Outcome.PASSED, Outcome.FAILED  # reading an enum member from its class takes six times as long
_ALL_PASSED = [_PASSED] * len(CORE)
_SETTLED = (_PASSED, Outcome.NOT_APPLICABLE)
_MISSING = Finding(0, "", Outcome.UNKNOWN, "", "")
_NOT_REQUESTED = Finding(0, "", Outcome.NOT_APPLICABLE, "", "")


_VERDICT_OF_FAILURE = {
    "revoked": Verdict.REVOKED,
    "suspended": Verdict.SUSPENDED,
    "expired": Verdict.EXPIRED,
    "not_yet_valid": Verdict.NOT_YET_VALID,
}
