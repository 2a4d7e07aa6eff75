"""An issuer's branding in an email."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.award.input import colours


@dataclass(frozen=True, slots=True)
class Brand:
    """The sender's name, optional logo (an absolute URL) and colour of the main button."""

    name: str
    picture: str | None = None
    accent: str = colours.DEFAULT


LAUREL = Brand("Laurel")
"""Branding of emails from Laurel itself."""
