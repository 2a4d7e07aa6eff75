"""Verify what was submitted, be it a credential or a presentation of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.errors import Malformed
from chalicelib.verify import pipeline
from chalicelib.verify.checks import context, dates
from chalicelib.verify.checks.format import PRESENTATION, not_readable
from chalicelib.verify.inner import MAX_INNER
from chalicelib.verify.members import as_list
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.ports import Resolver
from chalicelib.verify.presentations import checks
from chalicelib.verify.presentations.read import Presentation, read
from chalicelib.verify.report import PRESENTATION as PRESENTATION_FORMAT
from chalicelib.verify.report import Contained, Finding, Outcome, Report, Verdict, verdict_of, worst_of
from chalicelib.verify.verification_context import CheckNotPassed, VerificationContext
from chalicelib.verify.view import subject_ids


def verify(
    source: bytes, *, resolver: Resolver, now: datetime, options: VerificationOptions = DEFAULT_OPTIONS
) -> Report:
    """Verify a credential as `pipeline.verify` does, and a presentation with each credential in it.

    A presentation is only valid if its holder signed it and everything in it is valid: its verdict is the worst one.
    """
    report = pipeline.verify(source, resolver=resolver, now=now, options=options)
    if report.findings[0].code != PRESENTATION:
        return report
    return _presentation(source, VerificationContext(source, resolver, now, options))


def _presentation(source: bytes, verification: VerificationContext) -> Report:
    findings: list[Finding] = []
    try:
        presentation = read(source, verification.resolver.work)
        sources = presentation.credentials()[: checks.MAX_CREDENTIALS]
    except Malformed as error:
        findings.append(pipeline.finding_of(pipeline.CHECKS[0], not_readable(error)))
        sources = ()
    else:
        verification.document, verification.securing = presentation.document, presentation.securing
        findings += [checks.RECOGNISED, *_core(presentation, verification)]
    contained = _contained(sources, verification)
    findings += _rest(findings, verification)
    own = verdict_of(findings)
    return Report(
        verdict=worst_of((own, *(each.report.verdict for each in contained))),
        checked_at=verification.now,
        format=", ".join((PRESENTATION_FORMAT, *verification.securing.suites)) if verification.securing else None,
        credential=None,
        findings=tuple(findings),
        not_checked=()
        if own is Verdict.VALID and _shows_holder(contained, verification)
        else pipeline.ALWAYS_UNCHECKED,
        contained=contained,
    )


def _shows_holder(contained: Sequence[Contained], verification: VerificationContext) -> bool:
    """Whether the holder signed for this request, and every credential names that holder and no one else.

    Otherwise the presentation only shows that someone has the credentials.
    """
    holder = verification.methods[0][0].id
    subjects = {subject for each in contained for subject in subject_ids(each.report.credential or {})}
    return verification.options.challenge is not None and subjects == {holder}


def _contained(sources: Sequence[bytes], verification: VerificationContext) -> tuple[Contained, ...]:
    """Verify the credentials. Together they may contain as many others as a single one may.

    What the verifier asked for is signed around them.
    """
    options = replace(verification.options, challenge=None, domain=None)
    contained: list[Contained] = []
    left = MAX_INNER
    for source in sources:
        report = pipeline.verify(
            source,
            resolver=verification.resolver,
            now=verification.now,
            options=options,
            may_follow=left,
        )
        left -= sum(1 for _ in report.within())
        contained.append(Contained("credential", report))
    return tuple(contained)


def _core(presentation: Presentation, verification: VerificationContext) -> list[Finding]:
    """Return the findings of checks 2 to 5, up to the first that does not pass."""
    steps: tuple[Callable[[], Finding], ...] = (
        lambda: checks.check_structure(presentation, verification),
        lambda: context.check(verification),
        lambda: checks.check_proof(verification),
        lambda: checks.check_signer(presentation, verification),
    )
    findings = []
    for check, step in zip(pipeline.CHECKS[1:], steps, strict=False):
        try:
            findings.append(step())
        except CheckNotPassed as error:
            return [*findings, pipeline.finding_of(check, error)]
    return findings


def _rest(findings: list[Finding], verification: VerificationContext) -> list[Finding]:
    rest = pipeline.CHECKS[len(findings) :]
    stopped_by = findings[-1]
    if stopped_by.outcome is not Outcome.PASSED:
        return [pipeline.not_reached(check, stopped_by) for check in rest]
    own = {"dates": dates.check(verification)}
    if not as_list(verification.document.get("verifiableCredential")):
        own["status"] = checks.NO_CREDENTIAL
    return [
        own.get(check.name)
        or Finding(check.number, check.name, Outcome.NOT_APPLICABLE, "in_each_credential", checks.OWN_RESULT)
        for check in rest
    ]
