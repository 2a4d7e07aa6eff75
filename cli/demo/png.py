"""Draw filled shapes and write them as PNG, with the standard library alone (PNG, third edition)."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence

Point = tuple[float, float]
Outline = Sequence[Point]
Colour = tuple[int, int, int]
Paint = Callable[[float], Colour]
"""The colour of a row, from 0.0 at the top of the canvas to 1.0 at its foot."""

_SUBLINES = 4
"""Lines per row of pixels: edges are smoothed exactly along x and in quarters along y."""


class Canvas:
    """A square of transparent RGBA pixels; coordinates run from 0 to ``size``, y downwards."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rows = [bytearray(4 * size) for _ in range(size)]

    def fill(self, outlines: Sequence[Outline], paint: Paint) -> None:
        """Paint the area inside ``outlines``; where two overlap is a hole (even-odd rule)."""
        edges = [edge for outline in outlines for edge in _edges(outline)]
        top = max(0, math.floor(min(min(y1, y2) for _, y1, _, y2 in edges)))
        bottom = min(self.size, math.ceil(max(max(y1, y2) for _, y1, _, y2 in edges)))
        for y in range(top, bottom):
            colour = bytes(paint(y / self.size))
            near = [edge for edge in edges if min(edge[1], edge[3]) < y + 1 and max(edge[1], edge[3]) > y]
            for start, end, cover in _coverage(near, y, self.size):
                self._blend(self.rows[y], start, end, colour, cover)

    def _blend(self, row: bytearray, start: int, end: int, colour: bytes, cover: float) -> None:
        if cover > 0.999:
            row[4 * start : 4 * end] = (colour + b"\xff") * (end - start)
            return
        for at in range(4 * start, 4 * end, 4):
            below = row[at + 3] / 255 * (1 - cover)
            alpha = cover + below
            for channel in range(3):
                row[at + channel] = round((colour[channel] * cover + row[at + channel] * below) / alpha)
            row[at + 3] = round(alpha * 255)

    def png(self) -> bytes:
        """The picture as a PNG file; the same picture always gives the same bytes."""
        header = struct.pack(">IIBBBBB", self.size, self.size, 8, 6, 0, 0, 0)  # 8 bits a channel, RGBA
        pixels = b"".join(b"\0" + row for row in self.rows)  # filter type 0 in front of each row
        body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(pixels, 9)) + _chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _edges(outline: Outline) -> Iterator[tuple[float, float, float, float]]:
    for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if y1 != y2:
            yield x1, y1, x2, y2


def _coverage(
    edges: Sequence[tuple[float, float, float, float]], y: int, size: int
) -> Iterator[tuple[int, int, float]]:
    """Runs of pixels of row ``y`` as (start, end, share that is covered)."""
    steps = [0.0] * (size + 2)
    touched = set()
    for line in range(_SUBLINES):
        at = y + (line + 0.5) / _SUBLINES
        crossings = sorted(
            x1 + (at - y1) * (x2 - x1) / (y2 - y1) for x1, y1, x2, y2 in edges if (y1 <= at) != (y2 <= at)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            for crossing, sign in ((left, 1 / _SUBLINES), (right, -1 / _SUBLINES)):
                x = min(max(crossing, 0.0), float(size))
                pixel = int(x)
                # The pixel that the edge cuts gets its share, the next one on the rest.
                steps[pixel] += sign * (pixel + 1 - x)
                steps[pixel + 1] += sign * (x - pixel)
                touched |= {pixel, pixel + 1}
    marks = sorted(mark for mark in touched if mark < size)
    cover = 0.0
    for start, end in zip(marks, [*marks[1:], size], strict=False):
        cover += steps[start]
        if cover > 0.002:
            yield start, end, min(cover, 1.0)
