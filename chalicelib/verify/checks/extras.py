"""Check 10: what else does the credential contain, and which parts of it were not checked?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.members import as_list
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_finding = partial(Finding, 10, "extras")

_EXTRAS = {
    "refreshService": phrase("whether a newer version of it exists"),
    "endorsement": phrase("the endorsements inside it"),
    "endorsementJwt": phrase("the endorsements inside it"),
    "evidence": phrase("the evidence pages that it links to"),
    "credentialSchema": phrase("the additional schema that it names"),
    "termsOfUse": phrase("its terms of use"),
    "relatedResource": phrase("the additional files that it names"),
    "proof": phrase("the signature inside the token"),
}

_NONE = _finding(Outcome.NOT_APPLICABLE, "no_extras", "There is nothing else to check.")


def _listed(phrases: Sequence[str]) -> Phrase:
    found = phrase(phrases[0])
    for following in phrases[1:]:
        found = phrase("{first}; {second}", first=found, second=phrase(following))
    return found


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
    raise CheckUnknown("extras_not_followed", phrase("Not checked: {parts}.", parts=_listed(verification.not_followed)))
