"""Text from other people on one line of an email."""

from __future__ import annotations

from unicodedata import category

from chalicelib.credential.quotation import limit_combining_marks

NAME = 120
"""Maximum characters of a name in a sentence or subject; an inbox shows about sixty."""


def line(text: str, limit: int = NAME) -> str:
    """``text`` on one line, safe in a subject or sentence: no line breaks, controls, directional formatting or piles of
    marks."""
    printable = "".join(
        " " if char.isspace() else char for char in limit_combining_marks(text) if category(char) not in _DROPPED
    )
    single = " ".join(printable.split())
    return single if len(single) <= limit else single[: limit - 1].rstrip() + "…"


_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode categories removed from a line, apart from white space: controls, formatting, surrogates, private use and
unassigned."""
