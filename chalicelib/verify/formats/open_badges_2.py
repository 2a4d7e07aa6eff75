"""An Open Badges 2.0 assertion, hosted (JSON) or signed (compact JWS). Version 1 is recognised by name only."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from chalicelib.credential import dates, strict_json
from chalicelib.errors import Malformed, Unavailable
from chalicelib.verify.formats.vc_jwt import recognises_token
from chalicelib.verify.jose import compact
from chalicelib.verify.members import as_list, as_object, string, text
from chalicelib.verify.open_badges_2 import values
from chalicelib.verify.open_badges_2.documents import GONE, Reader, in_scope, origin, same_address
from chalicelib.verify.open_badges_2.revocation import is_marked
from chalicelib.verify.open_badges_2.secured import HostedBadge, SignedBadge
from chalicelib.verify.open_badges_2.translate import document_of, withdrawn
from chalicelib.verify.ports import Resolver
from chalicelib.verify.secured import SecuredDocument

FAMILY = "Open Badges 2.0"
CONTEXT = "https://w3id.org/openbadges/v2"
_FIRST_CONTEXT = "https://w3id.org/openbadges/v1"
_SIGNED = frozenset({"signed", "SignedBadge"})
_HOSTED = frozenset({"hosted", "HostedBadge"})
"""Types of verification; the lower-case ones are those of version 1, which Credly writes."""


def _encoded(word: bytes) -> tuple[bytes, ...]:
    """How ``word`` looks inside base64, depending on the number of bytes before it."""
    found = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + word)
        found.append(encoded[(before * 8 + 5) // 6 : (before + len(word)) * 8 // 6])
    return tuple(found)


_ENCODED_MENTIONS = _encoded(b"openbadges")


def recognises(source: bytes) -> bool:
    """Whether ``source`` is an assertion of version 1 or 2, in JSON or in a token."""
    if source.lstrip(b" \t\r\n")[:1] == b"{":
        is_mentioned = (b"w3id.org" in source and b"openbadges" in source) or b'"verify"' in source
        return is_mentioned and _is_old_badge(source)
    first, second, third = _ENCODED_MENTIONS
    if not (first in source or second in source or third in source) or b"~" in source or not recognises_token(source):
        return False
    try:
        return _is_old_badge(compact.parse(source).payload)
    except Malformed:
        return False


def _is_old_badge(source: bytes) -> bool:
    try:
        document = strict_json.parse(source)
    except Malformed:
        return False
    return _version(document) is not None


def _version(document: Mapping[str, object]) -> int | None:
    contexts = as_list(document.get("@context"))
    if CONTEXT in contexts:
        return 2
    is_assertion = "badge" in document and "verify" in document and "recipient" in document
    return 1 if _FIRST_CONTEXT in contexts or (is_assertion and not contexts) else None


def read(source: bytes, resolver: Resolver) -> tuple[Mapping[str, object], SecuredDocument]:
    """Return the badge as an Open Badges 3.0 document, and what secures it.

    Raises `Malformed` as `strict_json.parse` and `compact.parse` do; `open_badges_1`, `not_an_assertion`,
    `address_insecure`, `structure_incomplete`; `Unavailable` when one of its documents cannot be fetched.
    """
    jws = None if source.lstrip(b" \t\r\n")[:1] == b"{" else compact.parse(source)
    assertion = strict_json.parse(source if jws is None else jws.payload)
    if _version(assertion) == 1:
        raise Malformed("This is an Open Badge of version 1, which Laurel does not check.", code="open_badges_1")
    if "Assertion" not in as_list(assertion.get("type")):
        message = "This describes a badge or its issuer, but not who received it, so there is nothing to check."
        raise Malformed(message, code="not_an_assertion")
    reader = Reader(resolver.documents, (source, assertion))
    kind = text(as_object(assertion.get("verification")).get("type"))
    if jws is not None:
        return _signed(assertion, jws, reader)
    if kind in _SIGNED:
        raise Malformed("This is a signed badge without its signature.", code="structure_incomplete")
    if kind is not None and kind not in _HOSTED:
        raise Malformed(f"Laurel does not support the verification {kind[:64]!r}.", code="verification_unsupported")
    return _hosted(assertion, reader)


def _signed(
    assertion: Mapping[str, object], jws: compact.Jws, reader: Reader
) -> tuple[Mapping[str, object], SecuredDocument]:
    badge = reader.badge_class(assertion)
    issuer = reader.issuer(badge)
    return document_of(assertion, badge, issuer), SignedBadge(jws, assertion, issuer, reader)


def _hosted(submitted: Mapping[str, object], reader: Reader) -> tuple[Mapping[str, object], SecuredDocument]:
    """Read the badge as its address publishes it now: the submitted copy only says where that is."""
    address = string(submitted.get("id"))
    site = origin(address)
    if address is not None and address.lower().startswith("http://"):
        raise Malformed(
            "It is published without https, so anyone on the network could change it.", code="address_insecure"
        )
    if address is None or not site:
        raise Malformed("The assertion does not say where it is published.", code="structure_incomplete")
    try:
        assertion = reader.fetch_any(address)
    except Unavailable as error:
        if error.code != GONE:
            raise
        return withdrawn(address, f"https://{site}/"), HostedBadge(site, (), gone=True, revoked=True)
    revoked = is_marked(assertion, address)
    if revoked and "badge" not in assertion:
        evidence = tuple(reader.evidence)
        return withdrawn(address, f"https://{site}/"), HostedBadge(site, evidence, gone=True, revoked=True)
    if not same_address(assertion.get("id"), address) or "Assertion" not in as_list(assertion.get("type")):
        raise Unavailable(f"{address[:200]} cannot be used: it is not this assertion", code="document_unreadable")
    badge = reader.badge_class(assertion)
    issuer = reader.issuer(badge)
    secured = HostedBadge(
        site,
        tuple(reader.evidence),
        differs=_differs(submitted, assertion),
        in_scope=in_scope(address, issuer),
        revoked=revoked,
    )
    return document_of(assertion, badge, issuer), secured


def _differs(submitted: Mapping[str, object], published: Mapping[str, object]) -> bool:
    """Whether the two name different people, badges or dates. Everything shown comes from the published copy."""
    if values.contradicts(submitted.get("recipient"), published.get("recipient")):
        return True
    if _id(submitted.get("badge")) != _id(published.get("badge")):
        return True
    return any(_timestamp(submitted, name) != _timestamp(published, name) for name in ("issuedOn", "expires"))


def _timestamp(assertion: Mapping[str, object], name: str) -> object:
    """Return the instant that a date denotes, which can be written in several ways; a value that is not a date is
    returned unchanged."""
    written = values.timestamp(assertion.get(name))
    try:
        return dates.parse(written)
    except Malformed:
        return written


def _id(node: object) -> object:
    return node.get("id") if isinstance(node, dict) else node
