"""Check 9: if requested, was the credential issued to this email address? All identifiers are tried (OB 3.0, 9.4)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from functools import partial

from chalicelib.credential import email_address
from chalicelib.credential.build import hash_identity
from chalicelib.language.phrase import phrase
from chalicelib.verify.checks import extract
from chalicelib.verify.members import as_list, is_true, only, text
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext

_finding = partial(Finding, 9, "recipient")

MAX_IDENTIFIERS = 32
"""Maximum number of identifiers to try: each costs a hash. Real credentials have one to three."""


_NOT_REQUESTED = _finding(
    Outcome.NOT_APPLICABLE, "not_requested", "Not requested: no email address was submitted to compare."
)


def check(verification: VerificationContext) -> Finding:
    """Compare the address, as given and in its normal form, with every email identifier of the holder."""
    if verification.options.email is None:
        return _NOT_REQUESTED
    if len(as_list(verification.document.get("credentialSubject"))) > 1:
        raise CheckUnknown(
            "several_subjects", "It is about several people, so it is unclear what each of them received."
        )
    identifiers = list(_email_identifiers(verification))
    if not identifiers:
        raise CheckUnknown("recipient_not_named", "It contains no email address to compare.")
    if len(identifiers) > MAX_IDENTIFIERS:
        detail = phrase(
            "It has {number} identifiers for its holder. Laurel compares up to {maximum}.",
            number=len(identifiers),
            maximum=MAX_IDENTIFIERS,
        )
        raise CheckUnknown("too_many_identifiers", detail)
    # An issuer may have hashed the address as it was typed.
    spellings = {verification.options.email.strip(), email_address.normalize(verification.options.email)}
    matches = [_matches(identifier, spelling) for identifier in identifiers for spelling in spellings]
    if True in matches:
        return _finding(Outcome.PASSED, "recipient_matches", "It was issued to the person with this email address.")
    if None in matches:
        raise CheckUnknown(
            "recipient_hash_unsupported", ("Its email address is hashed in a way that Laurel cannot compare.")
        )
    if extract.may_lack_parts_of(verification, "credentialSubject"):
        message = (
            "It does not show this email address, but its holder may have withheld another address, or part of one."
        )
        raise CheckUnknown("recipient_withheld", message)
    raise CheckFailed("recipient_differs", "It was issued to a person with a different email address.")


def _email_identifiers(verification: VerificationContext) -> Iterator[Mapping[str, object]]:
    for subject in map(verification.node, as_list(verification.document.get("credentialSubject"))):
        for identifier in map(verification.node, as_list(subject.get("identifier"))):
            if text(identifier.get("identityType")) == "emailAddress":
                yield identifier


def _matches(identifier: Mapping[str, object], email: str) -> bool | None:
    claimed, salt = text(identifier.get("identityHash")), only(identifier.get("salt", ""))
    if claimed is None or not isinstance(salt, str):
        return None
    if not is_true(identifier.get("hashed")):
        return claimed.lower() == email.lower()
    algorithm, _, digest = claimed.lower().partition("$")
    if algorithm == "md5":
        # Only Open Badges 2.0 allows it. Finding another address with the same hash is still infeasible.
        expected = hashlib.md5((email + salt).encode(), usedforsecurity=False).hexdigest()
    elif algorithm == "sha256":
        expected = hash_identity(email, salt).partition("$")[2]
    else:
        return None
    return hmac.compare_digest(digest.encode(), expected.encode())
