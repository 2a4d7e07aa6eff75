"""How text is compared: folding, words, prefixes and typos. Index and queries use the same functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MAX_WORD = 40
"""Maximum characters of a word that are compared."""
MAX_KEY = 120
"""Maximum characters of a value that are compared."""
TYPO_LENGTH = 5
"""Minimum length of a word that may contain a typo: in shorter words, one letter makes a different word."""

_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
"""Accents of European scripts and vowel points of Hebrew and Arabic. Marks of other scripts are letters."""
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
"""Letters that Unicode does not decompose and that people type without the stroke."""
_APOSTROPHES = "'’‘ʼʹ`´"
_JOINED = str.maketrans("", "", _APOSTROPHES)
_SUFFIXES = "+#"
"""Signs that belong to the letter before them, as in C++ and C#."""
_ASCII_RUN = re.compile("[a-z0-9][a-z0-9+#]*")
_CJK = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Scripts that are written without spaces, or in names without them: Han, Hiragana, Katakana and Hangul syllables."""


@lru_cache(4_096)
def fold(text: str) -> str:
    """``text`` without the differences that a search ignores: width, case and accents."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", plain)).translate(_LETTERS)
    return unicodedata.normalize("NFC", bare)


@lru_cache(4_096)
def key(text: str) -> str:
    """What identifies a skill or a place: two texts with the same key are the same value."""
    return " ".join(_runs(fold(text).translate(_JOINED)))[:MAX_KEY]


@lru_cache(4_096)
def indexed_words(text: str) -> frozenset[str]:
    """Every word by which ``text`` is found. One with an apostrophe is found by its parts and without it."""
    folded = fold(text)
    found = set(_split(folded.translate(_JOINED)))
    if any(sign in folded for sign in _APOSTROPHES):
        found.update(_split(folded))
    return frozenset(found)


def searched_words(text: str) -> tuple[str, ...]:
    """The words of a query, in order, without repetitions."""
    return tuple(dict.fromkeys(_split(fold(text).translate(_JOINED))))


def is_cjk(word: str) -> bool:
    """Whether ``word`` is a character or a pair of characters of a script that is compared by pairs."""
    return _CJK.fullmatch(word) is not None


def prefix_group(word: str) -> str:
    """The prefix by which names are grouped: two letters, or one character of a script compared by pairs."""
    return word[:1] if is_cjk(word) else word[:2]


def has_typo(typed: str, word: str) -> bool:
    """Whether ``typed`` is ``word`` with one letter missing, added, replaced, or swapped with its neighbour."""
    if abs(len(typed) - len(word)) > 1 or typed == word:
        return False
    start = 0
    while start < min(len(typed), len(word)) and typed[start] == word[start]:
        start += 1
    one, two = typed[start:], word[start:]
    if len(one) != len(two):
        longer, shorter = (one, two) if len(one) > len(two) else (two, one)
        return longer[1:] == shorter
    return one[1:] == two[1:] or (one[:2] == two[1::-1] and one[2:] == two[2:])


def may_have_typo(word: str) -> bool:
    """Whether ``word`` is compared with similar words."""
    return len(word) >= TYPO_LENGTH and word.isalpha() and not is_cjk(word)


def _split(folded: str) -> Iterator[str]:
    for run in _runs(folded):
        yield from _words_of_run(run)


def _words_of_run(run: str) -> Iterator[str]:
    """``run`` without spaces: pairs of characters where a script has no spaces between words."""
    end = 0
    for match in _CJK.finditer(run):
        if match.start() > end:
            yield run[end : match.start()][:MAX_WORD]
        characters = match[0]
        yield from (characters[at : at + 2] for at in range(max(1, len(characters) - 1)))
        end = match.end()
    if end < len(run):
        yield run[end:][:MAX_WORD]


def _runs(folded: str) -> Iterator[str]:
    if folded.isascii():  # most text: five times as fast
        yield from _ASCII_RUN.findall(folded)
        return
    run = ""
    for character in folded:
        if unicodedata.category(character)[0] in "LNM" or (character in _SUFFIXES and run):
            run += character
        elif run:
            yield run
            run = ""
    if run:
        yield run
