"""The readable part of a receipt: names, addresses and sentences. It can be erased.

The signed part contains its hash, which binds the two. Without the readable part, whose salt it includes, the hash says
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from chalicelib.language import phrase_json
from chalicelib.receipts.digests import Digests
from chalicelib.receipts.receipt import Json, VerificationRequest
from chalicelib.verify.members import as_object, string
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Report

MAX_TEXT = 200
"""Characters of a name, a date or an id; the rest is cut off."""
MAX_URL = 2_000
"""Characters of an address."""
MAX_SIZE = 200_000
"""Bytes above which the sentences and the addresses of the evidence are left out: half of what a DynamoDB item may
have."""


def build(request: VerificationRequest, report: Report, options: VerificationOptions, digests: Digests) -> Json:
    """Build the readable part. It keeps no more of the credential than a reader needs to recognise it."""
    asked_for: Json = {
        "salt": digests.salt.hex(),
        "url": _cut(request.url, MAX_URL),
        "page": _cut(request.page, MAX_URL),
        "recipient": options.email,
        "challenge": options.challenge,
        "domain": options.domain,
    }
    readable = {**asked_for, **_of_report(report, sentences=True)}
    size = len(json.dumps(readable, ensure_ascii=False).encode("utf-8"))
    return readable if size <= MAX_SIZE else {**asked_for, **_of_report(report, sentences=False)}


def _of_report(report: Report, *, sentences: bool) -> Json:
    written: Json = {"credential": None if report.credential is None else _credential(report.credential)}
    if sentences:
        written["messages"] = [phrase_json.write(_clean(finding.message)) for finding in report.findings]
        written["evidence"] = [[_cut(each.url, MAX_URL) for each in finding.evidence] for finding in report.findings]
    if report.contained:
        written["contained"] = [_of_report(inner, sentences=sentences) for _, inner in report.contained]
    return written


def _credential(view: Mapping[str, object]) -> Json:
    issuer, holder = as_object(view.get("issuer")), as_object(view.get("holder"))
    achievement = as_object(view.get("achievement"))
    found = {
        "id": view.get("id"),
        "name": achievement.get("name") or view.get("name"),
        "holder": holder.get("name"),
        "issuer": issuer.get("name"),
        "issuer_id": issuer.get("id"),
        "valid_from": view.get("valid_from"),
        "valid_until": view.get("valid_until"),
    }
    return {name: _cut(string(value), MAX_TEXT) for name, value in found.items()}


def _cut(text: str | None, limit: int) -> str | None:
    return None if text is None else _clean(text)[:limit]


def _clean(text: str) -> str:
    """``text`` without lone surrogates, which canonical JSON cannot have; a phrase stays one."""
    written = text.encode("utf-8", "replace").decode()
    return text if written == text else written
