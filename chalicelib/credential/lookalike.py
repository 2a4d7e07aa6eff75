"""Names that can be mistaken for each other, by what is left of them without everything that a reader may overlook."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_STYLED = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|(?:NEGATIVE|CROSSED NEGATIVE) (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER"
    r"|REGIONAL INDICATOR SYMBOL LETTER) ([A-Z])"
)
"""The Unicode names of letters that are styled forms of A to Z and neither in TR39 nor in NFKC."""
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f]")
"""Combining marks of European scripts and for symbols, and variation selectors. Those of other scripts are letters."""
_EUROPEAN = ("LATIN ", "GREEK ", "CYRILLIC ")
"""The beginnings of the Unicode names of letters on which a mark of any script is only an accent."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols without a visible glyph: the Hangul fillers and the blank Braille pattern."""
_TRADE_MARKS = dict.fromkeys(map(ord, "\u2120\u2122"))
"""They are letters in NFKC."""


def skeletons(name: str) -> frozenset[str]:
    """``name`` without everything that a reader may overlook: two names that share a skeleton can be mistaken for each
    other.

    The confusable characters are those of Unicode TR39, section 4, of the name as it is written, in lower case and in
    upper case, because two letters may look alike in one case only. White space, punctuation, emoji and other symbols,
    invisible characters and the accents of European scripts do not count either, small capitals and letters in boxes
    are letters, and i, l and 1 are one letter, because a capital I looks like an l.
    """
    plain = "".join(map(_unstyled, unicodedata.normalize("NFKC", name.translate(_TRADE_MARKS))))
    return frozenset(_skeleton(form) for form in (plain, plain.casefold(), plain.upper())) - {""} or frozenset({name})


def digests(name: str) -> list[str]:
    """The skeletons of ``name``, hashed because one can be longer than a key."""
    return sorted(hashlib.sha256(one.encode()).hexdigest() for one in skeletons(name))


def _skeleton(text: str) -> str:
    mapped = "".join(_prototype(char) for char in _without_accents(unicodedata.normalize("NFD", text)))
    folded = unicodedata.normalize("NFD", mapped.casefold()).replace("i", "l").replace("vv", "w")
    return "".join(char for char in folded if not _is_overlooked(char))


def _without_accents(text: str) -> Iterator[str]:
    """The characters of ``text``, which is decomposed, without marks on letters of European scripts."""
    is_european = True
    for char in text:
        if not _is_mark(char):
            is_european = char.isascii() or unicodedata.name(char, "").startswith(_EUROPEAN)
        elif is_european:
            continue
        yield char


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


@lru_cache(maxsize=4096)
def _prototype(char: str) -> str:
    """The character or characters that stand for all that look like ``char``."""
    if _is_mark(char):
        return char  # TR39 maps some vowel signs and voicing marks to accents, which do not count
    # Imported late: a table of 900 KB, which only creating and renaming issuers need.
    from confusable_homoglyphs.confusables import confusables_data

    # The library lists every pair in both directions. TR39 maps each character to one prototype, which is never mapped
    # itself, so the prototype is the one with several entries, or the longer one of a single pair.
    looks_like = _entries(confusables_data, char)
    if len(looks_like) != 1:
        return char
    other = looks_like[0]
    if len(_entries(confusables_data, other)) > 1:
        return other
    return max(char, other, key=lambda one: (len(one), one))


def _entries(table: dict[str, list[dict[str, str]]], char: str) -> list[str]:
    # Right-to-left characters are listed between left-to-right marks.
    return sorted({entry["c"].strip("\u200e") for entry in table.get(char, ())} - {char})


def _unstyled(char: str) -> str:
    found = None if char.isascii() else _STYLED.fullmatch(unicodedata.name(char, ""))
    return char if found is None else found[1]


def _is_overlooked(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "ZPC" or category in ("So", "Sk") or char in _BLANKS or _MARKS.fullmatch(char) is not None
