"""What the columns of an upload are called, and a row of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.errors import Malformed

_NAMED = 5
"""Unknown columns that are named."""

Cell = str | int | Sequence[object]
"""Text; a number or a list only where JSON has one."""

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
    "ref": ("reference", "id", "external id", "student id", "user id", "row id"),
}
"""Our columns, and what else people call them. Case, space, hyphen and underscore make no difference."""

_KNOWN = {alias: column for column, others in COLUMNS.items() for alias in (column.replace("_", " "), *others)}


class Cells(NamedTuple):
    """One row: its number as `upload.Fault.row` has it, what stands in its columns, and what is wrong with its form."""

    number: int
    values: Mapping[str, Cell]
    fault: str | None = None


class Unreadable(Malformed):
    """The upload as a whole cannot be used; nothing of it was."""


class UnknownColumns(Unreadable):
    """Columns that we do not know, which may be left out on demand."""

    def __init__(self, names: Sequence[str]) -> None:
        named = ", ".join(repr(name.strip()[:80]) for name in names[:_NAMED]) + (", …" if names[_NAMED:] else "")
        these, them = ("column", "it") if len(names) == 1 else ("columns", "them")
        super().__init__(
            f"Unknown {these} {named}. Known columns are name, {others()}. "
            f"Rename or remove {them}, or allow unknown columns.",
            code="columns",
        )


def check(header: Sequence[str], columns: Sequence[str | None], *, any_columns: bool) -> None:
    """Raises `Unreadable` when what ``header`` calls ``columns``, by our names for them, will not do."""
    unknown = [name for name, column in zip(header, columns, strict=True) if column is None and name.strip()]
    if unknown and not any_columns:
        raise UnknownColumns(unknown)
    known = [column for column in columns if column]
    if twice := next((column for column in known if known.count(column) > 1), None):
        raise Unreadable(f"Two columns are named {twice!r}. Remove one.", code="columns")
    if not {"name", "first_name", "last_name"} & set(known):
        raise Unreadable("There is no column for names. Add one called name.", code="columns")


def column_of(name: str) -> str | None:
    """Our name for the column that somebody calls ``name``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip()[:80])
    return _KNOWN.get(re.sub(r"[\s_-]+", " ", spaced).casefold())


def others() -> str:
    """The columns beside the name, for a sentence."""
    return ", ".join(column for column in COLUMNS if column != "name")
