"""Certificate templates and paper sizes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.errors import Refused


class Template(StrEnum):
    """The look of a certificate."""

    CLASSIC = "classic"
    MODERN = "modern"
    PLAIN = "plain"


class Paper(StrEnum):
    """A size of paper, in landscape format."""

    A4 = "a4"
    LETTER = "letter"


SIZES: Mapping[Paper, tuple[int, int]] = {Paper.A4: (842, 595), Paper.LETTER: (792, 612)}
"""Width and height in points."""


def check(text: str) -> None:
    """Check that ``text`` names a template. Raises `Refused` (`bad_template`)."""
    if text not in tuple(Template):
        raise Refused(f"Choose one of these templates: {', '.join(Template)}.", code="bad_template")


def chosen(text: str | None) -> Template:
    """Return the template named ``text``, the first one for any other text."""
    return Template(text) if text in tuple(Template) else Template.CLASSIC


def paper(text: str | None) -> Paper:
    """Return the size named ``text``, A4 for any other text."""
    return Paper(text) if text in tuple(Paper) else Paper.A4
