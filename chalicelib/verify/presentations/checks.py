"""Checks 1, 2, 4 and 5 of a presentation: who signed it, for whom, and for which request."""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify.checks import audience, certified, proof
from chalicelib.verify.checks.signer import check_key_and_time
from chalicelib.verify.members import as_list
from chalicelib.verify.models import BY_CONTEXT
from chalicelib.verify.presentations.read import TYPE, Presentation
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext

MAX_CREDENTIALS = 20
"""Maximum number of credentials in a presentation: all of them share the time of one request."""

RECOGNISED = Finding(1, "format", Outcome.PASSED, "recognised", "This is a presentation of credentials.")
_WELL_FORMED = Finding(2, "structure", Outcome.PASSED, "well_formed", "It has everything that the standard requires.")
NO_CREDENTIAL = Finding(
    7, "status", Outcome.UNKNOWN, "no_credential", "It contains no credential, so there is nothing to check."
)
"""For a presentation without credentials, which only shows its holder (VC Data Model 2.0, 4.13: they are optional)."""
OWN_RESULT = "Each credential in it has its own result."


def check_structure(presentation: Presentation, verification: VerificationContext) -> Finding:
    """Check 2: contexts, type and the number of credentials (VC Data Model 2.0, 4.13)."""
    document = presentation.document
    contexts = as_list(document.get("@context"))
    if not contexts or not isinstance(contexts[0], str) or contexts[0] not in BY_CONTEXT:
        raise CheckFailed("structure_incomplete", _missing(phrase("the credentials context as its first context")))
    if TYPE not in as_list(document.get("type")):
        raise CheckFailed("structure_incomplete", _missing(phrase("the type VerifiablePresentation")))
    if len(as_list(document.get("verifiableCredential"))) > MAX_CREDENTIALS:
        message = phrase(
            "It contains {number} credentials. Laurel checks up to {maximum} at once.",
            number=len(as_list(document["verifiableCredential"])),
            maximum=MAX_CREDENTIALS,
        )
        raise CheckUnknown("too_many_credentials", message)
    try:
        verification.secured_proofs = presentation.securing.secured_proofs()
    except Malformed as error:
        raise CheckFailed(error.code, error.detail) from error
    verification.issuer = presentation.holder or ""
    return _WELL_FORMED


def _missing(what: str) -> str:
    return phrase("It is missing {what}, which the standard requires.", what=what)


def check_proof(verification: VerificationContext) -> Finding:
    """Check 4: a presentation without a signature proves nothing about its holder, but it is not a forgery."""
    if not verification.secured_proofs:
        message = "Its holder has not signed it, so nothing shows who presents the credentials in it."
        raise CheckUnknown("presentation_unsigned", message)
    return proof.check(verification)


def check_signer(presentation: Presentation, verification: VerificationContext) -> Finding:
    """Check 5: is every signature the holder's, to show who it is, for the verifier and request that were named?"""
    controllers = [controller.id for controller, _ in verification.methods]
    holder = presentation.holder or controllers[0]
    if certified.is_certified(verification):
        raise certified.unproven(verification)
    if any(controller != holder for controller in controllers) and not verification.options.any_signer:
        raise CheckFailed("signer_not_holder", "It is signed, but not by the holder that it names.")
    for secured_proof, (_, method) in zip(verification.secured_proofs, verification.methods, strict=True):
        allowed = {"authentication": method.authentication, "assertionMethod": method.assertion}
        if not allowed.get(secured_proof.purpose, False):
            message = (
                "The signature was made for a different purpose, or with a key that the holder does not use for this."
            )
            raise CheckFailed("purpose_wrong", message)
        check_key_and_time(verification, secured_proof, method)
    audience.check(presentation.audiences, verification.options)
    message = "The holder signed it. That shows who the holder is, but not that the holder submitted it here."
    if verification.options.challenge is not None:
        message = "The holder signed it for this request."
    return Finding(5, "signer", Outcome.PASSED, "signer_is_holder", message, verification.methods[0][0].evidence)
