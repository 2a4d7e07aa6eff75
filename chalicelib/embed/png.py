"""Badge images as PNG, for email clients, which do not show SVG: the drawing of `svg`, rendered."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from chalicelib.embed import svg, texts
from chalicelib.embed.appearance import Size, Theme
from chalicelib.embed.artefacts import rendering
from chalicelib.embed.artefacts.typesetting import drawable, drawable_or
from chalicelib.embed.texts import WidgetTexts
from chalicelib.language.translation import ENGLISH, Translation

KEPT = 64
"""Images kept in memory, of about 20 KB each: rendering takes 50 ms, and a badge is the same all day."""
SCALES = (1, 2)
"""Pixels for each CSS pixel; 2 is sharp on the screens of phones and most laptops."""


@lru_cache(maxsize=KEPT)
def draw(
    shown: WidgetTexts, size: Size, theme: Theme = Theme.LIGHT, scale: int = 1, language: Translation = ENGLISH
) -> bytes:
    """Render the badge. Instead of a name in a script that no font has, it says in ``language`` that the name is not
    shown."""
    return rendering.png(svg.draw(_drawable(shown, language), size, theme), scale)


def _drawable(shown: WidgetTexts, language: Translation) -> WidgetTexts:
    return replace(
        shown,
        title=drawable(shown.title) or language.text(texts.UNNAMED),
        holder=drawable_or(shown.holder, language.text(texts.HOLDER_NOT_DRAWN)),
        issuer=drawable_or(shown.issuer, language.text(texts.ISSUER_NOT_DRAWN)),
    )
