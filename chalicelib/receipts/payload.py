"""The signed part of a receipt: hashes, codes and times, and nothing that a person wrote."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from chalicelib.credential import dates
from chalicelib.receipts.digests import Digests
from chalicelib.receipts.receipt import Json, VerificationRequest
from chalicelib.receipts.unchecked import codes
from chalicelib.verify.canonical import jcs
from chalicelib.verify.keys.fingerprint import spki_sha256
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Evidence, Finding, Outcome, Report

VERSION = 1
"""Version of this format. Members may be added to it; one that changes its meaning needs a new version."""
_SIGNED_CHECKS = ("format", "structure", "context", "proof")
_HOSTED_BADGE = ", hosted"
"""How the format of a badge ends that its site vouches for, without a signature."""
_CODE = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
_FORMAT = re.compile(r"[A-Za-z0-9 .,+-]{1,200}", re.ASCII)
"""Formats and suites have published names. Anything else would be the sender's own text."""


def build(
    *,
    receipt_id: str,
    base_url: str,
    software: str,
    now: datetime,
    request: VerificationRequest,
    report: Report,
    options: VerificationOptions,
    readable: Json,
    digests: Digests,
) -> Json:
    """Build the claims of a receipt (docs/receipts.md describes each)."""
    return {
        "iss": base_url,
        "iat": int(now.timestamp()),
        "jti": receipt_hash(receipt_id),
        "version": VERSION,
        "software": software,
        "request": _request(request, report, digests),
        "policy": {
            "recipient": options.email is not None,
            "challenge": options.challenge is not None,
            "domain": options.domain is not None,
        },
        **_of_report(report, digests),
        "readable": {"sha256": hashlib.sha256(jcs.canonicalize(readable)).hexdigest()},
    }


def receipt_hash(receipt_id: str) -> str:
    """The SHA-256 of a receipt's id. The id opens the page with the names, so it is not in the signed part: a token can
    be passed on without them."""
    return hashlib.sha256(receipt_id.encode("ascii")).hexdigest()


def has_signature(report: Report) -> bool:
    """Whether what was verified contains a genuine signature, so that nobody can guess it."""
    passed = {finding.check for finding in report.findings if finding.outcome is Outcome.PASSED}
    return passed.issuperset(_SIGNED_CHECKS) and not (report.format or "").endswith(_HOSTED_BADGE)


def _request(request: VerificationRequest, report: Report, digests: Digests) -> Json:
    guessable = not has_signature(report)
    written: Json = {"kind": "hosted" if request.hosted else "document" if request.url is None else "link"}
    if request.submitted is not None:
        written["submitted"] = digests.of(request.submitted, guessable=guessable)
    if request.url is not None:
        written["url"] = digests.of(request.url.encode("utf-8"), guessable=not request.hosted)
    return {**written, "document": digests.of(request.document, guessable=guessable)}


def _of_report(report: Report, digests: Digests) -> Json:
    guessable = not has_signature(report)
    written: Json = {
        "verdict": report.verdict.value,
        "checked_at": dates.write(report.checked_at),
        "format": report.format if _FORMAT.fullmatch(report.format or "") else None,
        "keys": [{"spki_sha256": spki_sha256(key)} for key in report.keys],
        "findings": [_finding(finding, digests, guessable=guessable) for finding in report.findings],
        "not_checked": codes(report.not_checked),
    }
    if report.contained:
        written["contained"] = [{"kind": kind, **_of_report(inner, digests)} for kind, inner in report.contained]
    return written


def _finding(finding: Finding, digests: Digests, *, guessable: bool) -> Json:
    return {
        "number": finding.number,
        "check": finding.check,
        "outcome": finding.outcome.value,
        "code": finding.code if _CODE.fullmatch(finding.code) else "other",
        "evidence": [_evidence(each, digests, guessable=guessable) for each in finding.evidence],
    }


def _evidence(evidence: Evidence, digests: Digests, *, guessable: bool) -> Json:
    # A hosted badge is its own evidence, unsigned. What others publish about themselves is never about the holder.
    found = digests.salted_again(evidence.sha256) if guessable else {"sha256": evidence.sha256}
    return {**found, "fetched_at": dates.write(evidence.fetched_at)}
