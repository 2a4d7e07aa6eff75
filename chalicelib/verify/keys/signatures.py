"""Signature verification. The key, never the signature alone, decides which algorithms are allowed."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import Algorithm, PublicKey

_SHA256 = hashes.SHA256()
_ECDSA = {Algorithm.ES256: (32, ec.ECDSA(_SHA256)), Algorithm.ES384: (48, ec.ECDSA(hashes.SHA384()))}
"""Size of each half of the signature in bytes, and the scheme (RFC 7518, 3.4)."""
_LENGTHS = {Algorithm.EDDSA: 64, **{name: 2 * half for name, (half, _) in _ECDSA.items()}}
"""Bytes of a signature, where the algorithm alone determines them."""
_RSA_PADDING: dict[Algorithm, padding.AsymmetricPadding] = {
    Algorithm.RS256: padding.PKCS1v15(),
    # RFC 7518, 3.5: the salt is as long as the hash, and MGF1 uses the same hash.
    Algorithm.PS256: padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=_SHA256.digest_size),
}


def is_valid(key: PublicKey, algorithm: Algorithm, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is a valid signature of ``message`` by ``key`` under ``algorithm``.

    EdDSA signatures have 64 bytes (RFC 8032, 5.1.6); ECDSA signatures are r and s concatenated, each as long as the
    field, never DER; RSA signatures are as long as the modulus. Raises `Malformed` with code `algorithm_mismatch` when
    the key is not for ``algorithm``.
    """
    if algorithm not in key.algorithms:
        raise Malformed("The signature names an algorithm that its key does not support.", code="algorithm_mismatch")
    native = key.native
    try:
        if isinstance(native, bytes):
            return _verify_ed25519(native, signature, message)
        if isinstance(native, ec.EllipticCurvePublicKey):
            half, scheme = _ECDSA[algorithm]
            if len(signature) != 2 * half:
                return False
            native.verify(_der(signature, half), message, scheme)
        else:
            native.verify(signature, message, _RSA_PADDING[algorithm], _SHA256)
    except InvalidSignature:
        return False
    return True


def is_cut(algorithm: Algorithm, signature: bytes) -> bool:
    """Whether the end of ``signature`` is missing; False if its length depends on the key."""
    return len(signature) < _LENGTHS.get(algorithm, 0)


def _verify_ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Verify as in RFC 8032, 5.1.7, with libsodium, which takes half the time of OpenSSL.

    Both compare the encoded R ("cofactorless") and require s to be below the group's order. libsodium also refuses an R
    of small order, which OpenSSL accepts. Making such a signature reveals the secret key (s is then the hash times the
    key), so no legitimate one is refused.
    """
    # The import takes 5 ms, so it is deferred to the first signature.
    from nacl.bindings import crypto_sign_open
    from nacl.exceptions import BadSignatureError

    if len(signature) != 64:  # bytes after the 64th would be read as part of the message
        return False
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def _der(signature: bytes, half: int) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
