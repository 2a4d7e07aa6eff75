"""What the holder of a credential with selective disclosure may have left out."""

from __future__ import annotations

from chalicelib.credential import vocabulary
from chalicelib.verify.formats.sd_jwt import SdJwt
from chalicelib.verify.verification_context import VerificationContext


def is_extract(verification: VerificationContext) -> bool:
    """Whether the holder may have left anything out."""
    securing = verification.securing
    return signs_statements_alone(verification) or (isinstance(securing, SdJwt) and bool(securing.withheld))


def may_lack_parts_of(verification: VerificationContext, name: str) -> bool:
    """Whether the holder may have left out the member ``name`` of the credential, or a part of what is shown of it."""
    securing = verification.securing
    if isinstance(securing, SdJwt):
        return securing.may_withhold(name)
    return signs_statements_alone(verification)


def may_lack(verification: VerificationContext, name: str) -> bool:
    """Whether the holder has left out the member ``name`` of the credential, or a part of it, as far as can be
    determined."""
    is_shown_alone = signs_statements_alone(verification) and name in verification.document
    return may_lack_parts_of(verification, name) and not is_shown_alone


def signs_statements_alone(verification: VerificationContext) -> bool:
    """Whether every signature covers single statements, so that any of them may be missing (`ecdsa-sd-2023`).

    A signature of another kind beside it covers everything that is shown, and would be invalid if anything were
    removed.
    """
    for proof in verification.secured_proofs:  # every check asks: `all` would take twice as long
        if proof.suite != vocabulary.ECDSA_SD_2023:
            return False
    return bool(verification.secured_proofs)
