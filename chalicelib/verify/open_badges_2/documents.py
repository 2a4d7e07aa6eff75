"""Fetch the documents of an Open Badges 2.0 badge, and cross-check what each says about the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed, Unavailable
from chalicelib.verify.members import as_list, as_object, id_of, string
from chalicelib.verify.ports import Documents
from chalicelib.verify.report import Evidence

Node = Mapping[str, object]
GONE = "gone"
"""The code of a document that its host says it has removed (410)."""


@dataclass(slots=True)
class Reader:
    """Fetches documents, each from its own origin, and keeps the evidence."""

    documents: Documents | None
    parsed: tuple[bytes, Node] = (b"", {})
    """The submitted document: usually its address publishes the same bytes."""
    evidence: list[Evidence] = field(default_factory=list)

    def fetch(self, url: str, kind: str) -> Node:
        """Return the document at ``url``, which must be a ``kind`` with this address as its id.

        Raises `Unavailable`: a document that cannot be used counts as no answer from its host.
        """
        document = self.fetch_any(url)
        if kind not in as_list(document.get("type")):
            raise _unreadable(url, f"it is not a {kind}")
        if not same_address(document.get("id"), url):
            raise _unreadable(url, "it is about another address")
        return document

    def fetch_any(self, url: str) -> Node:
        """Return the JSON object at ``url``. Raises `Unavailable`."""
        if self.documents is None:
            raise Unavailable(f"{url[:200]!r} is not fetched here.", code="url_refused")
        fetched = self.documents.fetch(url)
        try:
            document = self.parsed[1] if fetched.body == self.parsed[0] else strict_json.parse(fetched.body)
        except Malformed as error:
            raise _unreadable(url, error.detail) from error
        self.evidence.append(fetched.evidence())
        return document

    def badge_class(self, assertion: Node) -> Node:
        """Return the badge class of ``assertion``: the object in it, or the document that it names."""
        badge = assertion.get("badge")
        if isinstance(badge, dict):
            return badge
        address = string(badge)
        if address is None:
            raise Malformed("The assertion does not name its badge class.", code="structure_incomplete")
        return self.fetch(address, "BadgeClass")

    def issuer(self, badge: Node) -> Node:
        """Return the profile of the issuer of ``badge``, always as its own address publishes it: a profile inside the
        badge class may claim any address."""
        address = id_of(badge.get("issuer"))
        if address is None:
            raise Malformed("The badge class does not name its issuer.", code="structure_incomplete")
        profile = self.fetch_any(address)
        if profile.get("id") != address:  # exactly: a query may tell one issuer of a site from another
            raise _unreadable(address, "it is about another address")
        if not {"Issuer", "Profile"} & set(map(str, as_list(profile.get("type")))):
            raise _unreadable(address, "it is not an issuer's profile")
        return profile


def origin(url: object) -> str:
    """Return the host of an https URL with its port; empty for anything else."""
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() != "https" or "@" in parts.netloc or not parts.hostname:
        return ""
    return parts.hostname if port in (None, 443) else f"{parts.hostname}:{port}"


def same_address(claimed: object, url: str) -> bool:
    """Whether ``claimed`` is ``url``, ignoring the query: some platforms add one for the version of the format."""
    return isinstance(claimed, str) and claimed.partition("?")[0] == url.partition("?")[0]


def in_scope(address: object, issuer: Node) -> bool:
    """Whether the issuer publishes its assertions at ``address`` (Open Badges 2.0, VerificationObject).

    Its profile may list origins, or prefixes of addresses; otherwise its own origin is meant.
    """
    site = origin(address)
    rules = as_object(issuer.get("verification"))
    starts = [start for start in as_list(rules.get("startsWith")) if isinstance(start, str) and origin(start)]
    origins = [each.lower() for each in as_list(rules.get("allowedOrigins")) if isinstance(each, str)]
    if not site or (starts and not any(_starts_with(str(address), start) for start in starts)):
        return False
    if origins:
        return any(site in (each, origin(each)) for each in origins)
    return bool(starts) or site == origin(issuer.get("id"))


def _starts_with(address: str, start: str) -> bool:
    # Both are compared as written, but never within a host's name or across a step upwards, however it is escaped.
    steps = unquote(address).replace("\\", "/")
    return address.startswith(start) and origin(address) == origin(start) and "/.." not in steps


def _unreadable(url: str, reason: str) -> Unavailable:
    return Unavailable(f"{url[:200]} cannot be used: {reason}", code="document_unreadable")
