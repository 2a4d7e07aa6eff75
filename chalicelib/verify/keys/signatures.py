"""Signature verification. The key, never the signature alone, decides which algorithms are allowed."""

from __future__ import annotations

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import SIGNATURE_SIZE, Algorithm, PublicKey


def is_valid(key: PublicKey, algorithm: Algorithm, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is a valid signature of ``message`` by ``key`` under ``algorithm``.

    EdDSA signatures have 64 bytes (RFC 8032, 5.1.6); ECDSA signatures are r and s concatenated, each as long as the
    field, never DER; RSA signatures are as long as the modulus. Raises `Malformed` with code `algorithm_mismatch` when
    the key is not for ``algorithm``.
    """
    if algorithm not in key.algorithms:
        raise Malformed("The signature names an algorithm that its key does not support.", code="algorithm_mismatch")
    if isinstance(key.native, bytes):
        return _verify_ed25519(key.native, signature, message)
    from chalicelib.verify.keys import openssl  # imported late, see there

    return openssl.is_valid(key.native, algorithm, signature, message)


def is_cut(algorithm: Algorithm, signature: bytes) -> bool:
    """Whether the end of ``signature`` is missing; False if its length depends on the key."""
    return len(signature) < SIGNATURE_SIZE.get(algorithm, 0)


def _verify_ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Verify as in RFC 8032, 5.1.7, with libsodium, which takes half the time of OpenSSL.

    Both compare the encoded R ("cofactorless") and require s to be below the group's order. libsodium also refuses an R
    of small order, which OpenSSL accepts. Making such a signature reveals the secret key (s is then the hash times the
    key), so no legitimate one is refused.
    """
    # The import takes 5 ms, so it is deferred to the first signature.
    from nacl.bindings import crypto_sign_open
    from nacl.exceptions import BadSignatureError

    if len(signature) != SIGNATURE_SIZE[Algorithm.EDDSA]:  # bytes after the 64th would be read as part of the message
        return False
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True
