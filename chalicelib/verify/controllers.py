"""From a verification method's id to the key and to whom it belongs."""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.verify.keys import did_key
from chalicelib.verify.ports import Controller, Controllers, Method


def find_method(method_id: str, controllers: Controllers) -> tuple[Controller, Method]:
    """The method named ``method_id`` and its controller.

    Raises `Unavailable` when the controller cannot be looked up, `Malformed` when it can and has no such method.
    """
    did, hash_sign, _ = method_id.partition("#")
    if not hash_sign:
        raise Malformed("The signature does not say which of the signer's keys it was made with.", code="key_unnamed")
    controller = did_key.controller_of(did) if did.startswith(did_key.PREFIX) else controllers.find(did)
    for method in controller.methods:
        if method.id == method_id:
            return controller, method
    raise Malformed("The signer does not have the key that this signature names.", code="key_not_listed")
