"""Read the key of an entry in a DID document or a JWK Set, usable or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.errors import Malformed
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey

_MULTIBASE_TYPES = frozenset({"Multikey", "Ed25519VerificationKey2020"})


def key_of_method(entry: Mapping[str, object]) -> PublicKey | UnusableKey:
    """Return the key of a verification method (Controlled Identifiers v1.0, 2.2). Never raises.

    A method of an unsupported type, or with its key in an unsupported form, is unusable with code `key_unsupported`.
    """
    return _usable_or_not(_from_method, entry)


def key_of_jwk(jwk: Mapping[str, object]) -> PublicKey | UnusableKey:
    """Return the key of one entry of a JWK Set (RFC 7517, 5). Never raises."""
    return _usable_or_not(from_jwk, jwk)


def _usable_or_not(
    read: Callable[[Mapping[str, object]], PublicKey], entry: Mapping[str, object]
) -> PublicKey | UnusableKey:
    try:
        return read(entry)
    except Malformed as error:
        return UnusableKey(error.code, error.detail)


def _from_method(entry: Mapping[str, object]) -> PublicKey:
    if "secretKeyMultibase" in entry or "secretKeyJwk" in entry:
        raise Malformed("This key includes its private part, so anyone could have signed with it.", code="key_private")
    multibase, jwk = entry.get("publicKeyMultibase"), entry.get("publicKeyJwk")
    if multibase is not None and jwk is not None:
        # A method has one key, and nothing guarantees that both forms contain the same one.
        raise Malformed("This key is given in two forms.", code="key_malformed")
    kind = entry.get("type")
    if isinstance(multibase, str) and isinstance(kind, str) and kind in _MULTIBASE_TYPES:
        return from_multikey(multibase)
    if isinstance(jwk, dict):
        return from_jwk(jwk)
    raise Malformed("Laurel does not support this key format yet.", code="key_unsupported")
