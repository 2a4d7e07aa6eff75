"""Drawing and writing PNG, read back by a decoder of the test's own."""

from __future__ import annotations

import math
import struct
import zlib
from itertools import combinations

import pytest

from cli.demo import pictures
from cli.demo.catalogue import LESSONS
from cli.demo.png import Canvas

Pixels = list[list[tuple[int, int, int, int]]]


def decode(png: bytes) -> Pixels:
    """The pixels of an 8-bit RGBA file without filters; every checksum is looked at."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [8, 6, 0, 0, 0]
    raw = zlib.decompress(chunks[b"IDAT"])
    assert len(raw) == height * (1 + 4 * width)
    rows = [raw[y * (1 + 4 * width) :][: 1 + 4 * width] for y in range(height)]
    assert {row[0] for row in rows} == {0}
    return [[tuple(row[1 + 4 * x : 5 + 4 * x]) for x in range(width)] for row in rows]  # type: ignore[misc]


def square(left: float, top: float, right: float, foot: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, foot), (left, foot)]


def red(_: float) -> tuple[int, int, int]:
    return 255, 0, 0


def alphas(canvas: Canvas) -> list[list[int]]:
    return [[pixel[3] for pixel in row] for row in decode(canvas.png())]


def test_a_square_on_pixel_borders_is_sharp() -> None:
    canvas = Canvas(4)
    canvas.fill([square(1, 1, 3, 3)], red)
    assert decode(canvas.png()) == [
        [(255, 0, 0, 255) if 1 <= x < 3 and 1 <= y < 3 else (0, 0, 0, 0) for x in range(4)] for y in range(4)
    ]


def test_a_pixel_that_is_covered_by_half_is_half_opaque() -> None:
    canvas = Canvas(3)
    canvas.fill([square(0.5, 0, 2, 3)], red)
    assert alphas(canvas) == [[128, 255, 0]] * 3


def test_where_two_outlines_overlap_is_a_hole() -> None:
    canvas = Canvas(5)
    canvas.fill([square(0, 0, 5, 5), square(1, 1, 4, 4)], red)
    assert [row[2] for row in alphas(canvas)] == [255, 0, 0, 0, 255]


def test_what_lies_outside_the_canvas_is_left_out() -> None:
    canvas = Canvas(2)
    canvas.fill([square(-5, -5, 9, 9)], red)
    assert alphas(canvas) == [[255, 255], [255, 255]]


def test_a_later_colour_covers_an_earlier_one() -> None:
    canvas = Canvas(2)
    canvas.fill([square(0, 0, 2, 2)], red)
    canvas.fill([square(0.5, 0, 2, 2)], lambda _: (0, 0, 255))
    assert decode(canvas.png())[0] == [(128, 0, 128, 255), (0, 0, 255, 255)]


def test_the_paint_may_change_from_row_to_row() -> None:
    canvas = Canvas(2)
    canvas.fill([square(0, 0, 2, 2)], lambda height: (round(100 * height), 0, 0))
    assert [row[0][0] for row in decode(canvas.png())] == [0, 50]


def test_a_disc_has_the_area_of_a_disc() -> None:
    canvas = Canvas(100)
    canvas.fill([[(50 + 40 * math.sin(t / 100), 50 - 40 * math.cos(t / 100)) for t in range(628)]], red)
    area = sum(map(sum, alphas(canvas))) / 255
    assert abs(area - math.pi * 40**2) < 10


@pytest.mark.parametrize("name", pictures.NAMES)
def test_each_picture_is_400_pixels_wide_on_a_transparent_ground(name: str) -> None:
    pixels = decode(pictures.picture(name))
    assert len(pixels) == len(pixels[0]) == 400
    assert pixels[0][0][3] == pixels[399][399][3] == 0
    assert pixels[60][200][3] == 255
    assert len(pictures.picture(name)) < 40_000


def opaque(png: bytes) -> frozenset[tuple[int, int]]:
    return frozenset((x, y) for y, row in enumerate(decode(png)) for x, pixel in enumerate(row) if pixel[3])


def test_every_picture_has_an_outline_of_its_own() -> None:
    outlines = [opaque(pictures.picture(name)) for name in pictures.NAMES]
    assert min(len(one ^ other) for one, other in combinations(outlines, 2)) > 3_000


def test_the_same_picture_is_drawn_every_time() -> None:
    again = pictures.picture.__wrapped__("bolt")
    assert again == pictures.picture("bolt")


def test_every_lesson_has_a_picture_of_its_own() -> None:
    assert sorted(lesson.picture for lesson in LESSONS) == sorted(pictures.NAMES)
