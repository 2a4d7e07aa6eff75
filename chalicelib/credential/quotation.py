"""Prepare text that someone else wrote for quotation within a sentence of ours."""

from __future__ import annotations

MAX_LENGTH = 120
"""Characters of a name that a sentence shows; a longer one could pass for sentences of its own."""

_QUOTATION_MARKS = dict.fromkeys(map(ord, '"“”„‟«»″‶〝〞〟＂❝❞🙶🙷🙸「」『』《》'), "'")


def unquoted(text: str, limit: int = MAX_LENGTH) -> str:
    """Return ``text`` with apostrophes for its quotation marks, cut at ``limit``.

    Otherwise a name could close the quotation marks around it and go on in our words.
    """
    plain = text.translate(_QUOTATION_MARKS)
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"
