"""The dictionary that finds words with one typo, in seven small reads for a word.

A word of the index is stored twice: with its first three letters and its length, and with what follows the third
letter. If one letter is wrong, either the prefix or the rest is intact, and the only error that damages both, a swap of
the third and fourth letter, is undone before looking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from chalicelib.directory import text

_HEAD = 3
SHORTEST = text.TYPO_LENGTH - 1
"""Minimum length of a word that a typed word of `TYPO_LENGTH` letters can be a misspelling of."""


def stored_under(word: str) -> tuple[str, ...]:
    """The keys of ``word`` in the dictionary; none if it is never compared."""
    if len(word) < SHORTEST or not word.isalpha() or text.is_cjk(word):
        return ()
    return _by_beginning(word[:_HEAD], len(word)), _by_rest(word[_HEAD:])


def looked_up(typed: str) -> tuple[str, ...]:
    """The keys under which every word with one typo is found."""
    if not text.may_have_typo(typed):
        return ()
    head, size = typed[:_HEAD], len(typed)
    swapped = typed[:2] + typed[3] + typed[2]
    return (
        *(_by_beginning(head, length) for length in (size - 1, size, size + 1)),
        _by_beginning(swapped[:_HEAD], size),
        *(_by_rest(typed[at:]) for at in (_HEAD - 1, _HEAD, _HEAD + 1)),
    )


def similar(typed: str, dictionary: Mapping[str, Collection[str]], limit: int) -> tuple[str, ...]:
    """The words that may be meant by ``typed``, in alphabetical order, at most ``limit``."""
    candidates = {word for key in looked_up(typed) for word in dictionary.get(key, ())}
    return tuple(sorted(word for word in candidates if text.has_typo(typed, word))[:limit])


def _by_beginning(head: str, length: int) -> str:
    return f"{head}*{length}"


def _by_rest(rest: str) -> str:
    return f"*{rest}"
