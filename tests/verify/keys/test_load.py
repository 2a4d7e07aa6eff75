from __future__ import annotations

import math

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.errors import Malformed
from chalicelib.verify.keys import load
from chalicelib.verify.keys.public_key import COORDINATE_SIZE, Algorithm, Kind
from tests.verify.keys.edwards import ORDER, P, point_at, times


def small_order_ys() -> set[int]:
    """Return the y of every point whose order divides 8, by arithmetic on the curve (RFC 8032, 5.1)."""
    ys: set[int] = set()
    for y in range(2, 40):
        point = point_at(y)
        if point is not None:
            torsion = times(point, ORDER)
            ys |= {times(torsion, factor)[1] for factor in range(8)}
    return ys


@pytest.mark.slow
def test_all_points_of_small_order_are_refused() -> None:
    assert small_order_ys() == load._SMALL_ORDER


@pytest.mark.parametrize("sign", [0, 0x80])
@pytest.mark.parametrize("y", sorted(load._SMALL_ORDER))
def test_a_key_that_would_accept_any_signature_is_refused(y: int, sign: int) -> None:
    raw = bytearray(y.to_bytes(32, "little"))
    raw[31] |= sign
    with pytest.raises(Malformed) as caught:
        load.ed25519(bytes(raw))
    assert caught.value.code == "key_weak"


@pytest.mark.parametrize("y", [P, P + 1, P + 3, 2**255 - 1])
def test_a_non_canonical_key_is_refused(y: int) -> None:
    with pytest.raises(Malformed) as caught:
        load.ed25519(y.to_bytes(32, "little"))
    assert caught.value.code == "key_malformed"


@pytest.mark.parametrize("y", [y for y in range(2, 40) if point_at(y) is None][:5])
def test_bytes_that_are_not_a_point_are_refused(y: int) -> None:
    with pytest.raises(Malformed) as caught:
        load.ed25519(y.to_bytes(32, "little"))
    assert caught.value.code == "key_malformed"


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_an_ed25519_key_has_32_bytes(size: int) -> None:
    with pytest.raises(Malformed) as caught:
        load.ed25519((b"\x58" + b"\x66" * 63)[:size])
    assert caught.value.code == "key_malformed"


@pytest.mark.parametrize("y", [y for y in range(2, 40) if point_at(y) is not None])
def test_every_other_point_is_a_key(y: int) -> None:
    assert load.ed25519(y.to_bytes(32, "little")).native == y.to_bytes(32, "little")


def refusal_of_rsa(modulus: int, exponent: int = 65537) -> str:
    with pytest.raises(Malformed) as caught:
        load.rsa(modulus, exponent)
    return caught.value.code


def odd_modulus(bits: int) -> int:
    return (1 << bits) - 1


@pytest.mark.parametrize("bits", [load.MIN_RSA_BITS, 3072, 4096, load.MAX_RSA_BITS])
@pytest.mark.parametrize("exponent", [3, 17, 65537, 2**32 - 1])
def test_an_rsa_key_within_the_limits_is_loaded(bits: int, exponent: int) -> None:
    key = load.rsa(odd_modulus(bits), exponent)
    assert key.algorithms == {Algorithm.RS256, Algorithm.PS256}


@pytest.mark.parametrize("bits", [1, 512, 1024, load.MIN_RSA_BITS - 1])
def test_a_short_rsa_key_is_refused(bits: int) -> None:
    assert refusal_of_rsa(odd_modulus(bits)) == "key_weak"


@pytest.mark.parametrize("exponent", [0, 1, 2])
def test_a_trivial_rsa_exponent_is_refused(exponent: int) -> None:
    assert refusal_of_rsa(odd_modulus(2048), exponent) == "key_weak"


def test_rsa_numbers_beyond_the_limits_are_unsupported() -> None:
    assert refusal_of_rsa(odd_modulus(load.MAX_RSA_BITS + 1)) == "key_unsupported"
    assert refusal_of_rsa(odd_modulus(2048), 2**32 + 1) == "key_unsupported"


def test_even_rsa_numbers_are_refused() -> None:
    assert refusal_of_rsa(odd_modulus(2048) - 1) == "key_malformed"
    assert refusal_of_rsa(odd_modulus(2048), 65536) == "key_malformed"


@pytest.mark.parametrize("power", [1, 12345, 2**40 + 7])
def test_an_rsa_key_of_the_roca_generator_is_refused(power: int) -> None:
    """The generator's moduli are powers of 65537 modulo the product of the first primes (CVE-2017-15361)."""
    product = math.prod(prime for prime in range(2, 168) if all(prime % divisor for divisor in range(2, prime)))
    modulus = ((1 << 2047) // product + 1) * product + pow(65537, power, product)
    assert modulus.bit_length() == 2048
    assert refusal_of_rsa(modulus) == "key_weak"
    assert load.rsa(modulus + 2, 65537)


@pytest.mark.parametrize(
    ("kind", "curve"), [(Kind.P256, ec.SECP256R1()), (Kind.P384, ec.SECP384R1())], ids=["P-256", "P-384"]
)
class TestPointsOfACurve:
    def written(self, curve: ec.EllipticCurve, form: PublicFormat) -> bytes:
        return ec.derive_private_key(7, curve).public_key().public_bytes(Encoding.X962, form)

    def test_compressed_and_uncompressed_points_give_the_same_key(self, kind: Kind, curve: ec.EllipticCurve) -> None:
        short = self.written(curve, PublicFormat.CompressedPoint)
        long = self.written(curve, PublicFormat.UncompressedPoint)
        assert load.elliptic(kind, short) == load.elliptic(kind, long)

    def test_an_invalid_point_is_refused(self, kind: Kind, curve: ec.EllipticCurve) -> None:
        short = self.written(curve, PublicFormat.CompressedPoint)
        long = self.written(curve, PublicFormat.UncompressedPoint)
        size = COORDINATE_SIZE[kind]
        prime = {Kind.P256: P256, Kind.P384: P384}[kind]
        off_curve = next(x for x in range(1, 99) if not on_curve(curve, x)).to_bytes(size, "big")
        wrong = {
            "nothing": b"",
            "infinity": b"\0",
            "one byte short": short[:-1],
            "one byte long": short + b"\0",
            "another first byte": b"\5" + short[1:],
            "hybrid": bytes([6 + long[-1] % 2]) + long[1:],
            "x that is on no point": b"\2" + off_curve,
            "x not reduced": b"\2" + (prime + 5).to_bytes(size, "big"),
            "x too large": b"\2" + b"\xff" * size,
            "y of another point": long[:-1] + bytes([long[-1] ^ 1]),
            "y not reduced": b"\4" + long[1 : size + 1] + b"\xff" * size,
            "zero": b"\4" + bytes(2 * size),
        }
        for name, point in wrong.items():
            with pytest.raises(Malformed) as caught:
                load.elliptic(kind, point)
            assert caught.value.code == "key_malformed", name


def on_curve(curve: ec.EllipticCurve, x: int) -> bool:
    prime, b = {"secp256r1": (P256, P256_B), "secp384r1": (P384, P384_B)}[curve.name]
    square = (x**3 - 3 * x + b) % prime
    return pow(square, (prime - 1) // 2, prime) in {0, 1}


P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
P384 = 2**384 - 2**128 - 2**96 + 2**32 - 1
P384_B = 0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF
