"""Receipts of an in-memory Laurel, signed with a real key."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.receipts.receipt import Receipt, VerificationRequest
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from tests.http.fake_laurel import BASE_URL, Laurel, id_of, seeded


def laurel_now() -> Laurel:
    """A Laurel whose clock is right: libraries refuse a token that was signed in the future."""
    laurel = seeded()
    laurel.now = datetime.now(UTC).replace(microsecond=0)
    return laurel


def make(laurel: Laurel, kind: str = "valid", options: VerificationOptions = DEFAULT_OPTIONS) -> Receipt:
    """A receipt for the hosted credential of ``kind``."""
    opened = laurel.hosted_reports.open(id_of(kind), None, options)
    request = VerificationRequest(opened.record.document, url=f"{BASE_URL}/c/{opened.record.id}", hosted=True)
    return laurel.receipts.make(request, opened.report, options, laurel.receipts.limit.of_network("192.0.2.1"))
