"""Parse the rows of an upload. Each error names its row and column."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.award.bulk import spreadsheet
from chalicelib.award.bulk.columns import Cell, RawRow
from chalicelib.award.input import timestamps, timezones
from chalicelib.credential import dates, email_address
from chalicelib.errors import LaurelError, Malformed
from chalicelib.language.languages import known

MAX_CELL = 2_000
"""Maximum characters of a cell, the same as for a URL."""
_MAX_LENGTHS = {"ref": 200, "email": email_address.MAX_LENGTH}
"""Maximum characters of the caller's own id and of an email address."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class RowError:
    """An error in a row. ``row`` is the row number in a spreadsheet, where the header is 1; items of a JSON array and
    lines of a list start at 1. ``column`` is None for an error in the row as a whole."""

    row: int
    column: str | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row for one holder. ``number`` is numbered as `RowError.row`. A row with ``row_errors`` is not issued."""

    number: int
    name: str
    email: str | None = None
    did: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[str, ...] = ()
    zone: str | None = None
    ref: str | None = None
    """The caller's own id for the row."""
    lang: str | None = None
    """The language of the emails to the holder."""
    row_errors: tuple[RowError, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    """Column and text of each cell that could not be parsed, so that a corrected list can start from it."""


def read(content: bytes, *, any_columns: bool = False) -> Iterator[Row]:
    """Parse rows from CSV with a header, a list of names with email addresses, a JSON array or JSON Lines, optionally
    compressed with gzip.

    Unknown columns are refused, or ignored with ``any_columns``. Raises `columns.Unreadable` when the upload as a whole
    cannot be parsed, and `Malformed` (`too_large`). Errors of a row are in that row.
    """
    refs = _FirstSeen()
    for each in spreadsheet.read(spreadsheet.inflated(content), any_columns=any_columns):
        row = _row(each)
        if row.ref is not None and (before := refs.first(row.ref, row.number)) != row.number:
            twice = RowError(row.number, "ref", "ref_twice", f"The ref {row.ref[:80]!r} is also in row {before}.")
            row = replace(row, row_errors=(*row.row_errors, twice))
        yield row


@dataclass(slots=True)
class Duplicates:
    """Finds email addresses in several rows, at least one of which has no ref to distinguish it."""

    _seen: _FirstSeen = field(default_factory=lambda: _FirstSeen())  # noqa: PLW0108 - it is defined below

    def row_error(self, row: Row) -> RowError | None:
        """The duplicate error of ``row``, if any. Call it once per row, in order."""
        if row.email is None or any(row_error.column == "email" for row_error in row.row_errors):
            return None
        has_ref = row.ref is not None
        number, first_has_ref = divmod(self._seen.first(row.email.casefold(), 2 * row.number + has_ref), 2)
        if number == row.number or (first_has_ref and has_ref):
            return None
        detail = f"{row.email[:80]} is also in row {number} and would get two credentials."
        return RowError(row.number, "email", "duplicate", detail)


class _FirstSeen:
    """Remembers the value first seen with each text. Stores 64 bits of each text's hash in a fixed table: 3 MB for the
    maximum number of rows, a quarter of what a dictionary takes."""

    _SLOTS = 1 << 18
    """Open addressing needs less than half of the slots in use; there are at most `spreadsheet.MAX_ROWS` texts."""

    def __init__(self) -> None:
        self._hashes = array("Q", [0]) * self._SLOTS
        self._values = array("I", [0]) * self._SLOTS

    def first(self, text: str, value: int) -> int:
        """The value stored when ``text`` first appeared: ``value``, if this is the first time."""
        wanted = (hash(text) & 0xFFFF_FFFF_FFFF_FFFF) or 1  # 0 is an empty slot
        at = wanted % self._SLOTS
        while self._hashes[at] not in (0, wanted):
            at = (at + 1) % self._SLOTS
        if not self._hashes[at]:
            self._hashes[at], self._values[at] = wanted, value
        return self._values[at]


def to_wire(row: Row) -> list[object]:
    """``row`` as a JSON array."""
    return [
        row.number, row.name, row.email, row.did,
        *(dates.write(each) if each else None for each in (row.valid_from, row.valid_until)),
        row.evidence, row.zone, row.ref, row.lang, [[each.column, each.code, each.detail] for each in row.row_errors],
        row.unread,
    ]  # fmt: skip


def from_wire(members: list[Any]) -> Row:
    """The inverse of `to_wire`, to the second, without an unknown timezone. Raises `ValueError`, `TypeError` or
    `Malformed` for invalid input."""
    number, name, email, did, start, end, evidence, zone, ref, lang, row_errors, unread = members
    valid_from, valid_until = (dates.parse(each) if each else None for each in (start, end))
    found = tuple(RowError(number, *each) for each in row_errors)
    cells = tuple((str(column), str(cell)) for column, cell in unread)
    zone = timezones.usable(zone)
    return Row(number, name, email, did, valid_from, valid_until, tuple(evidence), zone, ref, lang, found, cells)


def size(row: Row) -> int:
    """Approximate size in bytes, as JSON in UTF-8."""
    return len(json.dumps(to_wire(row), ensure_ascii=False).encode())


def _row(found: RawRow) -> Row:
    row_errors: list[RowError] = []

    def add_error(column: str | None, code: str, detail: str) -> None:
        row_errors.append(RowError(found.number, column, code, detail))

    if found.row_error:
        add_error(None, "bad_row", f"Row {found.number} {found.row_error}.")
    if found.other_line:
        add_error("email", "bad_line", f"“{found.other_line}” is not a name with an email address.")
    text = {column: _text(column, cell, add_error) for column, cell in found.values.items() if column != "evidence"}
    name = text.get("name") or " ".join(filter(None, (text.get("first_name"), text.get("last_name"))))
    if not name and not row_errors:
        add_error("name", "no_name", "The name is missing.")
    row = Row(
        number=found.number,
        name=name,
        email=email_address.normalize(text.get("email") or "") or None,
        did=text.get("did"),
        valid_from=_moment("valid_from", text, timestamps.start, add_error),
        valid_until=_moment("valid_until", text, timestamps.end, add_error),
        evidence=_evidence(found.values.get("evidence", ""), add_error),
        zone=text.get("zone"),
        ref=text.get("ref"),
        lang=known(text.get("lang")) or text.get("lang"),
    )
    return replace(row, row_errors=tuple(row_errors), unread=_unread(found, row_errors))


def _unread(found: RawRow, row_errors: list[RowError]) -> tuple[tuple[str, str], ...]:
    """The cells with an error, cut to just above the limit, so that a cell that is too long stays too long."""
    columns = dict.fromkeys(row_error.column for row_error in row_errors)
    cells = ((column, found.values.get(column, "")) for column in columns if column)
    return tuple((column, text[: MAX_CELL + 1]) for column, cell in cells if (text := _joined(cell)))


def _joined(cell: Cell) -> str:
    return str(cell).strip() if isinstance(cell, str | int) else " ".join(str(each) for each in cell)


AddError = Callable[[str | None, str, str], None]


def _text(column: str, cell: Cell, add_error: AddError) -> str | None:
    text = str(cell).strip()
    max_length = _MAX_LENGTHS.get(column, MAX_CELL)
    if len(text) > max_length:
        add_error(column, "too_long", f"The cell is {len(text):,} characters long. The limit is {max_length:,}.")
        return None
    if _CONTROL.search(text):
        add_error(column, "bad_text", "The cell contains a control character.")
        return None
    return text or None


def _moment(
    column: str, text: Mapping[str, str | None], read_moment: Callable[[str], datetime], add_error: AddError
) -> datetime | None:
    written = text.get(column)
    if written is None:
        return None
    try:
        return read_moment(written)
    except Malformed:
        detail = f"{written[:40]!r} is not a date such as 2026-11-30 or a time such as 2026-11-30T09:00:00Z."
        add_error(column, "bad_date", detail)
        return None


def _evidence(cell: Cell, add_error: AddError) -> tuple[str, ...]:
    # URLs contain neither spaces nor bars, so both can separate them.
    parts = [str(cell)] if isinstance(cell, str | int) else [str(each) for each in cell]
    texts = [text for each in parts if (text := _text("evidence", each, add_error))]
    return tuple(link for text in texts for link in re.split(r"[\s|]+", text) if link)


COLUMN_OF_CODE = {
    "bad_email": "email",
    "bad_did": "did",
    "bad_validity": "valid_until",
    "bad_url": "evidence",
    "bad_evidence": "evidence",
    "evidence_required": "evidence",
    "bad_zone": "zone",
    "bad_lang": "lang",
}
"""The column by code of a refusal from `issue`."""


def column_of(error: LaurelError) -> str | None:
    """The column that a refusal from `issue` is about."""
    return COLUMN_OF_CODE.get(error.code, "name" if error.code == "bad_text" else None)
