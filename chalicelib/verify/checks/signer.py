"""Check 5: did the key belong to the named issuer when it signed, and may it make assertions?"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from chalicelib.errors import Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.checks import audience, certified, open_badges_2
from chalicelib.verify.clock_skew import SKEW
from chalicelib.verify.formats.sd_jwt import KeyBinding, is_bound
from chalicelib.verify.open_badges_2.secured import HostedBadge
from chalicelib.verify.ports import Method
from chalicelib.verify.proofs.suites import JSON_SUITES
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.secured import SecuredProof
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext, unreadable

_finding = partial(Finding, 5, "signer")


def check(verification: VerificationContext) -> Finding:
    """Require the issuer's signature, and that every signature by the issuer is acceptable (VC Data Integrity 4.6)."""
    if isinstance(verification.securing, HostedBadge):
        return open_badges_2.check_signer(verification.securing)
    own = [
        (secured_proof, controller, method)
        for secured_proof, (controller, method) in zip(verification.secured_proofs, verification.methods, strict=True)
        if controller.id == verification.issuer or verification.options.any_signer
    ]
    if not own and certified.is_certified(verification):
        raise certified.unproven(verification)
    if not own:
        raise CheckFailed("signer_not_issuer", "It is signed, but not by the issuer that it names.")
    evidence = own[0][1].evidence
    if verification.options.asks_holder:
        _check_key_binding(verification)
    for secured_proof, _, method in own:
        _check_purpose(secured_proof, method)
        check_key_and_time(verification, secured_proof, method)
    if verification.securing and all(secured_proof.suite not in JSON_SUITES for secured_proof, _, _ in own):
        # Ignore other parties' proofs here: anyone could add one in order to move text between nodes.
        verification.nodes = verification.securing.nodes
    message = "The key that signed it belongs to the issuer."
    if shows_holder(verification):
        message = "The key that signed it belongs to the issuer, and its holder signed it for this request."
    return _finding(Outcome.PASSED, "signer_is_issuer", message, evidence)


def shows_holder(verification: VerificationContext) -> bool:
    """Whether the holder signed it for the named request, if check 5 passes."""
    return verification.options.challenge is not None and is_bound(verification.securing)


def _check_key_binding(verification: VerificationContext) -> None:
    """Require a key binding to be for the verifier and the request that were named (RFC 9901, 7.3)."""
    for secured_proof, (_, method) in zip(verification.secured_proofs, verification.methods, strict=True):
        if isinstance(secured_proof, KeyBinding):
            audience.check((secured_proof.audience,), verification.options)
            check_key_and_time(verification, secured_proof, method)


def _check_purpose(secured_proof: SecuredProof, method: Method) -> None:
    if secured_proof.purpose != "assertionMethod":
        raise CheckFailed("purpose_wrong", "The signature was made for a purpose other than issuing.")
    if not method.assertion:
        raise CheckFailed("key_not_for_assertions", "The issuer does not allow this key for issuing.")


def check_key_and_time(verification: VerificationContext, secured_proof: SecuredProof, method: Method) -> None:
    """Require that signature and key were valid when it was made, and that the signature still is."""
    if secured_proof.expires is not None and verification.now >= secured_proof.expires:
        raise CheckFailed("proof_expired", "The signature has expired.")
    if secured_proof.starts is not None and secured_proof.starts > verification.now + SKEW:
        raise CheckFailed("proof_not_yet_valid", "The signature is not valid yet.")
    if secured_proof.created is not None and secured_proof.created > verification.now + SKEW:
        raise CheckFailed("proof_from_the_future", "The signature is dated in the future.")
    if method.revoked is not None and verification.now >= method.revoked:
        _check_signed_before(verification, secured_proof, method.revoked)
    if method.expires is None and method.created is None:
        return
    if secured_proof.created is None:
        raise CheckUnknown("proof_undated", "The key was valid for a limited time only, and the signature has no date.")
    if method.expires is not None and secured_proof.created >= method.expires:
        raise CheckFailed(
            "key_no_longer_valid", ("The key no longer belonged to the issuer when the signature was made.")
        )
    # Added, not subtracted: the key's date may be in the year 1, and that of the signature is not after now.
    if method.created is not None and secured_proof.created + SKEW < method.created:
        raise CheckFailed("key_not_yet_valid", "The key did not yet belong to the issuer when the signature was made.")


def _check_signed_before(verification: VerificationContext, secured_proof: SecuredProof, revoked: datetime) -> None:
    """Require evidence that the signature is older than the time since which its key is not trusted."""
    # `created` is no evidence: a thief can backdate signatures (Controlled Identifiers v1.0, 2.2: `revoked`).
    archive, credential_id = verification.resolver.archive, verification.document.get("id")
    if archive is not None and isinstance(credential_id, str):
        try:
            stored_at = archive.stored_at(credential_id, secured_proof.value)
        except Unavailable as error:
            raise unreadable("key_revoked_unknown", phrase("Its age could not be checked"), error) from error
        if stored_at is not None and stored_at < revoked:
            return
    raise CheckFailed(
        "key_revoked",
        "The issuer has revoked the signing key, and there is no proof that this credential was signed before then.",
    )
