"""The list of revoked credentials that a `1EdTechRevocationList` names (1EdTech Revocation List Status Method 1.0).

1EdTech removed the type from its examples in 2026, but credentials with it are in use. Such a list names credentials by
their id and is not signed: it is what the site says now, at the address that the issuer signed. So whoever can publish
there can hide a revocation, which the method accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.members import as_list, as_object, id_of, is_true, only, string
from chalicelib.verify.report import Evidence
from chalicelib.verify.verification_context import CheckUnknown, VerificationContext, unreadable

TYPE = "1EdTechRevocationList"
_ENTRIES = ("revokedCredential", "revokedCredentials")
"""The member with the entries: the first name is that of the method, the second one that of issuers who misread it."""
_LIMITS = strict_json.Limits(size=1024 * 1024, depth=8, members=50_000)
"""Ten thousand revoked credentials with a reason each."""
_BYTES = 50
"""Bytes that are parsed in one unit of work (`canonical/work.py`)."""
_NOT_A_LIST = "The status list cannot be read."


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry that names a list by its address."""

    url: str


@dataclass(frozen=True, slots=True)
class ListedStatus:
    """Whether the list names the credential."""

    is_revoked: bool
    evidence: Evidence


def parse(entry: Mapping[str, object]) -> ListedEntry:
    """Parse an entry of the type `TYPE`. Raises `CheckUnknown`."""
    url = id_of(only(entry.get("id")))
    if url is None:
        raise CheckUnknown("status_malformed", "Its status does not name a status list.")
    return ListedEntry(url)


def read_list(url: str, verification: VerificationContext) -> ListedStatus:
    """Look up the credential in the list at ``url``. Raises `CheckUnknown` for any problem with the list."""
    try:
        if verification.resolver.documents is None:
            raise Unavailable(f"{url[:200]!r} is not fetched here.", code="url_refused")
        fetched = verification.resolver.documents.fetch(url)
    except Unavailable as error:
        raise unreadable("status_list_unavailable", phrase("Its status list could not be read"), error) from error
    evidence = fetched.evidence()
    try:
        verification.resolver.work.spend(len(fetched.body) // _BYTES)
        published = strict_json.parse(fetched.body, _LIMITS)
    except CanonicalError as error:
        raise CheckUnknown(error.code, error.detail, (evidence,)) from error
    except Malformed as error:
        raise CheckUnknown("status_list_malformed", _NOT_A_LIST, (evidence,)) from error
    if published.get("id", url) != url:
        raise CheckUnknown("status_list_other_id", "The status list belongs to a different URL.", (evidence,))
    if id_of(published.get("issuer")) != verification.issuer:
        raise CheckUnknown("status_list_other_issuer", "Its status list was issued by someone else.", (evidence,))
    own_id = string(verification.document.get("id"))
    entries = [as_object(entry) for name in _ENTRIES for entry in as_list(published.get(name))]
    # An entry without an id could be about this credential, and a credential without one cannot be looked up.
    if own_id is None or not all(isinstance(entry.get("id"), str) for entry in entries):
        raise CheckUnknown("status_list_malformed", _NOT_A_LIST, (evidence,))
    stated = [only(entry.get("revoked", True)) for entry in entries if entry["id"] == own_id]
    if any(not is_true(each) and each is not False for each in stated):
        raise CheckUnknown("status_list_malformed", _NOT_A_LIST, (evidence,))
    return ListedStatus(any(map(is_true, stated)), evidence)
