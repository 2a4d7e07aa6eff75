"""Check 10: what else does it bring, and what of that was not looked at?"""

from __future__ import annotations

from functools import partial

from chalicelib.verify.members import as_list
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import Case, CheckUnknown

_found = partial(Finding, 10, "extras")

_EXTRAS = {
    "refreshService": "whether a newer edition of it exists",
    "endorsement": "the endorsements inside it",
    "endorsementJwt": "the endorsements inside it",
    "evidence": "the pages that its evidence links to",
    "credentialSchema": "the further schema that it names",
    "termsOfUse": "its terms of use",
    "relatedResource": "the further files that it names",
    "proof": "the signature inside the token",
}

_NONE = _found(Outcome.NOT_APPLICABLE, "no_extras", "It brings nothing else that could be checked.")


def check(case: Case) -> Finding:
    """Name what was not followed. Nothing here changes the verdict."""
    document = case.document
    subjects = [case.node(item) for item in as_list(document.get("credentialSubject"))]
    achievements = [case.node(item) for subject in subjects for item in as_list(subject.get("achievement"))]
    nodes = [document, case.node(document.get("issuer")), *subjects, *achievements]
    if all(map(_EXTRAS.keys().isdisjoint, nodes)):
        return _NONE
    case.not_followed = tuple(
        dict.fromkeys(words for name, words in _EXTRAS.items() if any(name in node for node in nodes))
    )
    raise CheckUnknown("extras_not_followed", f"Not looked at: {'; '.join(case.not_followed)}.")
