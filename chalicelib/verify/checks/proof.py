"""Check 4: does the signature cover exactly what is shown?"""

from __future__ import annotations

from functools import partial

from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.checks import certified, open_badges_2
from chalicelib.verify.keys import signatures
from chalicelib.verify.keys.controllers import SUPERSEDED
from chalicelib.verify.open_badges_2.secured import HostedBadge, SignedBadge
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.secured import SecuredProof, Unsupported
from chalicelib.verify.verification_context import (
    CheckFailed,
    CheckNotPassed,
    CheckUnknown,
    VerificationContext,
    unreadable,
)

_finding = partial(Finding, 4, "proof")

_ALL_VALID = _finding(
    Outcome.PASSED, "signature_valid", "The signature is valid and covers every word: nothing was changed."
)

_COVERED_VALID = _finding(Outcome.PASSED, "signature_valid", "The signature is valid for the part that it covers.")


_CANNOT_JUDGE = frozenset({"key_unsupported", SUPERSEDED})
"""Codes of keys of which Laurel cannot say whether the signature is the issuer's."""


def check(verification: VerificationContext) -> Finding:
    """Verify every signature. One invalid signature fails the check; one that cannot be checked makes it unknown.

    Every signature is judged, so an invalid one fails the check even next to one that cannot be checked.
    """
    if isinstance(verification.securing, HostedBadge):
        return open_badges_2.check_proof(verification.securing)
    if not verification.secured_proofs:
        raise CheckFailed("proof_missing", "It has no signature, so it cannot be verified.")
    methods: list[tuple[Controller, Method]] = []
    unknown: CheckUnknown | None = None
    for secured_proof, signed in zip(verification.secured_proofs, verification.signed, strict=True):
        try:
            methods.append(_verified_method(verification, secured_proof, signed))
        except CheckUnknown as error:
            unknown = unknown or error
    _verify_statements(verification)
    if unknown is not None:
        raise unknown
    verification.methods = tuple(methods)
    if isinstance(verification.securing, SignedBadge):
        return open_badges_2.ASSERTION_SIGNED
    return _COVERED_VALID if verification.securing and verification.securing.uncovered else _ALL_VALID


def _verified_method(
    verification: VerificationContext, secured_proof: SecuredProof, signed: bytes
) -> tuple[Controller, Method]:
    """Return the key of ``secured_proof``, and its controller, after verifying the signature of ``signed``."""
    if secured_proof.unsupported is not None:
        raise CheckUnknown(secured_proof.unsupported.value, _reason(secured_proof.unsupported, secured_proof.suite))
    try:
        return _method_of_issuer(verification, secured_proof, signed)
    except CheckNotPassed:
        found = certified.method_of(secured_proof, signed, verification.issuer)
        if found is None:
            raise
        return found


def _method_of_issuer(
    verification: VerificationContext, secured_proof: SecuredProof, signed: bytes
) -> tuple[Controller, Method]:
    try:
        controller, method = secured_proof.find_method(verification.issuer, verification.resolver.controllers)
        _verify(secured_proof, method, signed)
    except Unavailable as error:
        raise unreadable("key_unavailable", phrase("The signer's key could not be read"), error) from error
    except Malformed as error:
        error_type = CheckUnknown if error.code in _CANNOT_JUDGE else CheckFailed
        raise error_type(error.code, error.detail) from error
    return controller, method


def _reason(unsupported: Unsupported, suite: str) -> Phrase:
    if unsupported is Unsupported.CHAIN:
        return phrase("One of its signatures confirms another one, which Laurel does not support yet.")
    if unsupported is Unsupported.BASE_PROOF:
        return phrase("This is the holder’s own copy, which shows everything. Ask for a copy made for sharing.")
    return phrase("Laurel does not support signatures of the type {suite} yet.", suite=repr(suite[:64]))


def _verify(secured_proof: SecuredProof, method: Method, signed: bytes) -> None:
    algorithm = secured_proof.algorithm
    if signatures.is_valid(method.usable_key(), algorithm, secured_proof.value, signed):
        return
    if signatures.is_cut(algorithm, secured_proof.value):
        raise CheckFailed("signature_wrong", "The signature is incomplete: its end was cut off.")
    raise _changed()


def _verify_statements(verification: VerificationContext) -> None:
    """Verify what is signed statement by statement (ECDSA Cryptosuites v1.0, 3.6.7)."""
    statements = verification.securing.statements() if verification.securing else ()
    if statements is None:
        raise _changed()
    for key, algorithm, signature, message in statements:
        if not signatures.is_valid(key, algorithm, signature, message):
            raise _changed()


def _changed() -> CheckFailed:
    return CheckFailed("signature_wrong", "The signature is not valid: the credential was changed after it was signed.")
