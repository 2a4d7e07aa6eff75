"""The issuer's list of revoked assertions (Open Badges 2.0, RevocationList)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import Unavailable
from chalicelib.verify.members import as_list, as_object, id_of, is_true, only, string
from chalicelib.verify.open_badges_2.documents import Reader

Node = Mapping[str, object]


def is_marked(assertion: Node, address: str) -> bool:
    """Whether ``assertion``, the one published at ``address``, says that it is revoked.

    Raises `Unavailable` if it says anything other than yes or no: that may mean either.
    """
    revoked = only(assertion.get("revoked"))
    if revoked is None or revoked is False:
        return False
    if not is_true(revoked):
        raise Unavailable(f"{address[:200]} does not say clearly whether it is revoked.", code="document_unreadable")
    return True


def is_revoked(assertion: Node, issuer: Node, reader: Reader) -> bool | None:
    """Whether ``assertion`` or the issuer's list says that it is revoked; None if the issuer has no list.

    Raises `Unavailable`, including for a list by another issuer: it proves nothing.
    """
    if is_marked(assertion, str(assertion.get("id"))):
        return True
    url = id_of(issuer.get("revocationList"))
    if url is None:
        return None
    revocations = reader.fetch_any(url)
    if "issuer" in revocations and id_of(revocations["issuer"]) != issuer.get("id"):
        raise Unavailable(f"{url[:200]} was published by another issuer.", code="document_unreadable")
    entries = revocations.get("revokedAssertions")
    if not isinstance(entries, list):
        raise Unavailable(f"{url[:200]} is not a list of revoked assertions.", code="document_unreadable")
    names = {string(assertion.get("id")), string(assertion.get("uid"))} - {None}
    return any(not names.isdisjoint(_names(entry)) for entry in entries)


def _names(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [name for member in ("id", "uid") for name in as_list(as_object(entry).get(member)) if isinstance(name, str)]
