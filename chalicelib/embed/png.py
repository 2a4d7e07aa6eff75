"""Badge images as PNG, for email programs, which show no SVG: the drawing of `svg`, rendered."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from chalicelib.embed import fonts, svg, texts
from chalicelib.embed.appearance import Size, Theme
from chalicelib.embed.texts import Shown

KEPT = 64
"""Images kept in memory, of about 20 KB each: rendering takes 50 ms, and a badge is the same all day."""
SCALES = (1, 2)
"""Pixels for each CSS pixel; 2 is sharp on the screens of phones and most laptops."""


@lru_cache(maxsize=KEPT)
def draw(shown: Shown, size: Size, theme: Theme = Theme.LIGHT, scale: int = 1) -> bytes:
    """Render the badge. A text in a script that the fonts do not have is left out, rather than shown as boxes."""
    import resvg_py  # imported here: most requests draw no PNG, and it adds a megabyte to a cold start

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg.draw(_drawable(shown), size, theme),
            zoom=scale,
            skip_system_fonts=True,
            font_files=list(fonts.FILES),
            font_family=fonts.FAMILY,
        )
    )


def _drawable(shown: Shown) -> Shown:
    return replace(
        shown,
        title=shown.title if fonts.covers(shown.title) else texts.UNNAMED,
        holder=shown.holder if fonts.covers(shown.holder) else "",
        issuer=shown.issuer if fonts.covers(shown.issuer) else "",
    )
