"""The shapes on a certificate, each with its operators in PDF (ISO 32000-1, 8.4 and 8.5), and in SVG.

Positions are in points from the top left corner of the page. Boxes, frames and codes stay sharp at any size.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from chalicelib.embed.artefacts import qr


@dataclass(frozen=True, slots=True)
class Box:
    """A filled box."""

    x: float
    y: float
    width: float
    height: float
    colour: str

    def operators(self, page_height: float) -> str:
        return f"{_rgb(self.colour)} rg {_rectangle(self, page_height)} f"

    @property
    def svg(self) -> str:
        return f'<rect {_place(self)} fill="{self.colour}"/>'


@dataclass(frozen=True, slots=True)
class Frame:
    """An empty box with a border of ``stroke`` points."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    stroke: float

    def operators(self, page_height: float) -> str:
        return f"{_rgb(self.colour)} RG {self.stroke:g} w {_rectangle(self, page_height)} S"

    @property
    def svg(self) -> str:
        return f'<rect {_place(self)} fill="none" stroke="{self.colour}" stroke-width="{self.stroke:g}"/>'


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code on white."""

    url: str
    x: float
    y: float
    side: float

    def operators(self, page_height: float) -> str:
        runs, size = qr.runs(self.url)
        scale = self.side / size
        dark = " ".join(f"{x} {y} {length} 1 re" for x, y, length in runs)
        place = f"{scale:.5f} 0 0 {-scale:.5f} {self.x:g} {page_height - self.y:g} cm"
        return f"q {place} 1 g 0 0 {size} {size} re f 0 g {dark} f Q"

    @property
    def svg(self) -> str:
        runs, size = qr.runs(self.url)
        dark = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs)
        place = f"translate({self.x:g} {self.y:g}) scale({self.side / size:.5f})"
        return f'<g transform="{place}"><path d="M0 0h{size}v{size}H0z" fill="#fff"/><path d="{dark}"/></g>'


@dataclass(frozen=True, slots=True)
class Raster:
    """A PNG with 8 bits for each of red, green, blue and alpha; one that is not ``opaque`` keeps its alpha channel."""

    image: bytes
    x: float
    y: float
    width: float
    height: float
    opaque: bool = False

    def operators(self, page_height: float, name: str) -> str:
        return f"q {self.width:g} 0 0 {self.height:g} {self.x:g} {page_height - self.y - self.height:g} cm /{name} Do Q"

    @property
    def svg(self) -> str:
        url = f"data:image/png;base64,{base64.b64encode(self.image).decode('ascii')}"
        return f'<image href="{url}" {_place(self)}/>'


Shape = Box | Frame | Code | Raster


def _place(shape: Box | Frame | Raster) -> str:
    return f'x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'


def _rectangle(shape: Box | Frame, page_height: float) -> str:
    return f"{shape.x:g} {page_height - shape.y - shape.height:g} {shape.width:g} {shape.height:g} re"


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))
