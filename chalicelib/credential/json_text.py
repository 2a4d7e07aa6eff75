"""Walk through JSON text and keep the place of each value, so that each can be judged by itself later.

`strict_json` judges a text as a whole. This only finds where the values of an object or a list begin and end: it
accepts duplicate names, numbers of any size and lone surrogates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

Read = Callable[[str, int], tuple[T, int]]
"""Reads the value of a text that begins at a position; returns it, and the position after it. Raises `ValueError`."""

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(parse_int=float)


def skip(text: str, at: int) -> int:
    """The position of the next character that is not white space."""
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def value(text: str, at: int) -> tuple[object, int]:
    """Any value; whole numbers are floats, because `int` refuses long ones. Raises `ValueError`, `RecursionError`."""
    return _DECODER.raw_decode(text, at)


def members(text: str, at: int, read: Callable[[str], Read[T]]) -> tuple[list[tuple[str, T]], int]:
    """The members of the object at ``at``; ``read(name)`` reads the value of a member.

    Raises `ValueError`, `RecursionError`.
    """
    found: list[tuple[str, T]] = []

    def member(text: str, at: int) -> int:
        _expect(text, at, '"', "property name enclosed in double quotes")
        name, at = value(text, at)
        at = skip(text, at)
        _expect(text, at, ":", "':' delimiter")
        read_value, at = read(str(name))(text, skip(text, at + 1))
        found.append((str(name), read_value))
        return at

    return found, _each(text, at, "{}", member)


def elements(text: str, at: int, read: Read[T]) -> tuple[list[T], int]:
    """The elements of the list at ``at``. Raises `ValueError`, `RecursionError`, and what ``read`` raises."""
    found: list[T] = []

    def element(text: str, at: int) -> int:
        one, at = read(text, at)
        found.append(one)
        return at

    return found, _each(text, at, "[]", element)


def _each(text: str, at: int, ends: str, one: Callable[[str, int], int]) -> int:
    """Read what is between ``ends`` with ``one``, which returns the position after it."""
    _expect(text, at, ends[0], f"'{ends[0]}'")
    at = skip(text, at + 1)
    if text[at : at + 1] == ends[1]:
        return at + 1
    while True:
        at = skip(text, one(text, at))
        if text[at : at + 1] == ends[1]:
            return at + 1
        _expect(text, at, ",", "',' delimiter")
        at = skip(text, at + 1)


def _expect(text: str, at: int, character: str, name: str) -> None:
    if text[at : at + 1] != character:
        raise json.JSONDecodeError(f"Expecting {name}", text, at)
