"""Public keys: how they are loaded, and which are refused."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.credential.multibase import decode_ed25519
from chalicelib.errors import Malformed
from chalicelib.verify.ports import Controller, Method

_P = 2**255 - 19
_ORDER_EIGHT = (
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)
_SMALL_ORDER = frozenset({0, 1, _P - 1, *_ORDER_EIGHT})
"""The y coordinates of the eight points of small order: such a "key" verifies any message (security: a fixed
signature by the identity point is accepted by the library). The list is checked by arithmetic in the tests."""


@lru_cache(maxsize=512)
def load_ed25519(multikey: str) -> Ed25519PublicKey:
    """The key behind a ``z6Mk...`` Multikey.

    Raises `Malformed`: `key_weak` for a point of small order, `key_malformed` for a non-canonical encoding
    (RFC 8032, 5.1.3) or bytes that are no point, `key_unsupported` for another key type.
    """
    raw = decode_ed25519(multikey)
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise Malformed("This key is not written in its canonical form.", code="key_malformed")
    if y in _SMALL_ORDER:
        raise Malformed("This key would accept any signature.", code="key_weak")
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise Malformed("These bytes are not an Ed25519 key.", code="key_malformed") from error


def signature_holds(multikey: str, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is the key's over ``message``. Raises `Malformed` as `load_ed25519` does."""
    key = load_ed25519(multikey)
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def did_key_controller(did: str) -> Controller:
    """The controller that a did:key is (did:key v0.9, 3.1): one method, whose fragment repeats the key.

    Raises `Malformed` when it holds no key that Laurel can use.
    """
    multikey = did.removeprefix("did:key:")
    decode_ed25519(multikey)
    return Controller(did, (Method(f"{did}#{multikey}", multikey, assertion=True),))
