"""Check 4: does the signature cover exactly what is shown?"""

from __future__ import annotations

from functools import partial

from chalicelib.errors import Malformed, Unavailable
from chalicelib.verify.keys import signatures
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.secured import Seal
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext

_found = partial(Finding, 4, "proof")

_HOLDS = _found(Outcome.PASSED, "signature_holds", "The signature is valid and covers every word: nothing was changed.")


def check(case: VerificationContext) -> Finding:
    """Verify every signature. One failure fails the check; one that cannot be checked makes it unknown."""
    if not case.seals:
        raise CheckFailed("proof_missing", "It has no signature, so nobody vouches for it.")
    for seal in case.seals:
        _refuse_unsupported(seal)
    case.methods = tuple([_method(case, seal) for seal in case.seals])
    for seal, (_, method), signed in zip(case.seals, case.methods, case.signed, strict=True):
        _verify(seal, method, signed)
    return _HOLDS


def _refuse_unsupported(seal: Seal) -> None:
    if seal.algorithm is None:
        raise CheckUnknown(
            "suite_unsupported", (f"Laurel does not support signatures of the type {seal.suite[:64]!r} yet.")
        )
    if seal.chained:
        raise CheckUnknown("proof_chain_unsupported", "Laurel does not support chained signatures yet.")


def _method(case: VerificationContext, seal: Seal) -> tuple[Controller, Method]:
    try:
        return seal.find_method(case.issuer, case.world.controllers)
    except Unavailable as error:
        raise CheckUnknown("key_unavailable", f"The signer's key could not be read: {error.detail}") from error
    except Malformed as error:
        raised = CheckUnknown if error.code == "key_unsupported" else CheckFailed
        raise raised(error.code, error.detail) from error


def _verify(seal: Seal, method: Method, signed: bytes) -> None:
    algorithm = seal.algorithm
    if algorithm is None:
        raise CheckUnknown("suite_unsupported", "Laurel does not support this type of signature yet.")
    try:
        holds = signatures.holds(method.usable_key(), algorithm, seal.value, signed)
    except Malformed as error:
        raised = CheckUnknown if error.code == "key_unsupported" else CheckFailed
        raise raised(error.code, error.detail) from error
    if not holds:
        raise CheckFailed(
            "signature_wrong", "The signature is not valid: the credential was changed after it was signed."
        )
