"""Read the controller from a DID document, or any controlled identifier document (Controlled Identifiers v1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.credential import dates
from chalicelib.errors import Malformed
from chalicelib.verify.keys.key_entry import key_of_method
from chalicelib.verify.keys.public_key import UnusableKey
from chalicelib.verify.members import as_list, string
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Evidence

MAX_METHODS = 64
"""Maximum number of keys of one controller: enough for an issuer that rotates monthly for five years."""

_ASSERTION = "assertionMethod"
_AUTHENTICATION = "authentication"
_RELATIONSHIPS = (_ASSERTION, _AUTHENTICATION, "keyAgreement", "capabilityInvocation", "capabilityDelegation")
"""Members that may contain whole methods instead of references to them (2.3)."""


def controller_of(
    document: Mapping[str, object], controller_id: str, evidence: tuple[Evidence, ...] = ()
) -> Controller:
    """Return the controller ``controller_id``, as described in its own ``document``.

    Keys that cannot be used, or that belong to another controller, stay listed as unusable. Raises `Malformed`:
    `document_other_id` when the document is about another identifier, `too_many_methods`, `duplicate_method`, and
    `document_malformed`.
    """
    if document.get("id") != controller_id:
        raise Malformed(f"It is not about {controller_id[:200]}.", code="document_other_id")
    if len(as_list(document.get("verificationMethod"))) > MAX_METHODS:
        raise _too_many()
    named = _named(document, _ASSERTION, controller_id)
    authenticating = _named(document, _AUTHENTICATION, controller_id)
    methods: dict[str, Method] = {}
    for entry, member_name in _entries(document):
        method_id = _absolute(entry.get("id"), controller_id)
        if not method_id.startswith(f"{controller_id}#"):
            continue  # a signature with this key is looked up at the key's own controller
        if method_id in methods:
            raise Malformed(f"The key {method_id[:200]!r} is listed twice.", code="duplicate_method")
        method = _method(entry, method_id, controller_id, member_name == _ASSERTION or method_id in named)
        may_authenticate = member_name == _AUTHENTICATION or method_id in authenticating
        methods[method_id] = replace(method, authentication=may_authenticate)
        if len(methods) > MAX_METHODS:
            raise _too_many()
    return Controller(controller_id, tuple(methods.values()), evidence)


def _named(document: Mapping[str, object], member: str, controller_id: str) -> frozenset[str]:
    """The ids of the methods that ``member`` refers to."""
    entries = as_list(document.get(member))
    return frozenset(_absolute(entry, controller_id) for entry in entries if isinstance(entry, str))


def _entries(document: Mapping[str, object]) -> Iterator[tuple[Mapping[str, object], str]]:
    """Yield every embedded method, and the member that contains it."""
    for member in ("verificationMethod", *_RELATIONSHIPS):
        for entry in as_list(document.get(member)):
            if isinstance(entry, dict):
                yield entry, member
            elif member == "verificationMethod" or not isinstance(entry, str):
                raise Malformed(f"{member!r} contains something that is not a key.", code="document_malformed")


def _absolute(name: object, controller_id: str) -> str:
    """Return a method's full id: fragments are relative to the document's own id (DID Core, 3.2.2)."""
    if not (method_id := string(name)):
        raise Malformed("A key in the document has no id.", code="document_malformed")
    return controller_id + method_id if method_id.startswith("#") else method_id


def _method(entry: Mapping[str, object], method_id: str, controller_id: str, assertion: bool) -> Method:
    if entry.get("controller") != controller_id:
        return Method(
            method_id,
            UnusableKey("key_of_another", ("The signer lists this key as belonging to someone else.")),
            assertion,
        )
    try:
        expires, revoked = _timestamp(entry, "expires"), _timestamp(entry, "revoked")
    except Malformed as error:
        # An unreadable end date may be in the past.
        return Method(method_id, UnusableKey("key_malformed", error.detail), assertion)
    return Method(method_id, key_of_method(entry), assertion, expires=expires, revoked=revoked)


def _timestamp(entry: Mapping[str, object], member: str) -> datetime | None:
    return dates.parse(entry[member]) if member in entry else None


def _too_many() -> Malformed:
    return Malformed(f"The document lists more than {MAX_METHODS} keys.", code="too_many_methods")
