"""An issuer's branding in an email."""

from __future__ import annotations

import re
from dataclasses import dataclass

AA = 4.5
"""Minimum contrast of text with its background (WCAG 2.2, 1.4.3)."""
DEFAULT_ACCENT = "#0b55a0"
"""Button colour for an issuer without a readable accent colour."""

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brand:
    """The sender's name, optional logo (an absolute URL) and colour of the main button."""

    name: str
    picture: str | None = None
    accent: str = DEFAULT_ACCENT


LAUREL = Brand("Laurel")
"""Branding of emails from Laurel itself."""


def readable(accent: str | None) -> str:
    """``accent`` (`#rrggbb`) if white text on it is readable, else `DEFAULT_ACCENT`."""
    if accent is None or not _HEX.fullmatch(accent) or contrast(accent, "#ffffff") < AA:
        return DEFAULT_ACCENT
    return accent.lower()


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    # WCAG 2.2, "relative luminance".
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
