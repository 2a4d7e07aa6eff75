"""Codes for what a report did not check: a report has phrases, and a receipt signs no sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.language.phrase import Phrase
from chalicelib.reports.unchecked import PAGE_UNCHECKED, PDF_UNCHECKED
from chalicelib.verify.checks.extras import LEFT_OUT, UNFOLLOWED
from chalicelib.verify.pipeline import ALWAYS_UNCHECKED, ISSUER_UNCHECKED

PHRASES: Mapping[str, Phrase] = {
    "presenter": ALWAYS_UNCHECKED[0],
    "issuer_identity": ISSUER_UNCHECKED[0],
    "pdf": PDF_UNCHECKED,
    "web_page": PAGE_UNCHECKED,
    "left_out": LEFT_OUT,
    "newer_version": UNFOLLOWED["refreshService"],
    "endorsements": UNFOLLOWED["endorsement"],
    "inner_credentials": UNFOLLOWED["verifiableCredential"],
    "evidence_pages": UNFOLLOWED["evidence"],
    "schema": UNFOLLOWED["credentialSchema"],
    "terms_of_use": UNFOLLOWED["termsOfUse"],
    "related_files": UNFOLLOWED["relatedResource"],
    "inner_signature": UNFOLLOWED["proof"],
}
"""By code. A code is never changed: it is in signed receipts."""
OTHER = "other"
"""Code of a phrase that is not listed above."""
_CODES = {str(phrase): code for code, phrase in PHRASES.items()}


def codes(phrases: Iterable[str]) -> list[str]:
    """The codes of what a report did not check."""
    return [_CODES.get(str(phrase), OTHER) for phrase in phrases]
