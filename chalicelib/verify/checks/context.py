"""Check 3: is every JSON-LD context one we bundle, is no term dropped, no alias hidden?"""

from __future__ import annotations

from chalicelib.credential import vocabulary
from chalicelib.verify.canonical.errors import CANNOT_CHECK, CanonicalError
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.canonical.tables import EMPTY, enter
from chalicelib.verify.case import Case, CheckFailed, CheckUnknown, Result
from chalicelib.verify.data_integrity import CANONICAL_FORMS, Proof, document_hash, signed_bytes
from chalicelib.verify.report import Outcome


def check(case: Case) -> Result:
    """Turn the document and its proofs into exactly the bytes that were signed, or say what stands in the way.

    With `eddsa-jcs-2022` every member is signed as it stands, so only the contexts' names are judged; with the
    other suites every term must be defined, because an undefined one is not covered by the signature.
    """
    try:
        case.signed = _all_signed_bytes(case)
    except CanonicalError as error:
        raised = CheckUnknown if error.code in CANNOT_CHECK else CheckFailed
        raise raised(error.code, error.detail) from error
    return Result(Outcome.PASSED, "contexts_known", "Every word in it has a fixed, known meaning; nothing is hidden.")


def _all_signed_bytes(case: Case) -> tuple[bytes, ...]:
    enter(EMPTY, case.document["@context"])
    known = [proof for proof in case.proofs if proof.suite in CANONICAL_FORMS]
    if not known:
        to_quads(case.document)
        return ()
    for proof in known:
        _check_own_context(case, proof)
    hashes = {suite: document_hash(case.document, suite) for suite in {proof.suite for proof in known}}
    return tuple(
        signed_bytes(case.document, proof.options, proof.suite, hashed=hashes[proof.suite])
        if proof.suite in hashes
        else b""
        for proof in case.proofs
    )


def _check_own_context(case: Case, proof: Proof) -> None:
    # A proof may name fewer contexts than the document (EdDSA Cryptosuites v1.0, 3.3.2): then the others would
    # give meaning to what is shown without being signed. No issuer needs that, so it is not followed.
    own = proof.options.get("@context", case.document["@context"])
    if own != case.document["@context"]:
        raise CheckUnknown(
            "proof_context_differs", "The signature was made under other contexts than the credential names."
        )
    if proof.suite == vocabulary.EDDSA_JCS_2022 and "@context" not in proof.options:
        raise CheckUnknown("proof_context_missing", "The signature does not say under which contexts it was made.")
