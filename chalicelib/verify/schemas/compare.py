"""Compare a credential with the schemas that it names, after its signature has been verified.

A schema is not signed with the credential, and its site can change it at any time. So it never decides the verdict:
the standards leave it to the verifier too (VC Data Model 2.0, 7.1). Those of Open Badges 3.0 and CLR 2.0 are bundled:
check 2 has already required what they require.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import Phrase
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.formats.embedded import Embedded
from chalicelib.verify.members import as_list, as_object, string
from chalicelib.verify.report import Evidence
from chalicelib.verify.rules import credential
from chalicelib.verify.schemas import json_schema
from chalicelib.verify.verification_context import VerificationContext

TYPES = frozenset({"JsonSchema", "1EdTechJsonSchemaValidator2019"})
"""The types of a schema that is a JSON schema itself (VC JSON Schema, 2.1; Open Badges 3.0, B.1)."""
MAX_SCHEMAS = 4
"""Maximum number of schemas to compare with: each may cost a fetch. Genuine credentials name one or two."""
MAX_WORK = 100_000
"""Units of work for one schema, a third of what a request may do."""

_OB, _CLR = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/",
    "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/",
)
_BUNDLED: Mapping[str, Callable[[Sequence[object]], bool]] = {
    f"{_OB}ob_v3p0_achievementcredential_schema.json": credential.is_open_badge,
    f"{_OB}ob_v3p0_anyachievementcredential_schema.json": credential.is_open_badge,
    f"{_OB}ob_v3p0_endorsementcredential_schema.json": credential.is_endorsement,
    f"{_CLR}clr_v2p0_clrcredential_schema.json": credential.is_clr,
}
"""Schemas by address, and for which types check 2 has their rules."""
_DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


class Compared(NamedTuple):
    """The result for all schemas of a credential."""

    complete: bool
    """Whether every schema could be compared."""
    differs: Phrase | None = None
    """Where the credential first differs from one of them."""
    evidence: tuple[Evidence, ...] = ()


NOT_COMPARED = Compared(complete=False)


def compare(verification: VerificationContext) -> Compared:
    """Compare the credential with each schema that it names. One that cannot be used only makes it incomplete."""
    entries = as_list(verification.document.get("credentialSchema"))
    if len(entries) > MAX_SCHEMAS:
        return NOT_COMPARED
    complete = True
    evidence: list[Evidence] = []
    for entry in map(as_object, entries):
        try:
            found = _compare(entry, verification)
        except (Malformed, Unavailable, CanonicalError):
            complete = False
            continue
        evidence += found.evidence
        complete &= found.complete
        if found.differs is not None:
            return Compared(complete, found.differs, tuple(evidence))
    return Compared(complete, None, tuple(evidence))


def _compare(entry: Mapping[str, object], verification: VerificationContext) -> Compared:
    url = string(entry.get("id")) or ""
    documents = verification.resolver.documents
    if TYPES.isdisjoint(map(str, as_list(entry.get("type")))):
        return NOT_COMPARED
    if url in _BUNDLED and _BUNDLED[url](verification.types):
        return Compared(complete=True)
    if documents is None:
        return NOT_COMPARED
    fetched = documents.fetch(url)
    if not _has_digest(fetched.body, entry):
        return Compared(complete=False, evidence=(fetched.evidence(),))
    work = verification.resolver.work
    allowed = min(MAX_WORK, work.left)
    own = Work(allowed)
    try:
        differs = json_schema.check(_whole(verification), fetched.body, own)
    finally:
        work.left -= allowed - max(own.left, 0)
    return Compared(complete=True, differs=differs, evidence=(fetched.evidence(),))


def _whole(verification: VerificationContext) -> Mapping[str, object]:
    """Return the credential with its proofs, which its schema may require."""
    proofs = verification.securing.members if isinstance(verification.securing, Embedded) else []
    return (
        {**verification.document, "proof": proofs[0] if len(proofs) == 1 else proofs}
        if proofs
        else verification.document
    )


def _has_digest(body: bytes, entry: Mapping[str, object]) -> bool:
    """Whether ``body`` has the digest that ``entry`` states, if it states one (VC JSON Schema, 2.1: `digestSRI`)."""
    if "digestSRI" not in entry:
        return True
    name, _, expected = (string(entry["digestSRI"]) or "").partition("-")
    digest = _DIGESTS.get(name)
    return digest is not None and base64.b64encode(digest(body).digest()).decode() == expected
