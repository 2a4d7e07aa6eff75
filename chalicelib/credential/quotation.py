"""Prepare text that someone else wrote for quotation within a sentence of ours."""

from __future__ import annotations

import re
from unicodedata import category

MAX_LENGTH = 120
"""Maximum characters of a name that a sentence shows; a longer one could pass for sentences of its own."""

_QUOTATION_MARKS = dict.fromkeys(map(ord, '"“”„‟«»″‶‷〝〞〟＂❝❞🙶🙷🙸⹂「」｢｣『』《》ˮʺ˝˶'), "'")
_LOOKS_LIKE_ONE = re.compile(
    "['`´‘’‚‛′‵＇ʹʻʼʽˈˊˋ❛❜\u05f3](?:[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]*"
    "['`´‘’‚‛′‵＇ʹʻʼʽˈˊˋ❛❜\u05f3])+|(?<![\u05d0-\u05ea])\u05f4|\u05f4(?![\u05d0-\u05ea])"
)
"""Apostrophes side by side, whatever is invisible between them; and the gershayim, unless within a Hebrew word, as
in many abbreviations."""


def escape_quotes(text: str, limit: int | None = MAX_LENGTH) -> str:
    """Return ``text`` with apostrophes for its quotation marks, cut at ``limit`` if there is one.

    Otherwise a name could close the quotation marks around it and go on in our words.
    """
    plain = _LOOKS_LIKE_ONE.sub("'", text.translate(_QUOTATION_MARKS))
    return plain if limit is None or len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


MAX_MARKS = 4
"""Maximum combining marks on one letter. Vietnamese has two, pointed Arabic and Hebrew three, Tibetan four."""
_MARKS = ("Mn", "Me")
_MAY_BE_A_PILE = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1}}}")
"""No mark is a word character, nor is an invisible one. Looking at each character of a long text takes 30 times as
long."""


def limit_combining_marks(text: str) -> str:
    """Return ``text`` with at most `MAX_MARKS` marks on each letter.

    Fonts pile them up without end, so hundreds on one letter would cover the lines above, such as a verdict.
    """
    if not _MAY_BE_A_PILE.search(text):
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        kind = category(char)
        if kind in _MARKS:
            marks += 1
            if marks > MAX_MARKS:
                continue
        elif kind != "Cf":  # an invisible character between two marks does not start another pile
            marks = 0
        kept.append(char)
    return "".join(kept)
