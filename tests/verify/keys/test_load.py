from __future__ import annotations

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.keys import load

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    return (
        (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P,
        (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P,
    )


def times(point: Point, factor: int) -> Point:
    result = (0, 1)
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


def point_at(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    for x in (root := pow(square, (P + 3) // 8, P), root * pow(2, (P - 1) // 4, P) % P):
        if (x * x - square) % P == 0:
            return x, y
    return None


def small_order_ys() -> set[int]:
    """The y of every point whose order divides 8, by arithmetic on the curve (RFC 8032, 5.1)."""
    ys: set[int] = set()
    for y in range(2, 40):
        point = point_at(y)
        if point is not None:
            torsion = times(point, ORDER)
            ys |= {times(torsion, factor)[1] for factor in range(8)}
    return ys


def test_the_refused_points_are_all_points_of_small_order() -> None:
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
def test_a_key_written_in_another_than_its_canonical_form_is_refused(y: int) -> None:
    with pytest.raises(Malformed) as caught:
        load.ed25519(y.to_bytes(32, "little"))
    assert caught.value.code == "key_malformed"
