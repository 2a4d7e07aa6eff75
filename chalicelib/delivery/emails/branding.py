"""The issuer's face in a letter."""

from __future__ import annotations

import re
from dataclasses import dataclass

AA = 4.5
"""The least contrast of text with its ground (WCAG 2.2, 1.4.3)."""
OURS = "#0b55a0"
"""The colour of buttons where an issuer has none that can be read."""

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brand:
    """Who speaks: a name, perhaps a picture (an absolute address), and the colour of the main button."""

    name: str
    picture: str | None = None
    accent: str = OURS


LAUREL = Brand("Laurel")
"""For letters that are not an issuer's."""


def readable(accent: str | None) -> str:
    """``accent`` (`#rrggbb`) where white text can be read on it, else `OURS`."""
    if accent is None or not _HEX.fullmatch(accent) or contrast(accent, "#ffffff") < AA:
        return OURS
    return accent.lower()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    # WCAG 2.2, "relative luminance".
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
