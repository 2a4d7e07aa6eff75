"""Check 4: does the signature hold over exactly what is shown?"""

from __future__ import annotations

from chalicelib.errors import Malformed, Unavailable
from chalicelib.verify.case import Case, CheckFailed, CheckUnknown, Result
from chalicelib.verify.controllers import find_method
from chalicelib.verify.data_integrity import CANONICAL_FORMS, Proof
from chalicelib.verify.keys import signatures
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Outcome


def check(case: Case) -> Result:
    """Verify every proof. One that fails is failure; one that cannot be checked leaves the answer open."""
    if not case.proofs:
        raise CheckFailed("proof_missing", "It carries no signature, so nobody vouches for it.")
    for proof in case.proofs:
        _refuse_unsupported(proof)
    case.methods = tuple(_method(case, proof) for proof in case.proofs)
    for proof, (_, method), signed in zip(case.proofs, case.methods, case.signed, strict=True):
        _verify(proof, method, signed)
    return Result(Outcome.PASSED, "signature_holds", "The signature fits every word of it: nothing was changed.")


def _refuse_unsupported(proof: Proof) -> None:
    if proof.suite not in CANONICAL_FORMS:
        raise CheckUnknown("suite_unsupported", f"Laurel cannot check signatures of the kind {proof.suite[:64]!r} yet.")
    if proof.chained:
        raise CheckUnknown("proof_chain_unsupported", "Laurel cannot check signatures that build on one another yet.")


def _method(case: Case, proof: Proof) -> tuple[Controller, Method]:
    try:
        return find_method(proof.method, case.world.controllers)
    except Unavailable as error:
        raise CheckUnknown("key_unavailable", f"The signer's key could not be read: {error.detail}") from error
    except Malformed as error:
        raised = CheckUnknown if error.code == "key_unsupported" else CheckFailed
        raise raised(error.code, error.detail) from error


def _verify(proof: Proof, method: Method, signed: bytes) -> None:
    try:
        holds = signatures.holds(method.usable_key(), Algorithm.EDDSA, proof.value, signed)
    except Malformed as error:
        raised = CheckUnknown if error.code == "key_unsupported" else CheckFailed
        raise raised(error.code, error.detail) from error
    if not holds:
        raise CheckFailed(
            "signature_wrong", "The signature does not fit: the credential was changed after it was signed."
        )
