"""Resolve a key identifier to the key and its controller."""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.verify.keys import did_jwk, did_key
from chalicelib.verify.ports import Controller, Controllers, Method

SUPERSEDED = "key_superseded"
"""The code of a key that its controller listed earlier: a signature by it may be genuine."""
_SINGLE_KEY = (did_key.PREFIX, did_jwk.PREFIX)


def find_controller(did: str, controllers: Controllers, kid: str | None = None) -> Controller:
    """Return the controller ``did``. did:key and did:jwk need no look-up.

    Raises `Unavailable` when the look-up fails, `Malformed` when the DID encodes a key that cannot be used.
    """
    if did.startswith(did_key.PREFIX):
        return did_key.controller_of(did)
    if did.startswith(did_jwk.PREFIX):
        return did_jwk.controller_of(did)
    return controllers.find(did, kid)


def find_method(method_id: str, controllers: Controllers) -> tuple[Controller, Method]:
    """Return the method with the id ``method_id``, and its controller.

    A did:key or did:jwk encodes a single key, so the identifier alone names that key too. Raises `Unavailable` when the
    look-up of the controller fails, `Malformed` when the controller has no such method.
    """
    did, hash_sign, _ = method_id.partition("#")
    if not hash_sign:
        if not did.startswith(_SINGLE_KEY):
            raise _key_unnamed()
        controller = find_controller(did, controllers)
        return controller, controller.methods[0]
    return _method_named(find_controller(did, controllers), method_id)


def find_token_method(kid: str | None, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:
    """Return the method for a JWS with this `kid` whose payload names ``issuer``.

    A `kid` may be a DID URL, an absolute URL or the name of one of the issuer's keys (VC-JOSE-COSE, 4.1; Open Badges
    3.0, 8.2.3). Anything but a DID URL is looked up only among the issuer's own methods, whose ids contain the `kid`.
    Without a `kid` the issuer must have exactly one key. Raises as `find_method` does.
    """
    if kid is not None and kid.startswith("did:") and "#" in kid:
        return find_method(kid, controllers)
    controller = find_controller(issuer, controllers, kid)
    if kid is not None and kid != issuer:
        return _method_named(controller, kid, f"{issuer}#{kid.removeprefix('#')}")
    if len(controller.methods) != 1:
        raise _key_unnamed()
    return controller, controller.methods[0]


def _method_named(controller: Controller, *names: str) -> tuple[Controller, Method]:
    for method in controller.methods:
        if method.id in names:
            return controller, method
    if not controller.former.isdisjoint(names):
        raise Malformed(
            "The signer has replaced the key with the name in this signature, and nothing shows that it signed before.",
            code=SUPERSEDED,
        )
    raise Malformed("The signer has no key with the name in this signature.", code="key_not_listed")


def _key_unnamed() -> Malformed:
    return Malformed("The signature does not name the signer's key.", code="key_unnamed")
