"""Read a JSON Web Key Set as the keys of a controller (RFC 7517, 5)."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.errors import Malformed
from chalicelib.verify.keys.did_document import MAX_METHODS
from chalicelib.verify.keys.key_entry import key_of_jwk
from chalicelib.verify.members import string
from chalicelib.verify.ports import Method


def methods_of(keys: object, name: Callable[[str | None], str]) -> tuple[Method, ...]:
    """Return the methods in ``keys``, the member of a JWK Set; ``name`` turns a `kid` into a method id.

    All are for assertions and authentication, because a JWK Set does not restrict their purpose. Raises `Malformed`:
    `document_malformed`, `too_many_methods`, `duplicate_method`.
    """
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise Malformed("The issuer's key list is not valid.", code="document_malformed")
    if len(keys) > MAX_METHODS:
        raise Malformed(f"The issuer lists more than {MAX_METHODS} keys.", code="too_many_methods")
    methods = tuple(
        Method(name(string(key.get("kid"))), key_of_jwk(key), assertion=True, authentication=True) for key in keys
    )
    if len({method.id for method in methods}) < len(methods):
        # RFC 7517, 4.5 only recommends distinct names, but a duplicate makes a reference ambiguous.
        raise Malformed("The issuer gives the same name to two keys.", code="duplicate_method")
    return methods
