"""Keys as Multikey strings (Controlled Identifiers v1.0, 2.2.2)."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.credential.multibase import ED25519_PREFIX, MAX_CHARACTERS, P256_PREFIX, decode_base58btc
from chalicelib.errors import Malformed
from chalicelib.verify.keys import load
from chalicelib.verify.keys.public_key import COORDINATE_SIZE, Kind, PublicKey

_P384_PREFIX = b"\x81\x24"
"""The multicodec varint 0x1201; a compressed point follows it."""
_NIST = {P256_PREFIX: Kind.P256, _P384_PREFIX: Kind.P384}


@lru_cache(maxsize=load.CACHED)
def from_multikey(text: str) -> PublicKey:
    """Load the key in ``text``, a base58btc Multikey.

    Raises `Malformed`: `not_base58btc`, `key_unsupported` for an unsupported type of key, `key_malformed`, `key_weak`.
    """
    if text[:1] == "z" and len(text) > MAX_CHARACTERS:
        # Longer than any supported key: a large RSA key or garbage, not worth decoding.
        raise _unsupported()
    data = decode_base58btc(text)
    prefix, raw = data[:2], data[2:]
    if prefix == ED25519_PREFIX:
        return load.ed25519(raw)
    kind = _NIST.get(prefix)
    if kind is None:
        raise _unsupported()
    if len(raw) != COORDINATE_SIZE[kind] + 1:
        raise Malformed(f"A {kind} key must be a compressed point.", code="key_malformed")
    return load.elliptic(kind, raw)


def _unsupported() -> Malformed:
    return Malformed("Laurel does not support this type of key yet.", code="key_unsupported")
