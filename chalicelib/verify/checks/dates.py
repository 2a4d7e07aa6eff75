"""Check 6: is it valid at the time of the check?"""

from __future__ import annotations

from functools import partial

from chalicelib.language.phrase import phrase
from chalicelib.verify.checks import extract
from chalicelib.verify.clock_skew import SKEW
from chalicelib.verify.models import ENDS
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckFailed, VerificationContext

_finding = partial(Finding, 6, "dates")

_NO_END = _finding(Outcome.PASSED, "within_validity", "It is valid now and has no end date.")
_NO_END_SHOWN = _finding(Outcome.PASSED, "within_validity", "It is valid now and shows no end date.")


def check(verification: VerificationContext) -> Finding:
    """Check the validity period. Both bounds are inclusive (VC Data Model 2.0, 4.9); only the start has tolerance."""
    if verification.valid_from is not None and verification.now + SKEW < verification.valid_from:
        raise CheckFailed("not_yet_valid", phrase("It is not valid before {day}.", day=verification.valid_from))
    if verification.valid_until is not None and verification.now > verification.valid_until:
        raise CheckFailed("expired", phrase("It was valid until {day}.", day=verification.valid_until))
    if verification.valid_until is None:
        shown_in_part = extract.is_extract(verification) and any(extract.may_lack(verification, name) for name in ENDS)
        return _NO_END_SHOWN if shown_in_part else _NO_END
    return _finding(
        Outcome.PASSED, "within_validity", phrase("It is valid now, until {day}.", day=verification.valid_until)
    )
