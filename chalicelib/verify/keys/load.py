"""From raw numbers and points to keys. Every form of key comes through here, so no check on one can be gone around.

Loading costs more than a signature check on some curves, so loaded keys are kept; the caches are bounded, and
what they hold is short because only well-formed keys are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import ALGORITHMS, Kind, PublicKey

CACHED = 512
"""Keys of each sort that stay loaded."""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
"""The prime of the field and the constant d of the curve (RFC 8032, 5.1)."""
_ORDER_EIGHT = (
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)
_SMALL_ORDER = frozenset({0, 1, _P - 1, *_ORDER_EIGHT})
"""The y coordinates of the eight points of small order: with such a "key" anybody can make signatures that hold
(libsodium refuses it at every signature; here it is named). The list is checked by arithmetic in the tests."""

COORDINATE_SIZE: Mapping[Kind, int] = {Kind.P256: 32, Kind.P384: 48}
"""Bytes of a field element (SEC 1, 2.3.5)."""
_CURVES: Mapping[Kind, ec.EllipticCurve] = {Kind.P256: ec.SECP256R1(), Kind.P384: ec.SECP384R1()}

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
"""RFC 7518, 3.3 asks for 2048 or more; checking a signature takes about 1 ms with 8192."""
MAX_RSA_EXPONENT = 2**32
"""Real keys have 3 or 65537; the time of a check grows with the exponent's length."""

_GENERATOR = 65537
_MARKS = tuple(
    (prime, frozenset(pow(_GENERATOR, power, prime) for power in range(prime)))
    for prime in range(3, 168)
    if all(prime % divisor for divisor in range(2, prime))
)
"""Moduli from a faulty generator (ROCA, CVE-2017-15361) are powers of 65537 modulo every small prime, and can be
factored from the public key; another modulus is so once in 2^27 times."""


@lru_cache(maxsize=CACHED)
def ed25519(raw: bytes) -> PublicKey:
    """The Ed25519 key of 32 bytes.

    Raises `Malformed`: `key_weak` for a point of small order, `key_malformed` for a non-canonical encoding
    (RFC 8032, 5.1.3) or bytes that are no point.
    """
    if len(raw) != 32:
        raise Malformed("An Ed25519 key has 32 bytes.", code="key_malformed")
    y = int.from_bytes(raw, "little") & (2**255 - 1)  # the top bit is the sign of x
    if y >= _P:
        raise Malformed("This key is not in its canonical form.", code="key_malformed")
    if y in _SMALL_ORDER:
        raise Malformed("This key would accept any signature.", code="key_weak")
    if not _is_on_the_curve(y):
        raise Malformed("These bytes are not an Ed25519 key.", code="key_malformed")
    return _key(Kind.ED25519, raw)


def _is_on_the_curve(y: int) -> bool:
    """Whether some x makes x^2 = (y^2 - 1) / (d y^2 + 1), that is, whether the right side is a square (Euler)."""
    square = y * y
    return pow((square - 1) * (_D * square + 1), (_P - 1) // 2, _P) == 1


@lru_cache(maxsize=CACHED)
def elliptic(kind: Kind, point: bytes) -> PublicKey:
    """The P-256 or P-384 key at ``point``, written as SEC 1, 2.3.3 has it (compressed or not, never hybrid).

    Raises `Malformed` with code `key_malformed` when it is not a point of that curve.
    """
    size = COORDINATE_SIZE[kind]
    compressed = point[:1] in {b"\2", b"\3"} and len(point) == size + 1
    if not compressed and not (point[:1] == b"\4" and len(point) == 2 * size + 1):
        raise Malformed(f"This is not the format of a {kind} key.", code="key_malformed")
    try:
        return _key(kind, ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], point))
    except ValueError as error:
        raise Malformed(f"These bytes are not a {kind} key.", code="key_malformed") from error


@lru_cache(maxsize=CACHED)
def rsa(modulus: int, exponent: int) -> PublicKey:
    """The RSA key of these numbers.

    Raises `Malformed`: `key_weak` for one that is short, has a trivial exponent or comes from a generator known to be
    broken, `key_malformed` for numbers that no RSA key has, `key_unsupported` beyond the bounds that Laurel sets.
    """
    bits = modulus.bit_length()
    if bits < MIN_RSA_BITS or exponent < 3 or all(modulus % prime in powers for prime, powers in _MARKS):
        raise Malformed("This RSA key is too weak.", code="key_weak")
    if bits > MAX_RSA_BITS or exponent > MAX_RSA_EXPONENT:
        raise Malformed("This RSA key is larger than Laurel supports.", code="key_unsupported")
    if modulus % 2 == 0 or exponent % 2 == 0:
        raise Malformed("These numbers are not an RSA key.", code="key_malformed")
    try:
        return _key(Kind.RSA, RSAPublicNumbers(exponent, modulus).public_key())
    except ValueError as error:
        raise Malformed("These numbers are not an RSA key.", code="key_malformed") from error


def _key(kind: Kind, native: bytes | ec.EllipticCurvePublicKey | RSAPublicKey) -> PublicKey:
    return PublicKey(kind, native, ALGORITHMS[kind])
