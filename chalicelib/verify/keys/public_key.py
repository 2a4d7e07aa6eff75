"""Public key types, and the algorithms that each may be used with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # see `openssl`
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class Kind(StrEnum):
    """The supported kinds of key."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"
    P521 = "P-521"
    RSA = "RSA"


class Algorithm(StrEnum):
    """The supported signature algorithms, by their JOSE names (RFC 7518, 3.1; RFC 8037, 3.1)."""

    EDDSA = "EdDSA"
    """Only with Ed25519; RFC 9864 names that combination `Ed25519`."""
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    """Only with P-521, whose name does not end in the number of the hash."""
    RS256 = "RS256"
    PS256 = "PS256"


BY_NAME: Mapping[str, Algorithm] = {
    **{algorithm.value: algorithm for algorithm in Algorithm},
    "Ed25519": Algorithm.EDDSA,
}
"""Names of the algorithms that a header or a JWK may use."""

ALGORITHMS: Mapping[Kind, frozenset[Algorithm]] = {
    Kind.ED25519: frozenset({Algorithm.EDDSA}),
    Kind.P256: frozenset({Algorithm.ES256}),
    Kind.P384: frozenset({Algorithm.ES384}),
    Kind.P521: frozenset({Algorithm.ES512}),
    Kind.RSA: frozenset({Algorithm.RS256, Algorithm.PS256}),
}

COORDINATE_SIZE: Mapping[Kind, int] = {Kind.P256: 32, Kind.P384: 48, Kind.P521: 66}
"""Size of a field element in bytes (SEC 1, 2.3.5)."""
SIGNATURE_SIZE: Mapping[Algorithm, int] = {
    Algorithm.EDDSA: 64,
    Algorithm.ES256: 2 * 32,
    Algorithm.ES384: 2 * 48,
    Algorithm.ES512: 2 * 66,
}
"""Bytes of a signature, where the algorithm alone determines them (RFC 8032, 5.1.6; RFC 7518, 3.4)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A loaded key that passed every check."""

    kind: Kind
    native: bytes | EllipticCurvePublicKey | RSAPublicKey
    """The 32 raw bytes for Ed25519, as libsodium takes them."""
    algorithms: frozenset[Algorithm]
    """All algorithms of its kind, or the one that its owner bound it to (`alg` of a JWK)."""


@dataclass(frozen=True, slots=True)
class UnusableKey:
    """A key that its controller lists but that cannot be used, with the error that reading it raised.

    ``code`` is `key_unsupported` when the key may be valid but Laurel does not support it.
    """

    code: str
    detail: str
