"""From what names a key to the key and to whom it belongs."""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.verify.keys import did_jwk, did_key
from chalicelib.verify.ports import Controller, Controllers, Method


def find_controller(did: str, controllers: Controllers, kid: str | None = None) -> Controller:
    """The controller ``did``; did:key and did:jwk need no look-up.

    Raises `Unavailable` when it cannot be looked up, `Malformed` when it is itself a key that cannot be used.
    """
    if did.startswith(did_key.PREFIX):
        return did_key.controller_of(did)
    if did.startswith(did_jwk.PREFIX):
        return did_jwk.controller_of(did)
    return controllers.find(did, kid)


def find_method(method_id: str, controllers: Controllers) -> tuple[Controller, Method]:
    """The method named ``method_id`` and its controller.

    Raises `Unavailable` when the controller cannot be looked up, `Malformed` when it can and has no such method.
    """
    did, hash_sign, _ = method_id.partition("#")
    if not hash_sign:
        raise _unnamed()
    return _listed(find_controller(did, controllers), method_id)


def find_token_method(kid: str | None, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:
    """The method that a JWS with this `kid` was made with, when ``issuer`` is who its payload says that it is from.

    A `kid` may be a DID URL, an absolute URL or a name among the issuer's own keys (VC-JOSE-COSE, 4.1; Open Badges
    3.0, 8.2.3); anything but a DID URL is looked for with the issuer only, whose methods bear the `kid` as their
    id. Without one the issuer must have a single key. Raises as `find_method` does.
    """
    if kid is not None and kid.startswith("did:") and "#" in kid:
        return find_method(kid, controllers)
    controller = find_controller(issuer, controllers, kid)
    if kid is not None and kid != issuer:
        return _listed(controller, kid, f"{issuer}#{kid.removeprefix('#')}")
    if len(controller.methods) != 1:
        raise _unnamed()
    return controller, controller.methods[0]


def _listed(controller: Controller, *names: str) -> tuple[Controller, Method]:
    for method in controller.methods:
        if method.id in names:
            return controller, method
    raise Malformed("The signer has no key with the name in this signature.", code="key_not_listed")


def _unnamed() -> Malformed:
    return Malformed("The signature does not name the signer's key.", code="key_unnamed")
