"""Fold text for search: case, accents and compatibility forms do not matter."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters of Latin alphabets that Unicode does not decompose, though people type them without the stroke."""


def fold(text: str) -> str:
    """Fold ``text``, so that `Tomás`, `TOMAS` and `tomas` are equal."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(_LETTERS)
