"""The Ed25519 curve in plain arithmetic (RFC 8032, 5.1): slow, and independent of the libraries."""

from __future__ import annotations

from functools import cache

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    inverse = pow(1 - product * product, -1, P)  # of both denominators at once: an inversion takes longest
    return (
        (a[0] * b[1] + b[0] * a[1]) * (1 - product) * inverse % P,
        (a[1] * b[1] + a[0] * b[0]) * (1 + product) * inverse % P,
    )


@cache
def times(point: Point, factor: int) -> Point:
    result = (0, 1)
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


@cache
def point_at(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    for x in (root := pow(square, (P + 3) // 8, P), root * pow(2, (P - 1) // 4, P) % P):
        if (x * x - square) % P == 0:
            return x, y
    return None


IDENTITY: Point = (0, 1)


def encoded(point: Point) -> bytes:
    """Encode a point (RFC 8032, 5.1.2)."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _base() -> Point:
    point = point_at(4 * pow(5, -1, P) % P)
    assert point is not None
    return point if point[0] % 2 == 0 else (P - point[0], point[1])


BASE = _base()


def torsion(factor: int) -> Point:
    """A point of order eight, multiplied by ``factor``."""
    found = (times(point, ORDER) for point in map(point_at, range(2, 60)) if point is not None)
    return times(next(point for point in found if times(point, 4) != IDENTITY), factor)
