"""The ten checks, in order, from bytes to a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.language.phrase import phrase
from chalicelib.verify.checks import (
    context,
    dates,
    extras,
    format,
    issuer,
    proof,
    recipient,
    signer,
    status,
    structure,
)
from chalicelib.verify.formats.sd_jwt import is_bound
from chalicelib.verify.inner import MAX_INNER
from chalicelib.verify.keys.public_key import PublicKey
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.ports import Resolver
from chalicelib.verify.report import CORE, Contained, Finding, Outcome, Report, Verdict, verdict_of
from chalicelib.verify.verification_context import PARTLY_UNSIGNED, CheckNotPassed, VerificationContext
from chalicelib.verify.view import view_of


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered check; ``run`` returns a finding or raises `CheckNotPassed`."""

    number: int
    name: str
    question: str
    run: Callable[[VerificationContext], Finding]


CHECKS = (
    Check(1, phrase("format"), "Is it a supported format, within the size limits?", format.check),
    Check(2, phrase("structure"), "Does it have everything its data model and schema require?", structure.check),
    Check(3, phrase("context"), "Does Laurel know every JSON-LD context and term it uses?", context.check),
    Check(4, phrase("proof"), "Does the signature cover exactly what is shown?", proof.check),
    Check(
        5,
        phrase("signer"),
        ("Did the key belong to the named issuer when it signed, and may it issue credentials?"),
        signer.check,
    ),
    Check(6, "dates", "Is it valid today?", dates.check),
    Check(7, "status", "Do all its status entries show that it is neither revoked nor suspended?", status.check),
    Check(8, "issuer", "Is the issuer in a registry that Laurel uses, or has it verified its domain?", issuer.check),
    Check(9, "recipient", "If requested: was it issued to this email address?", recipient.check),
    Check(10, "extras", "Does it contain anything else that was not checked?", extras.check),
)

_PASSED = Outcome.PASSED
ALWAYS_UNCHECKED = (phrase("whether the person presenting it is its holder"),)
ISSUER_UNCHECKED = (phrase("whether the issuer is who it claims to be"),)
"""Added unless check 8 passed: anyone can sign a genuine credential under any name."""


def verify(
    source: bytes,
    *,
    resolver: Resolver,
    now: datetime,
    options: VerificationOptions = DEFAULT_OPTIONS,
    may_follow: int = MAX_INNER,
) -> Report:
    """Run every check on ``source`` and derive the verdict.

    Never raises, whatever the bytes, unless ``resolver`` ends the request with an error that is not `Unavailable`.

    Checks 1 to 5 build on one another: if one does not pass, nothing in the document can be trusted, and all later
    checks are `unknown` with the code `not_reached`. Only after `partly_unsigned` checks 4 and 5 still run, because
    they tell a forgery from a credential that its issuer did not sign completely. Up to ``may_follow`` credentials
    inside it get reports of their own; if there are more, none does.
    """
    verification = VerificationContext(source, resolver, now, options, may_follow=may_follow)
    findings: list[Finding] = []
    stopped_by: Finding | None = None
    for check in CHECKS:
        try:
            finding = check.run(verification)
        except CheckNotPassed as error:
            finding = finding_of(check, error)
        findings.append(finding)
        if finding.outcome is not _PASSED and check.name in CORE:
            stopped_by = stopped_by or finding
        if stopped_by is not None and _is_last(check, finding):
            break
    findings += [not_reached(check, stopped_by) for check in CHECKS[len(findings) :] if stopped_by]
    proven, verdict = stopped_by is None, verdict_of(findings)
    shows_holder = verdict is Verdict.VALID and signer.shows_holder(verification)
    return Report(
        verdict=verdict,
        checked_at=now,
        format=verification.format,
        credential=view_of(verification) if proven else None,
        findings=tuple(findings),
        not_checked=(() if shows_holder else ALWAYS_UNCHECKED) + _not_checked(findings) + verification.not_followed,
        contained=_contained(verification) if verification.inner else (),
        is_bound=is_bound(verification.securing),
        keys=_keys(verification) if proven else (),
    )


def _contained(verification: VerificationContext) -> tuple[Contained, ...]:
    """Verify the credentials inside one that is proven. Those inside of them count too, so the depth is bounded."""
    contained: list[Contained] = []
    left = verification.may_follow - len(verification.inner)
    for kind, source in verification.inner:
        report = verify(source, resolver=verification.resolver, now=verification.now, may_follow=left)
        left -= sum(1 for _ in report.within())
        contained.append(Contained(kind, report))
    return tuple(contained)


def _keys(verification: VerificationContext) -> tuple[PublicKey, ...]:
    return tuple(method.key for _, method in verification.methods if isinstance(method.key, PublicKey))


def finding_of(check: Check, error: CheckNotPassed) -> Finding:
    """Return the finding of a check that did not pass."""
    return Finding(check.number, check.name, error.outcome, error.code, error.detail, error.evidence, error.temporary)


def _is_last(check: Check, finding: Finding) -> bool:
    """Whether no later check runs after ``finding``, if it or an earlier one of checks 1 to 5 did not pass."""
    return check.name == CORE[-1] or (finding.outcome is not _PASSED and finding.code != PARTLY_UNSIGNED)


def _not_checked(findings: list[Finding]) -> tuple[str, ...]:
    issuer_known = any(each.check == "issuer" and each.outcome is _PASSED for each in findings)
    return () if issuer_known else ISSUER_UNCHECKED


def not_reached(check: Check, stopped_by: Finding) -> Finding:
    """Return the finding of a check that did not run."""
    message = phrase(
        "Not checked, because check {number} ({check}) did not pass.",
        number=stopped_by.number,
        check=phrase(stopped_by.check),
    )
    return Finding(check.number, check.name, Outcome.UNKNOWN, "not_reached", message)
