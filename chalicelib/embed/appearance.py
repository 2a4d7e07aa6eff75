"""Sizes, themes, colours and shapes of widgets and badge images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """The sizes, from the largest to the smallest."""

    CARD = "card"
    COMPACT = "compact"
    BADGE = "badge"


class Theme(StrEnum):
    """The colours around the verdict; `auto` follows the reader's preference."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Box:
    """Width and height in CSS pixels."""

    width: int
    height: int


BOXES: Mapping[Size, Box] = {Size.CARD: Box(320, 152), Size.COMPACT: Box(260, 64), Size.BADGE: Box(120, 160)}
"""A card fits into the narrowest phone (320 px), and a badge is readable at 120 px. Published snippets state these
numbers, so a change needs a new size instead."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme."""

    paper: str
    ink: str
    soft: str
    line: str


LIGHT = Palette("#ffffff", "#15181c", "#555e69", "#d3d9e0")
DARK = Palette("#14171a", "#e9ecef", "#a8b1bb", "#363d45")
"""The same colours as the pages (`http/templates/style.css`)."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of a verdict, the same in both themes; a test computes their contrast."""

    band: str
    on: str
    mark: str


TONES: Mapping[str, Tone] = {
    "good": Tone("#0a6640", "#ffffff", "#ffffff"),
    "caution": Tone("#fff3d6", "#2b1d00", "#a85b00"),
    "warn": Tone("#ffd45e", "#221900", "#221900"),
    "bad": Tone("#a3161b", "#ffffff", "#ffffff"),
    "open": Tone("#3f4c66", "#ffffff", "#ffffff"),
    "replaced": Tone("#24507f", "#ffffff", "#ffffff"),
}

SHAPES: Mapping[str, tuple[str, str]] = {
    "tick": ("M24 2a22 22 0 1 0 .01 0z", "M13.5 25l7.5 7.5L35 17.5"),
    "triangle": ("M24 4.5 46 43H2z", "M24 18v12M24 36.2v.6"),
    "notice": ("M24 2a22 22 0 1 0 .01 0z", "M24 12v15M24 34.4v.6"),
    "arrow": ("M24 2a22 22 0 1 0 .01 0z", "M13 24h21M25.5 14.5 35 24l-9.5 9.5"),
    "octagon": ("M15.3 3h17.4L45 15.3v17.4L32.7 45H15.3L3 32.7V15.3z", "M16.5 16.5l15 15M31.5 16.5l-15 15"),
    "question": (
        "M12 3h24a9 9 0 0 1 9 9v24a9 9 0 0 1-9 9H12a9 9 0 0 1-9-9V12a9 9 0 0 1 9-9z",
        "M17.5 18.5c0-4 2.8-6.5 6.6-6.5s6.6 2.3 6.6 6c0 5.4-6.7 5.4-6.7 10.6M24 35.6v.6",
    ),
}
"""The outline and the mark of each verdict's icon, in a square of 48 px: the icons of the pages (`icons.html`)."""


def size_of(text: str | None) -> Size:
    """Return the size named ``text``; a card for any other text, because a widget with a typo in its attributes must
    still show the credential."""
    return Size(text) if text in tuple(Size) else Size.CARD


def theme_of(text: str | None, default: Theme = Theme.AUTO) -> Theme:
    """Return the theme named ``text``, ``default`` for any other text."""
    return Theme(text) if text in tuple(Theme) else default
