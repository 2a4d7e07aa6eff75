"""A letter as text and as HTML.

Mail programs are forty browsers: no script, no web font, no layout that needs more than a column. Every style that a
reader must have stands on its element; what is in the style sheet, dark colours, may be lost without harm. Nothing is
loaded but pictures of our own, and everything can be read without them.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.delivery.emails.email_content import Letter

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 72
"""Characters of a line of text (RFC 5322, 2.1.1 advises 78; a quotation takes some of them)."""


class Rendered(NamedTuple):
    """Both forms of one letter."""

    text: str
    html: str


def render(letter: Letter) -> Rendered:
    """Both forms of ``letter``."""
    text = _environment(html=False).get_template("letter.txt").render(letter=letter)
    html = _environment(html=True).get_template("letter.html").render(letter=letter)
    return Rendered(text.strip() + "\n", html)


@cache
def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701 - the other template is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


def _wrapped(text: str, indent: str = "") -> str:
    # Long addresses stay whole: a broken one is no link.
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
