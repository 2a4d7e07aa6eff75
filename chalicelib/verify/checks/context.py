"""Check 3: does Laurel know every JSON-LD context and term, and does the signature cover every member?"""

from __future__ import annotations

from functools import partial

from chalicelib.language.phrase import phrase
from chalicelib.verify.canonical.errors import CANNOT_CHECK, CanonicalError
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import PARTLY_UNSIGNED, CheckFailed, CheckUnknown, VerificationContext

_finding = partial(Finding, 3, "context")

_KNOWN = _finding(
    Outcome.PASSED,
    "contexts_known",
    "It uses only vocabularies that Laurel supports, and the signature leaves nothing out.",
)


MAX_NAMED = 8
"""Maximum number of uncovered members that the finding names. A credential of a missing context has a few."""


def check(verification: VerificationContext) -> Finding:
    """Compute the exact bytes that were signed, or report why that is impossible.

    If they leave something out, checks 4 and 5 still say whether the issuer signed the rest.
    """
    try:
        verification.signed = verification.securing.signed_bytes() if verification.securing else ()
    except CanonicalError as error:
        error_type = CheckUnknown if error.code in CANNOT_CHECK else CheckFailed
        raise error_type(error.code, error.detail) from error
    uncovered = verification.securing.uncovered if verification.securing else ()
    if uncovered:
        raise CheckUnknown(PARTLY_UNSIGNED, phrase(_PARTLY_UNSIGNED, names=_listed(uncovered)))
    return _KNOWN


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name[:64]) for name in names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


_PARTLY_UNSIGNED = (
    "No vocabulary defines {names}, so the signature does not cover this part: anyone could have added it. Laurel does "
    "not show it, and cannot call the credential valid."
)
