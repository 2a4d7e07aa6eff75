"""Drawing the demo's badge images."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image

from cli.demo import pictures
from cli.demo.catalogue import COURSES
from cli.demo.png import Canvas

Pixels = list[list[tuple[int, int, int, int]]]


def decode(png: bytes) -> Pixels:
    image = Image.open(BytesIO(png))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    pixels = image.load()
    assert pixels is not None
    return [[pixels[x, y] for x in range(image.width)] for y in range(image.height)]


def square(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def red(_: float) -> tuple[int, int, int]:
    return 255, 0, 0


def alphas(canvas: Canvas) -> list[list[int]]:
    return [[pixel[3] for pixel in row] for row in decode(canvas.png())]


def test_overlapping_outlines_leave_a_hole() -> None:
    canvas = Canvas(50)
    canvas.fill([square(0, 0, 50, 50), square(10, 10, 40, 40)], red)
    middle = alphas(canvas)[25]
    assert (middle[5], middle[25], middle[45]) == (255, 0, 255)


def test_shapes_may_extend_beyond_the_canvas() -> None:
    canvas = Canvas(2)
    canvas.fill([square(-5, -5, 9, 9)], red)
    assert alphas(canvas) == [[255, 255], [255, 255]]


def test_paint_may_change_from_row_to_row() -> None:
    canvas = Canvas(2)
    canvas.fill([square(-1, -1, 3, 3)], lambda height: (round(100 * height), 0, 0))
    assert [row[0][0] for row in decode(canvas.png())] == [0, 50]


@pytest.mark.slow
@pytest.mark.parametrize("name", pictures.NAMES)
def test_each_image_is_400_pixels_wide_on_a_transparent_background(name: str) -> None:
    pixels = decode(pictures.picture(name))
    assert len(pixels) == len(pixels[0]) == 400
    assert pixels[0][0][3] == pixels[399][399][3] == 0
    assert pixels[60][200][3] == 255
    assert len(pictures.picture(name)) < 40_000


def opaque(png: bytes) -> frozenset[tuple[int, int]]:
    return frozenset((x, y) for y, row in enumerate(decode(png)) for x, pixel in enumerate(row) if pixel[3])


@pytest.mark.slow
def test_every_image_has_its_own_outline() -> None:
    outlines = [opaque(pictures.picture(name)) for name in pictures.NAMES]
    assert min(len(one ^ other) for one, other in combinations(outlines, 2)) > 3_000


def test_an_image_is_the_same_every_time() -> None:
    again = pictures.picture.__wrapped__("bolt")
    assert again == pictures.picture("bolt")


def test_every_achievement_has_its_own_image() -> None:
    assert sorted(course.picture for course in COURSES) == sorted(pictures.NAMES)
