"""Achievement images of the demo: nine outlines, each with its own symbol, drawn by code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from cli.demo.png import Canvas, Colour, Outline, Paint, Point

SIZE = 400
_MIDDLE = SIZE / 2
_WHITE: Colour = (255, 255, 255)


@cache
def picture(name: str) -> bytes:
    """Draw the PNG named ``name``, 400 by 400 pixels on a transparent background. Raises `KeyError` for an unknown
    name."""
    outline, sign, light, dark = _PICTURES[name]
    canvas = Canvas(SIZE)
    canvas.fill([_scaled(outline, 1.0)], _plain(_mix(dark, (0, 0, 0), 0.25)))
    canvas.fill([_scaled(outline, 0.96)], _shaded(light, dark))
    canvas.fill([_scaled(outline, 0.87), _scaled(outline, 0.845)], _plain(_mix(light, _WHITE, 0.55)))
    for part in sign():
        canvas.fill(part, _shaded(_WHITE, _mix(light, _WHITE, 0.82)))
    return canvas.png()


def _plain(colour: Colour) -> Paint:
    return lambda _: colour


def _shaded(top: Colour, foot: Colour) -> Paint:
    return lambda height: _mix(top, foot, height)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


# Outlines, centred on the canvas.


def _scaled(outline: Outline, by: float) -> Outline:
    return [(_MIDDLE + (x - _MIDDLE) * by, _MIDDLE + (y - _MIDDLE) * by) for x, y in outline]


def _polar(radius: Callable[[float], float], steps: int, turn: float = 0.0) -> Outline:
    angles = [turn + 2 * math.pi * step / steps for step in range(steps)]
    return [(_MIDDLE + radius(angle) * math.sin(angle), _MIDDLE - radius(angle) * math.cos(angle)) for angle in angles]


def _polygon(corners: int, radius: float = 195, turn: float = 0.0) -> Outline:
    return _polar(lambda _: radius, corners, turn)


def _circle(radius: float, x: float = _MIDDLE, y: float = _MIDDLE) -> Outline:
    return [(x + px - _MIDDLE, y + py - _MIDDLE) for px, py in _polar(lambda _: radius, 96)]


def _rosette(petals: int, depth: float) -> Outline:
    return _polar(lambda angle: 188 - depth + depth * abs(math.cos(petals * angle / 2)), 360)


def _star(points: int, inner: float) -> Outline:
    return [
        (_MIDDLE + r * math.sin(a), _MIDDLE - r * math.cos(a))
        for step in range(2 * points)
        for r, a in [((195, inner)[step % 2], math.pi * step / points)]
    ]


def _shield() -> Outline:
    foot = [
        (200 + 168 * math.cos(t) ** 0.85, 196 + 194 * math.sin(t))
        for t in [math.pi / 2 * step / 40 for step in range(40)]
    ]
    half = [(200, 10), (278, 40), (368, 46), *foot, (200, 390)]
    return [*half, *((SIZE - x, y) for x, y in reversed(half[1:-1]))]


def _soft_square() -> Outline:
    # A superellipse, rotated to stand on a corner.
    return _polar(lambda a: 195 / (abs(math.cos(a)) ** 1.35 + abs(math.sin(a)) ** 1.35) ** (1 / 1.35), 240)


# Symbols: parts are painted one after another; within a part the even-odd rule cuts holes.

Part = Sequence[Outline]


def _box(left: float, top: float, right: float, foot: float) -> Outline:
    return [(left, top), (right, top), (right, foot), (left, foot)]


def _stroke(points: Sequence[Point], width: float) -> list[Outline]:
    """Draw a line along ``points`` with round joints, as parts to be painted separately."""
    parts: list[Outline] = [_circle(width / 2, x, y) for x, y in points]
    for (x1, y1), (x2, y2) in pairwise(points):
        length = math.hypot(x2 - x1, y2 - y1)
        dx, dy = (y2 - y1) / length * width / 2, (x1 - x2) / length * width / 2
        parts.append([(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)])
    return parts


def _apart(outlines: Sequence[Outline]) -> list[Part]:
    return [[outline] for outline in outlines]


def _flame() -> list[Part]:
    def drop(width: float, height: float, foot: float, lean: float) -> Outline:
        turns = [2 * math.pi * step / 120 for step in range(120)]
        return [
            (
                _MIDDLE + width * math.sin(t) * abs(math.sin(t / 2)) ** 1.4 + lean * ((1 + math.cos(t)) / 2) ** 2,
                foot - height * (1 + math.cos(t)) / 2,
            )
            for t in turns
        ]

    return [[drop(96, 212, 300, 30), drop(48, 112, 290, -16)]]


def _hook() -> list[Part]:
    arc = [
        (200 + 56 * math.sin(a), 236 - 56 * math.cos(a)) for a in [math.pi * (0.08 + step / 30) for step in range(43)]
    ]
    return [[_circle(30, 200, 122), _circle(13, 200, 122)], *_apart(_stroke([(200, 150), (200, 178), *arc[1:]], 25))]


def _bolt() -> list[Part]:
    return [[[(226, 92), (132, 220), (190, 220), (166, 312), (270, 172), (208, 172)]]]


def _bars() -> list[Part]:
    bars = [_box(122 + 42 * n, 284 - height, 150 + 42 * n, 284) for n, height in enumerate((58, 96, 78, 146))]
    return _apart([*bars, *_stroke([(136, 186), (178, 148), (220, 166), (266, 104)], 11), _box(112, 290, 288, 300)])


def _pen() -> list[Part]:
    def turned(points: Outline) -> Outline:
        c, s = math.cos(math.radians(38)), math.sin(math.radians(38))
        return [(190 + (x - 200) * c - (y - 200) * s, 190 + (x - 200) * s + (y - 200) * c) for x, y in points]

    nib = turned([(176, 226), (224, 226), (200, 300)])
    shaft, cap = turned(_box(176, 118, 224, 218)), turned(_box(176, 82, 224, 110))
    return _apart([nib, shaft, cap, *_stroke([(206, 290), (280, 290)], 12)])


def _turbine() -> list[Part]:
    def blade(turn: float) -> Outline:
        shape = [(-7.0, -12.0), (-14.0, -44.0), (0.0, -116.0), (9.0, -44.0), (7.0, -12.0)]
        c, s = math.cos(turn), math.sin(turn)
        return [(200 + x * c - y * s, 168 + x * s + y * c) for x, y in shape]

    tower = [(194, 184), (206, 184), (214, 316), (186, 316)]
    return _apart([tower, *(blade(0.35 + 2 * math.pi * n / 3) for n in range(3)), _circle(13, 200, 168)])


def _heart() -> list[Part]:
    turns = [2 * math.pi * step / 120 for step in range(120)]
    heart = [
        (
            200 + 6.2 * 16 * math.sin(t) ** 3,
            186 - 6.2 * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)),
        )
        for t in turns
    ]
    pulse = [(122, 192), (164, 192), (182, 152), (206, 228), (224, 192), (278, 192)]
    return [[heart, [*pulse, *((x + 1, y + 13) for x, y in reversed(pulse))]]]


def _peaks() -> list[Part]:
    large = [(214, 108), (300, 272), (128, 272)]
    snow = [(214, 126), (238, 172), (222, 164), (212, 178), (202, 164), (190, 172)]
    small = [(146, 172), (178, 232), (157, 272), (94, 272)]
    return [[large, snow], [small], [_box(94, 282, 306, 292)]]


def _columns() -> list[Part]:
    roof, steps = [(200, 96), (300, 154), (100, 154)], [_box(112, 278, 288, 290), _box(98, 296, 302, 308)]
    return _apart([roof, *(_box(126 + 41 * n, 166, 151 + 41 * n, 270) for n in range(4)), *steps])


Picture = tuple[Outline, Callable[[], list[Part]], Colour, Colour]
_PICTURES: Mapping[str, Picture] = {
    "flame": (_polygon(6), _flame, (234, 122, 52), (158, 44, 28)),
    "hook": (_polygon(8, 195, math.pi / 8), _hook, (84, 128, 168), (26, 52, 92)),
    "bolt": (_soft_square(), _bolt, (226, 164, 34), (150, 88, 10)),
    "bars": (_circle(190), _bars, (58, 148, 190), (18, 78, 122)),
    "pen": (_rosette(12, 16), _pen, (146, 96, 182), (78, 38, 118)),
    "turbine": (_star(16, 172), _turbine, (74, 168, 118), (14, 92, 72)),
    "heart": (_shield(), _heart, (212, 66, 74), (138, 20, 44)),
    "peaks": (_polygon(5, 198), _peaks, (96, 116, 160), (42, 46, 92)),
    "columns": (_polygon(7), _columns, (176, 62, 92), (98, 18, 48)),
}
NAMES = tuple(_PICTURES)
