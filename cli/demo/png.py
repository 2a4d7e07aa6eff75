"""Draw filled shapes and save them as PNG, with Pillow (a development dependency)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw

Point = tuple[float, float]
Outline = Sequence[Point]
Colour = tuple[int, int, int]
Paint = Callable[[float], Colour]
"""The colour of a row, from 0.0 at the top of the canvas to 1.0 at the bottom."""

_OVERSAMPLING = 4
"""Shapes are drawn this much larger and scaled down, which smooths their edges."""


class Canvas:
    """A square of transparent RGBA pixels; coordinates run from 0 to ``size``, y downwards."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._image = Image.new("RGBA", (size, size))

    def fill(self, outlines: Sequence[Outline], paint: Paint) -> None:
        """Paint the area inside ``outlines``; areas where two overlap are holes (even-odd rule)."""
        large = self.size * _OVERSAMPLING
        area = Image.new("1", (large, large))
        for outline in outlines:
            shape = Image.new("1", (large, large))
            # Pillow includes the pixel at each corner, so corners move half a pixel inwards of the grid.
            corners = [(x * _OVERSAMPLING - 0.5, y * _OVERSAMPLING - 0.5) for x, y in outline]
            ImageDraw.Draw(shape).polygon(corners, fill=1)
            area = ImageChops.logical_xor(area, shape)
        mask = area.convert("L").resize((self.size, self.size), Image.Resampling.BOX)
        colours = Image.new("RGBA", (self.size, self.size))
        for y in range(self.size):
            colours.paste((*paint(y / self.size), 255), (0, y, self.size, y + 1))
        colours.putalpha(mask)
        self._image = Image.alpha_composite(self._image, colours)

    def png(self) -> bytes:
        """The image as a PNG file; the same image always gives the same bytes."""
        saved = BytesIO()
        self._image.save(saved, "PNG", optimize=True)
        return saved.getvalue()
