"""The fonts that an issuer can choose: system font stacks only, so that no page loads a font from anywhere."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import Refused

FONTS: Mapping[str, str] = {
    "serif": "Serif, such as Georgia",
    "humanist": "Humanist, such as Optima or Candara",
    "rounded": "Rounded, such as Nunito or Arial Rounded",
    "slab": "Slab serif, such as Rockwell",
}
"""Names, as stored and as classes of `style.css`, and their descriptions. Without one, pages use the system's font."""


def check(name: str) -> None:
    """Check the name of a font. Raises `Refused` (`bad_font`)."""
    if name not in FONTS:
        raise Refused(f"{name[:40]!r} is not one of the fonts {', '.join(FONTS)}.", code="bad_font")


def known(name: str | None) -> str | None:
    """``name`` if it is a font's, else None."""
    return name if name in FONTS else None
