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
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.ports import Resolver
from chalicelib.verify.report import CORE, Finding, Outcome, Report, verdict_of
from chalicelib.verify.verification_context import CheckNotPassed, VerificationContext
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
    Check(8, "issuer", "Is the issuer in a registry that Laurel uses, or confirmed by its domain?", issuer.check),
    Check(9, "recipient", "If requested: was it issued to this email address?", recipient.check),
    Check(10, "extras", "Does it contain anything else that was not checked?", extras.check),
)

_PASSED = Outcome.PASSED
ALWAYS_UNCHECKED = (phrase("whether the person presenting it is its holder"),)
ISSUER_UNCHECKED = (phrase("whether the issuer is who it claims to be"),)
"""Added unless check 8 passed: anyone can sign a genuine credential under any name."""


def verify(
    source: bytes, *, resolver: Resolver, now: datetime, options: VerificationOptions = DEFAULT_OPTIONS
) -> Report:
    """Run every check on ``source`` and derive the verdict.

    Never raises, whatever the bytes, unless ``resolver`` ends the request with an error that is not `Unavailable`.

    Checks 1 to 5 build on one another: if one does not pass, nothing in the document can be trusted, and all later
    checks are `unknown` with the code `not_reached`.
    """
    verification = VerificationContext(source, resolver, now, options)
    findings: list[Finding] = []
    for check in CHECKS:
        try:
            finding = check.run(verification)
        except CheckNotPassed as error:
            finding = Finding(
                check.number, check.name, error.outcome, error.code, error.detail, error.evidence, error.temporary
            )
        findings.append(finding)
        if finding.outcome is not _PASSED and check.name in CORE:
            break
    stopped_by, skipped = findings[-1], CHECKS[len(findings) :]
    findings += [_not_reached(check, stopped_by) for check in skipped]
    proven = not skipped
    return Report(
        verdict=verdict_of(findings),
        checked_at=now,
        format=verification.format,
        credential=view_of(verification) if proven else None,
        findings=tuple(findings),
        not_checked=_not_checked(findings) + verification.not_followed,
    )


def _not_checked(findings: list[Finding]) -> tuple[str, ...]:
    issuer_known = any(each.check == "issuer" and each.outcome is _PASSED for each in findings)
    return ALWAYS_UNCHECKED if issuer_known else ALWAYS_UNCHECKED + ISSUER_UNCHECKED


def _not_reached(check: Check, stopped_by: Finding) -> Finding:
    message = phrase(
        "Not checked, because check {number} ({check}) did not pass.",
        number=stopped_by.number,
        check=phrase(stopped_by.check),
    )
    return Finding(check.number, check.name, Outcome.UNKNOWN, "not_reached", message)
