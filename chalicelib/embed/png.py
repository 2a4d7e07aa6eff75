"""Badge images as PNG, for email programs, which do not show SVG: the drawing of `svg`, rendered."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from chalicelib.embed import svg, texts
from chalicelib.embed.appearance import Size, Theme
from chalicelib.embed.artefacts import rendering
from chalicelib.embed.artefacts.typesetting import drawable
from chalicelib.embed.texts import Shown

KEPT = 64
"""Images kept in memory, of about 20 KB each: rendering takes 50 ms, and a badge is the same all day."""
SCALES = (1, 2)
"""Pixels for each CSS pixel; 2 is sharp on the screens of phones and most laptops."""


@lru_cache(maxsize=KEPT)
def draw(shown: Shown, size: Size, theme: Theme = Theme.LIGHT, scale: int = 1, unnamed: str = texts.UNNAMED) -> bytes:
    """Render the badge. A text in a script that no font has is left out, rather than shown as boxes; ``unnamed`` is
    shown in place of such a title."""
    return rendering.png(svg.draw(_drawable(shown, unnamed), size, theme), scale)


def _drawable(shown: Shown, unnamed: str) -> Shown:
    title = drawable(shown.title) or unnamed
    return replace(shown, title=title, holder=drawable(shown.holder), issuer=drawable(shown.issuer))
