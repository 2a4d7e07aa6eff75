"""Fit text into boxes: lines with their positions, for SVG and PDF."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from chalicelib.embed import fitting, fonts
from chalicelib.embed.fonts import noto

INK, SOFT, PAPER = "#15181c", "#555e69", "#ffffff"


@dataclass(frozen=True, slots=True)
class Style:
    """A text style. Sizes are tried in order until the text fits."""

    sizes: tuple[float, ...]
    colour: str = INK
    bold: bool = False
    anchor: str = "start"
    rtl: bool = False
    """Whether text that would start at the left edge starts at the right edge, whatever its script."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; ``x`` is where its ``anchor`` is, ``y`` its baseline."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    bold: bool
    anchor: str
    rtl: bool

    @property
    def svg(self) -> str:
        """The line as an element."""
        weight = ' font-weight="700"' if self.bold else ""
        # Isolated by characters (UAX #9, RLI and PDI), because the renderer ignores `direction`.
        text = f"\u2067{self.text}\u2069" if self.rtl else self.text
        return (
            f'<text x="{self.x:g}" y="{self.y:g}" font-size="{self.size:g}" fill="{self.colour}"{weight} '
            f'text-anchor="{self.anchor}">{escape(text)}</text>'
        )

    @property
    def width(self) -> float:
        """Its width by estimate."""
        return fitting.width(self.text, self.size, bold=self.bold)

    @property
    def left(self) -> float:
        """Its left edge by estimate."""
        return self.x - {"start": 0.0, "middle": self.width / 2, "end": self.width}[self.anchor]


def place(text: str, x: float, y: float, room: float, style: Style, maximum: int = 1) -> tuple[tuple[Line, ...], float]:
    """Fit ``text`` into at most ``maximum`` lines of ``room``, from its top edge at ``y``.

    Returns the lines and their lower edge. ``x`` is the left edge, or the middle for `middle`. Text from right to left
    that would start at the left edge starts at the right edge.
    """
    text = drawable(text)
    if not text:
        return (), y
    size, found = _fitted(text, room, style, maximum)
    rtl = fitting.is_right_to_left(text)
    edge = ("end", x + room) if rtl or style.rtl else ("start", x)
    anchor, start = edge if style.anchor == "start" else (style.anchor, x)
    leading = size * 1.25
    lines = tuple(
        Line(line, start, round(y + size + number * leading, 2), size, style.colour, style.bold, anchor, rtl)
        for number, line in enumerate(found)
    )
    return lines, y + len(found) * leading


def stack(
    parts: Iterable[tuple[str, float, Style, int]], x: float, top: float, room: float, step: int
) -> tuple[tuple[Line, ...], float]:
    """Stack texts, without the ``step`` largest sizes of each.

    Each has a gap above it, a style, and the number of its lines. Returns the lines and their lower edge.
    """
    lines: list[Line] = []
    for text, gap, style, maximum in parts:
        smaller = replace(style, sizes=style.sizes[min(step, len(style.sizes) - 1) :])
        placed, top = place(text, x, top + gap, room, smaller, maximum)
        lines += placed
    return tuple(lines), top


def _fitted(text: str, room: float, style: Style, maximum: int) -> tuple[float, list[str]]:
    for size in style.sizes:
        found = fitting.lines(text, room, size, maximum, bold=style.bold)
        if "".join(found).replace(" ", "") == text.replace(" ", ""):
            return size, found
    return style.sizes[-1], found


def drawable(text: str) -> str:
    """Return ``text`` as far as there are fonts for it.

    Symbols without a font, such as emoji, are left out. A text with such a letter is left out as a whole: a name
    without some of its letters is a different name.
    """
    missing = {char for char in set(text) if not _has_font(char)}
    if any(unicodedata.category(char)[0] in "LMN" and not _is_selector(char) for char in missing):
        return ""
    return " ".join("".join(char for char in text if char not in missing).split())


def drawable_or(text: str, instead: str) -> str:
    """Return ``text`` as `drawable` does, or ``instead`` if nothing of it can be drawn; None for None."""
    return drawable(text) or (instead if text else "")


def can_be_drawn(*shown: str | None) -> bool:
    """Whether the fonts support every text: a certificate must not lack its holder, title or issuer."""
    return all(drawable(text) for text in shown if text)


def svg(width: float, height: float, drawn: Iterable[str], left: float = 0, top: float = 0) -> str:
    """Return the part of a drawing that is ``width`` by ``height`` pixels large and starts at ``left``, ``top``."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}" font-family="{fonts.FAMILY}">{"".join(drawn)}</svg>'
    )


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Return a filled box."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'


def image(url: str, x: float, y: float, side: float) -> str:
    """Return an image in a square."""
    return f'<image href="{escape(url)}" x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}"/>'


def aligned_image(url: str, width: float, height: float, side: str) -> str:
    """Return an image as large as fits into a box at the origin, at its left (`xMin`) or right (`xMax`) ``side``."""
    return f'<image href="{escape(url)}" width="{width:g}" height="{height:g}" preserveAspectRatio="{side}YMid"/>'


def exact_image(url: str, x: int, y: int, side: int) -> str:
    """Return an image of exactly ``side`` by ``side`` pixels: smoothing it changes nothing and takes 40 ms."""
    return image(url, x, y, side).replace("<image ", '<image image-rendering="optimizeSpeed" ')


def _has_font(char: str) -> bool:
    return char == " " or fonts.covers(char) or any(script.covers(char) for script in noto.SCRIPTS)


def _is_selector(char: str) -> bool:
    """Whether ``char`` only selects a variant, such as a coloured one, of the symbol before it."""
    return "\ufe00" <= char <= "\ufe0f"
