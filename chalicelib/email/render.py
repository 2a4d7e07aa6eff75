"""Render an email as text and as HTML.

Email clients differ widely, so there are no scripts, no web fonts and only one column. Essential styles are inline; the
style sheet holds only dark colours, which a client may ignore. All images are hosted by Laurel, and every email is
readable without them.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.delivery.emails.parts.email_content import EmailContent
from chalicelib.language.languages import direction
from chalicelib.language.translation import translation

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 72
"""Characters per line of text. RFC 5322, 2.1.1 advises 78; this leaves room for quotation marks in replies."""


class Rendered(NamedTuple):
    """One email in both formats."""

    text: str
    html: str


def render(content: EmailContent) -> Rendered:
    """Render ``content`` in both formats."""
    spoken = translation(content.language)
    shown = {"content": content, "_": spoken.gettext, "direction": direction(content.language)}
    text = _environment(html=False).get_template("email.txt").render(shown)
    html = _environment(html=True).get_template("email.html").render(shown)
    return Rendered(text.strip() + "\n", html)


@cache
def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701 - the text template must not be escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


def _wrapped(text: str, indent: str = "") -> str:
    # URLs are never broken, so that they stay clickable.
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
