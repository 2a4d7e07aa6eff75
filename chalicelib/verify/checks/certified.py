"""Checks 4 and 5 of a token with a certificate (`x5c`) whose key is not among the keys that its issuer publishes.

The certificate's key shows that the token was not changed after it was signed. But anyone can make a certificate with
any name in it, and Laurel trusts no authority that could confirm the name. So whose signature it is stays unknown: it
is neither the issuer's nor a forgery.
"""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.formats.vc_jwt import Token
from chalicelib.verify.keys import signatures
from chalicelib.verify.keys.certificate import OWNER, Certificate
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.secured import SecuredProof
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_DID = "did:"
MAX_NAME = 100
"""Maximum length of the name in a certificate that a finding repeats, in characters."""


def method_of(secured_proof: SecuredProof, signed: bytes, issuer: str) -> tuple[Controller, Method] | None:
    """Return the certificate's key if it signed ``signed``.

    None otherwise, without a certificate, and for an issuer that is a DID: its document lists all of its keys.
    """
    if not isinstance(secured_proof, Token) or issuer.startswith(_DID):
        return None
    found = _certificate(secured_proof)
    if found is None:
        return None
    controller = found.controller()
    method = controller.methods[0]
    try:
        is_signed = signatures.is_valid(method.usable_key(), secured_proof.algorithm, secured_proof.value, signed)
    except Malformed:
        return None
    return (controller, method) if is_signed else None


def is_certified(verification: VerificationContext) -> bool:
    """Whether a signature is by a key that only a certificate names."""
    return any(controller.id == OWNER for controller, _ in verification.methods)


def unproven(verification: VerificationContext) -> CheckUnknown:
    """Return the outcome of check 5 for such a signature."""
    proofs = zip(verification.secured_proofs, verification.methods, strict=True)
    certified = next(proof for proof, (controller, _) in proofs if controller.id == OWNER)
    found = _certificate(certified) if isinstance(certified, Token) else None
    return CheckUnknown("certificate_untrusted", _message(found, verification.issuer))


def _message(found: Certificate | None, issuer: str) -> Phrase:
    name = repr((found.subject if found else "")[:MAX_NAME])
    if found is None or found.urn == issuer:
        return phrase(
            "Only a certificate says who signed it: {name}. Laurel knows no authority that confirms such certificates, "
            "and anyone can make one with any name.",
            name=name,
        )
    if found.names_issuer(issuer):
        return phrase(
            "Its certificate says that the signing key belongs to {issuer}, but the issuer does not publish this key, "
            "and Laurel knows no authority that confirms such certificates.",
            issuer=repr(issuer[:MAX_NAME]),
        )
    return phrase(
        "Its certificate says that the signing key belongs to {name}, not to the issuer that it names, and Laurel "
        "knows no authority that confirms such certificates.",
        name=name,
    )


def _certificate(token: Token) -> Certificate | None:
    try:
        return token.certificate()
    except Malformed:
        return None  # the issuer's own keys decide
