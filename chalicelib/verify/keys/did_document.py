"""From a DID document, or any controlled identifier document, to its controller (Controlled Identifiers v1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.credential import dates
from chalicelib.errors import Malformed
from chalicelib.verify.keys.listed import key_of_method
from chalicelib.verify.keys.public_key import UnusableKey
from chalicelib.verify.members import as_list, string
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Evidence

MAX_METHODS = 64
"""Keys of one controller. An issuer with a new key every month keeps five years of them."""

_ASSERTION = "assertionMethod"
_RELATIONSHIPS = (_ASSERTION, "authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation")
"""Where methods may stand in full instead of being named (2.3)."""


def controller_of(
    document: Mapping[str, object], controller_id: str, evidence: tuple[Evidence, ...] = ()
) -> Controller:
    """The controller ``controller_id``, as its own ``document`` describes it.

    Keys that cannot be used, or that belong to another controller, stay listed as unusable. Raises `Malformed`:
    `document_other_id` when it is the document of somebody else, `too_many_methods`, `duplicate_method`, and
    `document_malformed`.
    """
    if document.get("id") != controller_id:
        raise Malformed(f"It is not about {controller_id[:200]}.", code="document_other_id")
    if len(as_list(document.get("verificationMethod"))) > MAX_METHODS:
        raise _too_many()
    named = {_absolute(entry, controller_id) for entry in as_list(document.get(_ASSERTION)) if isinstance(entry, str)}
    methods: dict[str, Method] = {}
    for entry, within in _entries(document):
        method_id = _absolute(entry.get("id"), controller_id)
        if not method_id.startswith(f"{controller_id}#"):
            continue  # whoever names it asks the controller that it says
        if method_id in methods:
            raise Malformed(f"The key {method_id[:200]} is listed twice.", code="duplicate_method")
        methods[method_id] = _method(entry, method_id, controller_id, within == _ASSERTION or method_id in named)
        if len(methods) > MAX_METHODS:
            raise _too_many()
    return Controller(controller_id, tuple(methods.values()), evidence)


def _entries(document: Mapping[str, object]) -> Iterator[tuple[Mapping[str, object], str]]:
    """Every method that is written out, and the member that it stands in."""
    for member in ("verificationMethod", *_RELATIONSHIPS):
        for entry in as_list(document.get(member)):
            if isinstance(entry, dict):
                yield entry, member
            elif member == "verificationMethod" or not isinstance(entry, str):
                raise Malformed(f"{member!r} contains something that is not a key.", code="document_malformed")


def _absolute(name: object, controller_id: str) -> str:
    """A method's id in full: fragments are relative to the document's own id (DID Core, 3.2.2)."""
    if not (found := string(name)):
        raise Malformed("A key in the document has no id.", code="document_malformed")
    return controller_id + found if found.startswith("#") else found


def _method(entry: Mapping[str, object], method_id: str, controller_id: str, assertion: bool) -> Method:
    if entry.get("controller") != controller_id:
        return Method(
            method_id,
            UnusableKey("key_of_another", ("The signer lists this key as belonging to someone else.")),
            assertion,
        )
    try:
        expires, revoked = _moment(entry, "expires"), _moment(entry, "revoked")
    except Malformed as error:
        # A limit that cannot be read may have passed.
        return Method(method_id, UnusableKey("key_malformed", error.detail), assertion)
    return Method(method_id, key_of_method(entry), assertion, expires=expires, revoked=revoked)


def _moment(entry: Mapping[str, object], member: str) -> datetime | None:
    return dates.parse(entry[member]) if member in entry else None


def _too_many() -> Malformed:
    return Malformed(f"The document lists more than {MAX_METHODS} keys.", code="too_many_methods")
