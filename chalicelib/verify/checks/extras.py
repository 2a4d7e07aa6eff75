"""Check 10: what else does the credential contain, and which parts of it were not checked?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.checks import extract
from chalicelib.verify.inner import INNER, inner_credentials
from chalicelib.verify.members import as_list
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.schemas.compare import NOT_COMPARED, Compared, compare
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext

_finding = partial(Finding, 10, "extras")

UNFOLLOWED = {
    "refreshService": phrase("whether a newer version of it exists"),
    "endorsement": phrase("the endorsements inside it"),
    "endorsementJwt": phrase("the endorsements inside it"),
    "verifiableCredential": phrase("the credentials inside it"),
    "evidence": phrase("the evidence pages that it links to"),
    "credentialSchema": phrase("the additional schema that it names"),
    "termsOfUse": phrase("its terms of use"),
    "relatedResource": phrase("the additional files that it names"),
    "proof": phrase("the signature inside the token"),
}

LEFT_OUT = phrase("what its holder left out, which can include an end date")
"""With selective disclosure, a verifier cannot see what was left out; an issuer decides what must be shown."""

_FOLLOWED = _finding(Outcome.NOT_APPLICABLE, "inner_reported", "Each credential in it has its own result.")
_MATCHED = _finding(Outcome.PASSED, "schema_matched", "It matches the schema that it names.")
_NONE = _finding(Outcome.NOT_APPLICABLE, "no_extras", "There is nothing else to check.")


def _listed(phrases: Sequence[str]) -> Phrase:
    found = phrase(phrases[0])
    for following in phrases[1:]:
        found = phrase("{first}; {second}", first=found, second=phrase(following))
    return found


def check(verification: VerificationContext) -> Finding:
    """List the parts that were not checked, and find the credentials inside it. They never change the verdict."""
    document = verification.document
    subjects = [verification.node(item) for item in as_list(document.get("credentialSubject"))]
    achievements = [verification.node(item) for subject in subjects for item in as_list(subject.get("achievement"))]
    nodes = [document, verification.node(document.get("issuer")), *subjects, *achievements]
    is_extract = extract.is_extract(verification)
    if not is_extract and all(map(UNFOLLOWED.keys().isdisjoint, nodes)):
        return _NONE
    inner = inner_credentials(document)
    if inner is not None and len(inner) <= verification.may_follow:
        verification.inner = inner
    present = set().union(*(UNFOLLOWED.keys() & node.keys() for node in nodes))
    if verification.inner:
        present -= INNER.keys()
    # What a holder leaves out may be what the schema requires, so an extract is not compared.
    schemas = compare(verification) if "credentialSchema" in document and not is_extract else NOT_COMPARED
    if schemas.complete and not any("credentialSchema" in node for node in nodes[1:]):
        present.discard("credentialSchema")
    found = [phrase for name, phrase in UNFOLLOWED.items() if name in present]
    verification.not_followed = tuple(dict.fromkeys([LEFT_OUT, *found] if is_extract else found))
    return _finding_of(verification, schemas)


def _finding_of(verification: VerificationContext, schemas: Compared) -> Finding:
    unchecked, evidence = verification.not_followed, schemas.evidence
    listed = phrase("Not checked: {parts}.", parts=_listed(unchecked)) if unchecked else None
    if schemas.differs is not None:
        differs = phrase("It does not match the schema that it names: {place}.", place=schemas.differs)
        both = phrase("{first} {second}", first=differs, second=listed) if listed else differs
        raise CheckUnknown("schema_differs", both, evidence)
    if listed is not None:
        raise CheckUnknown("extras_not_followed", listed, evidence)
    return (_FOLLOWED if verification.inner else _MATCHED)._replace(evidence=evidence)
