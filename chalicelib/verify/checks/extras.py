"""Check 10: what else does the credential contain, and which parts of it were not checked?"""

from __future__ import annotations

from functools import partial

from chalicelib.verify.members import as_list
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_finding = partial(Finding, 10, "extras")

_EXTRAS = {
    "refreshService": "whether a newer version of it exists",
    "endorsement": "the endorsements inside it",
    "endorsementJwt": "the endorsements inside it",
    "evidence": "the evidence pages that it links to",
    "credentialSchema": "the additional schema that it names",
    "termsOfUse": "its terms of use",
    "relatedResource": "the additional files that it names",
    "proof": "the signature inside the token",
}

_NONE = _finding(Outcome.NOT_APPLICABLE, "no_extras", "There is nothing else to check.")


def check(verification: VerificationContext) -> Finding:
    """List the parts that were not checked. They never change the verdict."""
    document = verification.document
    subjects = [verification.node(item) for item in as_list(document.get("credentialSubject"))]
    achievements = [verification.node(item) for subject in subjects for item in as_list(subject.get("achievement"))]
    nodes = [document, verification.node(document.get("issuer")), *subjects, *achievements]
    if all(map(_EXTRAS.keys().isdisjoint, nodes)):
        return _NONE
    verification.not_followed = tuple(
        dict.fromkeys(phrase for name, phrase in _EXTRAS.items() if any(name in node for node in nodes))
    )
    raise CheckUnknown("extras_not_followed", f"Not checked: {'; '.join(verification.not_followed)}.")
