"""An issuer's branding in an email."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.award.input import colours

DEFAULT_ACCENT = "#0b55a0"
"""Button colour for an issuer without a readable accent colour."""


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
    return colours.readable(accent) or DEFAULT_ACCENT
