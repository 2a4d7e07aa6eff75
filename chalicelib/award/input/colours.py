"""Contrast of an issuer's accent colour, on which white text is shown."""

from __future__ import annotations

import re

from chalicelib.errors import Refused

DEFAULT = "#0b55a0"
"""Colour for an issuer without a readable accent colour."""
AA = 4.5
"""Minimum contrast of text with its background (WCAG 2.2, 1.4.3)."""

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)


def check(text: str) -> None:
    """Check that ``text`` is a colour such as #0b55a0 on which white text is readable. Raises `Refused`
    (`bad_colour`)."""
    if not _HEX.fullmatch(text):
        raise Refused(f"{text[:20]!r} is not a colour such as #0b55a0.", code="bad_colour")
    if readable(text) is None:
        # Rounded down: 4.48 must not look like the 4.5 that is needed.
        ratio = int(contrast(text, "#ffffff") * 100) / 100
        raise Refused(
            f"White text on {text} would be hard to read: the contrast is {ratio}:1, and at "
            f"least {AA}:1 is needed. Choose a darker colour.",
            code="bad_colour",
        )


def readable(colour: str | None) -> str | None:
    """``colour`` (`#rrggbb`) in lower case if white text on it is readable, else None."""
    if colour is None or not _HEX.fullmatch(colour) or contrast(colour, "#ffffff") < AA:
        return None
    return colour.lower()


def readable_or_default(colour: str | None) -> str:
    """``colour`` (`#rrggbb`) in lower case if white text on it is readable, else `DEFAULT`."""
    return readable(colour) or DEFAULT


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    # WCAG 2.2, "relative luminance".
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
