"""The rows of an upload: who shall get a credential. Each fault is named by row and column, in plain words."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.award.bulk import spreadsheet
from chalicelib.award.bulk.columns import Cell, Cells
from chalicelib.award.input import timestamps, timezones
from chalicelib.credential import dates
from chalicelib.errors import LaurelError, Malformed

MAX_CELL = 2_000
"""Characters of a cell: the longest web address that we take."""
_MOST = {"ref": 200, "email": 254}
"""Characters of a caller's own id; and of an address (RFC 5321, 4.5.3.1.3, less the angle brackets)."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. ``row`` is the number that a spreadsheet shows beside it, where the row that names the
    columns is 1 (an item of a JSON array and a line of a list count from 1); ``column`` is our name for the column,
    None when it is the row as a whole."""

    row: int
    column: str | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """One holder to be. ``number`` is that of `Fault.row`. A row with ``faults`` is not issued."""

    number: int
    name: str
    email: str | None = None
    did: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[str, ...] = ()
    zone: str | None = None
    ref: str | None = None
    """The caller's own id for it."""
    faults: tuple[Fault, ...] = ()


def read(content: bytes, *, any_columns: bool = False) -> Iterator[Row]:
    """The rows in ``content``: CSV whose first row names the columns, a list of names with e-mail addresses, a JSON
    array or JSON lines, gzip around it or not.

    Columns that we do not know are refused, or left out when ``any_columns``. Raises `columns.Unreadable` when it is
    met that the whole cannot be used, `Malformed` (`too_large`); a fault of one row stands in that row.
    """
    refs = _Seen()
    for each in spreadsheet.read(spreadsheet.inflated(content), any_columns=any_columns):
        row = _row(each)
        if row.ref is not None and (before := refs.first(row.ref, row.number)) != row.number:
            twice = Fault(row.number, "ref", "ref_twice", f"The ref {row.ref[:80]!r} is also in row {before}.")
            row = replace(row, faults=(*row.faults, twice))
        yield row


@dataclass(slots=True)
class Duplicates:
    """Finds addresses that stand in several rows, of which one at least has no ref to tell it from the others."""

    _seen: _Seen = field(default_factory=lambda: _Seen())  # noqa: PLW0108 - it stands below

    def fault(self, row: Row) -> Fault | None:
        """What there is to ask about ``row``; every row is shown once, in order."""
        if row.email is None or any(fault.column == "email" for fault in row.faults):
            return None
        has_ref = row.ref is not None
        number, first_has_ref = divmod(self._seen.first(row.email.casefold(), 2 * row.number + has_ref), 2)
        if number == row.number or (first_has_ref and has_ref):
            return None
        detail = f"{row.email[:80]} is also in row {number} and would get two credentials."
        return Fault(row.number, "email", "duplicate", detail)


class _Seen:
    """What was first said with a text. A text is held as 64 bits of its hash, in a table that does not grow: 3 MB for
    as many rows as there may be, where a dictionary takes four times as much."""

    _SLOTS = 1 << 18
    """Open addressing wants less than half of them taken: there are at most `cells.MAX_ROWS` texts."""

    def __init__(self) -> None:
        self._hashes = array("Q", bytes(8 * self._SLOTS))
        self._said = array("I", bytes(4 * self._SLOTS))

    def first(self, text: str, said: int) -> int:
        """What was said when ``text`` came first: ``said``, if that is now."""
        wanted = (hash(text) & 0xFFFF_FFFF_FFFF_FFFF) or 1  # 0 is an empty slot
        at = wanted % self._SLOTS
        while self._hashes[at] not in (0, wanted):
            at = (at + 1) % self._SLOTS
        if not self._hashes[at]:
            self._hashes[at], self._said[at] = wanted, said
        return self._said[at]


def to_wire(row: Row) -> list[object]:
    """``row`` as JSON holds it."""
    return [
        row.number, row.name, row.email, row.did,
        *(dates.write(each) if each else None for each in (row.valid_from, row.valid_until)),
        row.evidence, row.zone, row.ref, [[each.column, each.code, each.detail] for each in row.faults],
    ]  # fmt: skip


def from_wire(members: list[Any]) -> Row:
    """The inverse of `to_wire`, to the second, and without a zone that nobody knows. Raises `ValueError`, `TypeError`,
    `Malformed` for anything else."""
    number, name, email, did, start, end, evidence, zone, ref, faults = members
    valid_from, valid_until = (dates.parse(each) if each else None for each in (start, end))
    found = tuple(Fault(number, *each) for each in faults)
    return Row(number, name, email, did, valid_from, valid_until, tuple(evidence), timezones.usable(zone), ref, found)


def size(row: Row) -> int:
    """About as many bytes as it takes, as JSON in UTF-8."""
    return len(json.dumps(to_wire(row), ensure_ascii=False).encode())


def _row(found: Cells) -> Row:
    faults: list[Fault] = []

    def blame(column: str | None, code: str, detail: str) -> None:
        faults.append(Fault(found.number, column, code, detail))

    if found.fault:
        blame(None, "bad_row", f"Row {found.number} {found.fault}.")
    text = {column: _text(column, cell, blame) for column, cell in found.values.items() if column != "evidence"}
    name = text.get("name") or " ".join(filter(None, (text.get("first_name"), text.get("last_name"))))
    if not name and not faults:
        blame("name", "no_name", "The name is missing.")
    return Row(
        number=found.number,
        name=name,
        email=(text.get("email") or "").lower() or None,
        did=text.get("did"),
        valid_from=_moment("valid_from", text, timestamps.start, blame),
        valid_until=_moment("valid_until", text, timestamps.end, blame),
        evidence=_evidence(found.values.get("evidence", ""), blame),
        zone=text.get("zone"),
        ref=text.get("ref"),
        faults=tuple(faults),
    )


Blame = Callable[[str | None, str, str], None]


def _text(column: str, cell: Cell, blame: Blame) -> str | None:
    text = str(cell).strip()
    most = _MOST.get(column, MAX_CELL)
    if len(text) > most:
        blame(column, "too_long", f"The cell has {len(text):,} characters. The limit is {most:,}.")
        return None
    if _CONTROL.search(text):
        blame(column, "bad_text", "The cell contains a control character.")
        return None
    return text or None


def _moment(
    column: str, text: Mapping[str, str | None], read_moment: Callable[[str], datetime], blame: Blame
) -> datetime | None:
    written = text.get(column)
    if written is None:
        return None
    try:
        return read_moment(written)
    except Malformed:
        detail = f"{written[:40]!r} is not a date such as 2026-11-30 or a time such as 2026-11-30T09:00:00Z."
        blame(column, "bad_date", detail)
        return None


def _evidence(cell: Cell, blame: Blame) -> tuple[str, ...]:
    # No address holds a space or a bar, so both may stand between two of them.
    parts = [str(cell)] if isinstance(cell, str | int) else [str(each) for each in cell]
    texts = [text for each in parts if (text := _text("evidence", each, blame))]
    return tuple(link for text in texts for link in re.split(r"[\s|]+", text) if link)


COLUMN_OF_CODE = {
    "bad_email": "email",
    "bad_did": "did",
    "bad_validity": "valid_until",
    "bad_url": "evidence",
    "bad_evidence": "evidence",
    "evidence_required": "evidence",
    "bad_zone": "zone",
}
"""Which column a refusal of `issue` is about."""


def column_of(error: LaurelError) -> str | None:
    """The column that ``error``, a refusal of `issue`, is about."""
    return COLUMN_OF_CODE.get(error.code, "name" if error.code == "bad_text" else None)
