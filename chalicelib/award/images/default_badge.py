"""Draw a badge for an achievement without an image: a medal in the issuer's colour with the achievement's initials."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, unescape

from chalicelib.award.input import colours

_RIM = "#ffffff"
_COLOUR = re.compile(rb'fill="(#[0-9a-f]{6})"')
_LETTERS = re.compile(rb">([^<]+)</text></svg>\Z")
MAX_LETTERS = 3


def draw(name: str, accent: str | None) -> bytes:
    """Draw the badge of the achievement ``name`` as SVG; the same input always gives the same bytes."""
    return draw_letters(initials(name), accent)


def is_drawn(picture: bytes) -> bool:
    """Whether ``picture`` is a drawn badge, in any colour and with any letters, and not an uploaded image."""
    colour, letters = _COLOUR.search(picture), _LETTERS.search(picture)
    if colour is None:
        return False
    text = unescape(letters[1].decode("utf-8", "replace")) if letters else ""
    return draw_letters(text, colour[1].decode("ascii")) == picture


def draw_letters(letters: str, accent: str | None) -> bytes:
    """Draw the badge with ``letters``, or with a star without any."""
    size = {0: 0, 1: 150, 2: 124}.get(len(letters), 92)
    text = (
        f'<text x="200" y="178" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif" '
        f'font-weight="700" font-size="{size}" fill="{_RIM}">{escape(letters)}</text>'
        if letters
        else f'<path d="M200 112l20 41 45 7-33 32 8 45-40-21-40 21 8-45-33-32 45-7z" fill="{_RIM}"/>'
    )
    colour = colours.readable_or_default(accent)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
        f'<path d="M128 250 92 382l62-18 46 30 46-30 62 18-36-132z" fill="{colour}"/>'
        f'<path d="M128 250 92 382l62-18 46 30 46-30 62 18-36-132z" fill="#000" fill-opacity=".25"/>'
        f'<circle cx="200" cy="178" r="166" fill="{colour}"/>'
        f'<circle cx="200" cy="178" r="142" fill="none" stroke="{_RIM}" stroke-opacity=".75" stroke-width="6"/>'
        f"{text}</svg>"
    ).encode()


def initials(name: str) -> str:
    """Up to three initials of the words of ``name``; one for a single word, none without letters."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    significant = [word for word in words if len(word) > 2 or word[0].isupper() or word[0].isdigit()] or words
    return "".join(word[0] for word in significant[:MAX_LETTERS]).upper()[:MAX_LETTERS]
