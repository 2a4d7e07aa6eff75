"""Check 4: does the signature cover exactly what is shown?"""

from __future__ import annotations

from functools import partial

from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.keys import signatures
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.secured import SecuredProof
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext, unreadable

_finding = partial(Finding, 4, "proof")

_ALL_VALID = _finding(
    Outcome.PASSED, "signature_valid", "The signature is valid and covers every word: nothing was changed."
)


def check(verification: VerificationContext) -> Finding:
    """Verify every signature. One invalid signature fails the check; one that cannot be checked makes it unknown."""
    if not verification.secured_proofs:
        raise CheckFailed("proof_missing", "It has no signature, so it cannot be verified.")
    for secured_proof in verification.secured_proofs:
        _refuse_unsupported(secured_proof)
    verification.methods = tuple(
        [_method(verification, secured_proof) for secured_proof in verification.secured_proofs]
    )
    for secured_proof, (_, method), signed in zip(
        verification.secured_proofs, verification.methods, verification.signed, strict=True
    ):
        _verify(secured_proof, method, signed)
    return _ALL_VALID


def _refuse_unsupported(secured_proof: SecuredProof) -> None:
    if secured_proof.algorithm is None:
        raise CheckUnknown(
            "suite_unsupported",
            phrase("Laurel does not support signatures of the type {suite} yet.", suite=repr(secured_proof.suite[:64])),
        )
    if secured_proof.chained:
        raise CheckUnknown("proof_chain_unsupported", "Laurel does not support chained signatures yet.")


def _method(verification: VerificationContext, secured_proof: SecuredProof) -> tuple[Controller, Method]:
    try:
        return secured_proof.find_method(verification.issuer, verification.resolver.controllers)
    except Unavailable as error:
        raise unreadable("key_unavailable", phrase("The signer's key could not be read"), error) from error
    except Malformed as error:
        error_type = CheckUnknown if error.code == "key_unsupported" else CheckFailed
        raise error_type(error.code, error.detail) from error


def _verify(secured_proof: SecuredProof, method: Method, signed: bytes) -> None:
    algorithm = secured_proof.algorithm
    if algorithm is None:
        raise CheckUnknown("suite_unsupported", "Laurel does not support this type of signature yet.")
    try:
        is_valid = signatures.is_valid(method.usable_key(), algorithm, secured_proof.value, signed)
    except Malformed as error:
        error_type = CheckUnknown if error.code == "key_unsupported" else CheckFailed
        raise error_type(error.code, error.detail) from error
    if not is_valid and signatures.is_cut(algorithm, secured_proof.value):
        raise CheckFailed("signature_wrong", "The signature is incomplete: its end was cut off.")
    if not is_valid:
        raise CheckFailed(
            "signature_wrong", "The signature is not valid: the credential was changed after it was signed."
        )
