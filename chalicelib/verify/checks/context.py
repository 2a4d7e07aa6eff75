"""Check 3: does Laurel know every JSON-LD context and term, and does the signature cover every member?"""

from __future__ import annotations

from functools import partial

from chalicelib.verify.canonical.errors import CANNOT_CHECK, CanonicalError
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext

_finding = partial(Finding, 3, "context")

_KNOWN = _finding(
    Outcome.PASSED,
    "contexts_known",
    "It uses only vocabularies that Laurel supports, and the signature leaves nothing out.",
)


def check(verification: VerificationContext) -> Finding:
    """Compute the exact bytes that were signed, or report why that is impossible."""
    try:
        verification.signed = verification.securing.signed_bytes() if verification.securing else ()
    except CanonicalError as error:
        error_type = CheckUnknown if error.code in CANNOT_CHECK else CheckFailed
        raise error_type(error.code, error.detail) from error
    return _KNOWN
