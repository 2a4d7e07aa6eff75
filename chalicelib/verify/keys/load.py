"""Load keys from raw numbers and points. Every key format goes through here, so no key check can be bypassed.

Loading can cost more than a signature check, so loaded keys are cached. The caches are bounded, and only well-formed
keys are cached, so entries are small.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.errors import Malformed
from chalicelib.verify.keys.public_key import ALGORITHMS, COORDINATE_SIZE, Kind, PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

CACHED = 512
"""Number of loaded keys that each cache keeps."""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
"""The prime of the field and the constant d of the curve (RFC 8032, 5.1)."""
_ORDER_EIGHT = (
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)
_SMALL_ORDER = frozenset({0, 1, _P - 1, *_ORDER_EIGHT})
"""The y coordinates of the eight points of small order. With such a "key", anyone can make signatures that verify
(libsodium refuses it at every signature; here it gets its own error code). A test derives the list by curve
arithmetic."""

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
"""RFC 7518, 3.3 requires 2048 or more; a signature check with 8192 takes about 1 ms."""
MAX_RSA_EXPONENT = 2**32
"""Maximum exponent. Real keys use 3 or 65537; the time of a signature check grows with the exponent's length."""

_GENERATOR = 65537
_ROCA_RESIDUES = tuple(
    (prime, frozenset(pow(_GENERATOR, power, prime) for power in range(prime)))
    for prime in range(3, 168)
    if all(prime % divisor for divisor in range(2, prime))
)
"""Moduli from a faulty generator (ROCA, CVE-2017-15361) are powers of 65537 modulo every small prime, and can be
factored from the public key. One in 2^27 other moduli matches by chance."""


@lru_cache(maxsize=CACHED)
def ed25519(raw: bytes) -> PublicKey:
    """Load an Ed25519 key of 32 bytes.

    Raises `Malformed`: `key_weak` for a point of small order, `key_malformed` for a non-canonical encoding (RFC 8032,
    5.1.3) or bytes that are not a point.
    """
    if len(raw) != 32:
        raise Malformed("An Ed25519 key has 32 bytes.", code="key_malformed")
    y = int.from_bytes(raw, "little") & (2**255 - 1)  # the top bit is the sign of x
    if y >= _P:
        raise Malformed("This key is not in its canonical form.", code="key_malformed")
    if y in _SMALL_ORDER:
        raise Malformed("This key would accept any signature.", code="key_weak")
    if not _is_on_the_curve(y):
        raise Malformed("This is not a valid Ed25519 key.", code="key_malformed")
    return _key(Kind.ED25519, raw)


def _is_on_the_curve(y: int) -> bool:
    """Whether some x satisfies x^2 = (y^2 - 1) / (d y^2 + 1): by Euler's criterion, if the right side is a square."""
    square = y * y
    return pow((square - 1) * (_D * square + 1), (_P - 1) // 2, _P) == 1


@lru_cache(maxsize=CACHED)
def elliptic(kind: Kind, point: bytes) -> PublicKey:
    """Load a P-256, P-384 or P-521 key from ``point``, encoded as in SEC 1, 2.3.3 (compressed or not, never hybrid).

    Raises `Malformed` with code `key_malformed` when ``point`` is not on that curve.
    """
    size = COORDINATE_SIZE[kind]
    compressed = point[:1] in {b"\2", b"\3"} and len(point) == size + 1
    if not compressed and not (point[:1] == b"\4" and len(point) == 2 * size + 1):
        raise Malformed(f"This is not the format of a {kind} key.", code="key_malformed")
    from chalicelib.verify.keys import openssl  # imported late, see there

    try:
        return _key(kind, openssl.elliptic(kind, point))
    except ValueError as error:
        raise Malformed(f"This is not a valid {kind} key.", code="key_malformed") from error


@lru_cache(maxsize=CACHED)
def rsa(modulus: int, exponent: int) -> PublicKey:
    """Load the RSA key with these numbers.

    Raises `Malformed`: `key_weak` for a key that is too short, has a trivial exponent or comes from a generator known
    to be broken, `key_malformed` for numbers that cannot be an RSA key, `key_unsupported` beyond Laurel's limits.
    """
    bits = modulus.bit_length()
    if bits < MIN_RSA_BITS or exponent < 3 or all(modulus % prime in powers for prime, powers in _ROCA_RESIDUES):
        raise Malformed("This RSA key is too weak.", code="key_weak")
    if bits > MAX_RSA_BITS or exponent > MAX_RSA_EXPONENT:
        raise Malformed("This RSA key is larger than Laurel supports.", code="key_unsupported")
    if modulus % 2 == 0 or exponent % 2 == 0:
        raise Malformed("This is not a valid RSA key.", code="key_malformed")
    from chalicelib.verify.keys import openssl  # imported late, see there

    try:
        return _key(Kind.RSA, openssl.rsa(modulus, exponent))
    except ValueError as error:
        raise Malformed("This is not a valid RSA key.", code="key_malformed") from error


def of_numbers(kind: Kind | None, numbers: bytes | tuple[int, int]) -> PublicKey:
    """Load a key of ``kind`` from its numbers, as `openssl.numbers_of` returns them.

    Raises `Malformed` as the functions above do; `key_unsupported` without a kind.
    """
    if isinstance(numbers, tuple):
        return rsa(*numbers)
    if kind is None:
        raise Malformed("Laurel does not support this type of key yet.", code="key_unsupported")
    return ed25519(numbers) if kind is Kind.ED25519 else elliptic(kind, numbers)


def _key(kind: Kind, native: bytes | EllipticCurvePublicKey | RSAPublicKey) -> PublicKey:
    return PublicKey(kind, native, ALGORITHMS[kind])
