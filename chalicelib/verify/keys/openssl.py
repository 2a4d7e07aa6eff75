"""Signatures by OpenSSL: elliptic curves and RSA. Imported late, because it takes 11 ms and most credentials are signed
with Ed25519, which needs libsodium only."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from chalicelib.verify.keys.public_key import SIGNATURE_SIZE, Algorithm, Kind

_CURVES: Mapping[Kind, ec.EllipticCurve] = {
    Kind.P256: ec.SECP256R1(),
    Kind.P384: ec.SECP384R1(),
    Kind.P521: ec.SECP521R1(),
}
_SHA256 = hashes.SHA256()
_ECDSA = {
    Algorithm.ES256: ec.ECDSA(_SHA256),
    Algorithm.ES384: ec.ECDSA(hashes.SHA384()),
    Algorithm.ES512: ec.ECDSA(hashes.SHA512()),
}
_RSA_PADDING: dict[Algorithm, padding.AsymmetricPadding] = {
    Algorithm.RS256: padding.PKCS1v15(),
    # RFC 7518, 3.5: the salt is as long as the hash, and MGF1 uses the same hash.
    Algorithm.PS256: padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=_SHA256.digest_size),
}


def elliptic(kind: Kind, point: bytes) -> ec.EllipticCurvePublicKey:
    """The key at ``point``. Raises `ValueError` when it is not on the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], point)


def rsa(modulus: int, exponent: int) -> RSAPublicKey:
    """The key with these numbers. Raises `ValueError` when no key can have them."""
    return RSAPublicNumbers(exponent, modulus).public_key()


def from_pem(data: bytes) -> tuple[Kind | None, bytes | tuple[int, int]]:
    """The kind and the numbers of the key in ``data``, for `load`; no kind for one that is not supported.

    Raises `ValueError` when there is no key.
    """
    try:
        return numbers_of(serialization.load_pem_public_key(data))
    except UnsupportedAlgorithm:
        return None, b""


def numbers_of(key: object) -> tuple[Kind | None, bytes | tuple[int, int]]:
    """The kind and the numbers of ``key``, for `load`; no kind for one that is not supported."""
    if isinstance(key, RSAPublicKey):
        numbers = key.public_numbers()
        return Kind.RSA, (numbers.n, numbers.e)
    if isinstance(key, ec.EllipticCurvePublicKey):
        kinds = {curve.name: kind for kind, curve in _CURVES.items()}
        point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return kinds.get(key.curve.name), point
    if isinstance(key, Ed25519PublicKey):
        return Kind.ED25519, key.public_bytes_raw()
    return None, b""


def is_valid(
    key: ec.EllipticCurvePublicKey | RSAPublicKey, algorithm: Algorithm, signature: bytes, message: bytes
) -> bool:
    """Whether ``signature`` is valid; ``algorithm`` is one for this kind of key."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            if len(signature) != SIGNATURE_SIZE[algorithm]:
                return False
            key.verify(_der(signature), message, _ECDSA[algorithm])
        else:
            key.verify(signature, message, _RSA_PADDING[algorithm], _SHA256)
    except InvalidSignature:
        return False
    return True


def _der(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
