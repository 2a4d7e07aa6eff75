"""Parse rows from JSON: an array of objects, or one object per line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from chalicelib.award.bulk import columns
from chalicelib.award.bulk.columns import RawRow, Unreadable
from chalicelib.credential.json_errors import reason
from chalicelib.errors import Malformed

MAX_OBJECTS = 1_048_576
"""Maximum number of objects in an upload, including nested ones; the same as for lines in a table."""
MAX_ITEM = 256 * 1024
"""Maximum characters of an item; parsing takes up to fifty times as much memory."""
MAX_NAMES = 1_000
"""Maximum number of different member names; ten are known."""
MAX_LINKS = 100
"""Maximum evidence links read from one row; a credential can have far fewer (`issue.MAX_EVIDENCE`)."""

_SPACE = re.compile(r"[ \t\r\n]*")


def array(text: str, *, any_columns: bool) -> Iterator[RawRow]:
    """Parse rows from a JSON array. Raises `Unreadable`, `Malformed` (`too_large`)."""
    items = _Items(any_columns=any_columns)
    at = text.index("[") + 1
    number = 0
    while (at := _past_space(text, at)) < len(text) and text[at] != "]":
        number += 1
        value, at = items.value(text, at, number)
        yield items.cells(number, value)
        at = _past_space(text, at)
        if text[at : at + 1] == "," and text[_past_space(text, at + 1) : at + 2] != "]":
            at += 1
        elif text[at : at + 1] != "]":
            raise Unreadable(f"After item {number} a comma or the end of the array is missing.", code="not_json")
    if text[at:].strip() != "]":
        raise Unreadable("The JSON array is not closed, or is followed by something else.", code="not_json")


def lines(each: Iterable[str], *, any_columns: bool) -> Iterator[RawRow]:
    """Parse rows from lines of JSON objects. Raises as `array`."""
    items = _Items(any_columns=any_columns)
    for number, line in enumerate(each, start=1):
        if line.strip():
            value, at = items.value(line, _past_space(line, 0), number)
            if line[at:].strip():
                raise Unreadable(f"Line {number} has something after the object.", code="not_json")
            yield items.cells(number, value)


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


class _Items:
    """Parses the items of one JSON upload and enforces its limits."""

    _SHORT = 4 * 1024
    """Characters that suffice for nearly every item; only longer items copy the full limit."""

    def __init__(self, *, any_columns: bool) -> None:
        self._any_columns = any_columns
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=_constant)
        self._objects = 0
        self._named: dict[str, str | None] = {}

    def value(self, text: str, at: int, number: int) -> tuple[object, int]:
        """Parse the item that starts at ``at``, and return the value and the end position. Raises `Unreadable`, and
        `Malformed` (`too_large`)."""
        row_error: ValueError | RecursionError | None = None
        for max_characters in (self._SHORT, MAX_ITEM):
            piece = text[at : at + max_characters]
            is_complete = at + len(piece) == len(text)
            try:
                value, end = self._decoder.raw_decode(piece)
                if is_complete or end < len(piece):  # a number may be cut at the end
                    return value, at + end
            except (ValueError, RecursionError) as error:
                row_error = error
            if is_complete:
                break
        else:
            detail = f"Item {number} is not JSON, or has more than {MAX_ITEM:,} characters."
            raise Unreadable(detail, code="not_json") from row_error
        raise Unreadable(
            f"Item {number} is not valid JSON{_because(row_error, piece)}.", code="not_json"
        ) from row_error

    def cells(self, number: int, value: object) -> RawRow:
        """Convert an item to a row. Raises `Unreadable`."""
        if not isinstance(value, dict):
            return RawRow(number, {}, "is not a JSON object")
        names = list(value)
        for name in names:
            if name not in self._named:
                self._named[name] = columns.column_of(name)
        if len(self._named) > MAX_NAMES:
            raise Unreadable(f"The items have more than {MAX_NAMES:,} different members.", code="columns")
        called = [self._named[name] for name in names]
        columns.check(names, called, any_columns=self._any_columns)
        cells = zip(called, value.values(), strict=True)
        found = {column: cell for column, cell in cells if column and cell is not None}
        wrong = next((column for column, cell in found.items() if not _fits(column, cell)), None)
        kept = {column: cell for column, cell in found.items() if _fits(column, cell)} if wrong else found
        return RawRow(number, kept, f"has no string in {wrong!r}" if wrong else None)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self._objects += 1
        if self._objects > MAX_OBJECTS:
            raise Malformed(f"The upload has more than {MAX_OBJECTS:,} objects. Send it in parts.", code="too_large")
        members = dict(pairs)
        if len(members) != len(pairs):
            raise _NotUsableError("it has the same name twice")
        return members


def _fits(column: str, cell: object) -> bool:
    if column == "evidence" and isinstance(cell, list):
        return len(cell) <= MAX_LINKS and all(isinstance(each, str) for each in cell)
    return isinstance(cell, str) or (column == "ref" and type(cell) is int)


def _constant(name: str) -> NoReturn:
    raise _NotUsableError(f"{name} is not a JSON number")


class _NotUsableError(ValueError):
    """Valid for Python's decoder, but not accepted here; the message completes a sentence."""


def _because(error: ValueError | RecursionError | None, item: str) -> str:
    if isinstance(error, _NotUsableError):
        return f", because {error}"
    if isinstance(error, ValueError):
        return f", because {reason(error, item)}, counted from its start"
    return ", because it is nested too deeply"
