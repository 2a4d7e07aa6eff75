"""Column names of an upload, and rows before validation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.errors import Malformed

_NAMED = 5
"""Unknown columns that an error lists."""

Cell = str | int | Sequence[object]
"""Text; numbers and lists occur only in JSON."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("full name", "display name", "holder", "holder name", "recipient", "recipient name", "student", "learner"),
    "first_name": ("first", "given name", "forename"),
    "last_name": ("last", "surname", "family name"),
    "email": ("e mail", "mail", "email address", "e mail address", "mail address", "recipient email", "holder email"),
    "did": ("holder did", "recipient did"),
    "valid_from": ("from", "start", "start date", "issued", "issued on", "issue date"),
    "valid_until": ("until", "valid to", "end", "end date", "expires", "expires on", "expiry", "expiry date"),
    "evidence": ("evidence url", "evidence urls", "evidence link", "evidence links", "link", "links", "proof"),
    "zone": ("time zone", "timezone", "tz"),
    "lang": ("language", "email language"),
    "ref": ("reference", "id", "external id", "student id", "user id", "row id"),
}
"""Columns and their aliases. Case, spaces, hyphens and underscores are ignored."""

_KNOWN = {alias: column for column, others in COLUMNS.items() for alias in (column.replace("_", " "), *others)}


class RawRow(NamedTuple):
    """A row before validation: its number (see `upload.RowError.row`), its cells by column, and an error in its
    format. ``other_line`` is the text of a line that is not a person."""

    number: int
    values: Mapping[str, Cell]
    row_error: str | None = None
    other_line: str | None = None


class Unreadable(Malformed):
    """The upload as a whole cannot be parsed; nothing is used."""


class UnknownColumns(Unreadable):
    """Unknown columns, which can be ignored on request."""

    def __init__(self, names: Sequence[str]) -> None:
        named = ", ".join(repr(name.strip()[:80]) for name in names[:_NAMED]) + (", …" if names[_NAMED:] else "")
        these, them = ("column", "it") if len(names) == 1 else ("columns", "them")
        super().__init__(
            f"Unknown {these} {named}. Known columns are name, {others()}. "
            f"Rename or remove {them}, or allow unknown columns.",
            code="columns",
        )


def check(header: Sequence[str], columns: Sequence[str | None], *, any_columns: bool) -> None:
    """Validate the header and the ``columns`` it maps to. Raises `Unreadable`."""
    unknown = [name for name, column in zip(header, columns, strict=True) if column is None and name.strip()]
    if unknown and not any_columns:
        raise UnknownColumns(unknown)
    known = [column for column in columns if column]
    if twice := next((column for column in known if known.count(column) > 1), None):
        raise Unreadable(f"Two columns are named {twice!r}. Remove one.", code="columns")
    if not {"name", "first_name", "last_name"} & set(known):
        raise Unreadable("There is no column for names. Add one called name.", code="columns")


def column_of(name: str) -> str | None:
    """The column that ``name`` or one of its aliases refers to; None when unknown."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip()[:80])
    return _KNOWN.get(re.sub(r"[\s_-]+", " ", spaced).casefold())


def others() -> str:
    """The columns other than the name, as a list in a sentence."""
    return ", ".join(column for column in COLUMNS if column != "name")
