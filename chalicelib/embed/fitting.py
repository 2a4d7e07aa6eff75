"""Fit text into a width without a font: an SVG image is drawn with whatever fonts its reader has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_NARROW = frozenset("ijlftrI.,:;'|!()[]-\"· ")
_WIDE = frozenset("mwMW@%&—…<>=+~^#")
_LONG = frozenset("سشصض")
"""Arabic letters that are wider than the others."""
NARROW, NORMAL, UPPER, WIDE, FULL = 0.42, 0.64, 0.77, 1.0, 1.05
"""Widths in em: the upper bound of each class in DejaVu Sans, the widest common font. A narrower font leaves room."""
BOLD = 1.1
"""The ratio of the width of bold to regular text."""
ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of ``text`` in pixels, at font size ``size``; the estimate is rather too large."""
    return sum(map(_em, text)) * size * (BOLD if bold else 1)


def lines(text: str, room: float, size: float, maximum: int, *, bold: bool = False) -> list[str]:
    """Break ``text`` into at most ``maximum`` lines of ``room`` pixels; the last may end with an ellipsis."""
    found: list[str] = []
    rest = text.strip()
    while rest and len(found) < maximum - 1:
        line, rest = _first_line(rest, room, size, bold)
        found.append(line)
    return [*found, _cut(rest, room, size, bold)] if rest else found


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left (UAX #9, P2 and P3)."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((found in ("R", "AL") for found in directions if found in ("L", "R", "AL")), False)


@lru_cache(maxsize=4096)
def _em(char: str) -> float:
    if char in _NARROW:
        return NARROW
    if char in _WIDE:
        return WIDE
    if char.isascii():
        return UPPER if char.isupper() else NORMAL
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    if char in _LONG or unicodedata.east_asian_width(char) in ("W", "F") or unicodedata.category(char) in ("So", "Mc"):
        return FULL
    return UPPER


def _first_line(text: str, room: float, size: float, bold: bool) -> tuple[str, str]:
    """Split ``text`` after the last word that fits; within a word only if it is longer than the line."""
    fitting = _fitting(text, room, size, bold)
    if fitting == len(text):
        return text, ""
    space = text.rfind(" ", 0, fitting + 1)
    at = space if space > 0 else max(fitting, 1)
    return text[:at].rstrip(), text[at:].lstrip()


def _cut(text: str, room: float, size: float, bold: bool) -> str:
    if width(text, size, bold=bold) <= room:
        return text
    short = text[: max(_fitting(text, room - width(ELLIPSIS, size, bold=bold), size, bold), 1)]
    return short.rstrip() + ELLIPSIS


def _fitting(text: Sequence[str], room: float, size: float, bold: bool) -> int:
    """Return how many characters fit; a mark stays with its letter."""
    used, factor = 0.0, size * (BOLD if bold else 1)
    for at, char in enumerate(text):
        used += _em(char) * factor
        if used > room:
            return at
    return len(text)


def in_visual_order(text: str) -> str:
    """Return one line in the order from left to right, in which PDF stores text.

    A simple form of UAX #9: runs of one direction, without brackets and nested levels.
    """
    if not any(unicodedata.bidirectional(char) in ("R", "AL") for char in text):
        return text
    base = is_right_to_left(text)
    runs: list[tuple[bool, str]] = []
    for char in text:
        rtl = _direction(char, runs[-1][0] if runs else base)
        if runs and runs[-1][0] is rtl:
            runs[-1] = (rtl, runs[-1][1] + char)
        else:
            runs.append((rtl, char))
    return "".join(run[::-1] if rtl else run for rtl, run in (reversed(runs) if base else runs))


def _direction(char: str, before: bool) -> bool:
    found = unicodedata.bidirectional(char)
    return True if found in ("R", "AL") else False if found in ("L", "EN", "AN") else before
