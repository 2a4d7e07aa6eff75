"""Parse the rows of an import. Each error names its row and column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.credential import email_address
from chalicelib.delivery import mailbox
from chalicelib.errors import Malformed
from chalicelib.outcomes.outcome import YES_NO, Measure, Outcome

COLUMNS = ("name", "unit", "date", "value", "email", "hash")
MAX_ROWS = 5_000
"""Maximum rows of one import: storing them takes about ten seconds, 25 in a call."""
MAX_BYTES = 1_000_000
MAX_ERRORS = 20
"""Maximum errors of one response."""
EARLIEST = date(1970, 1, 1)
MAX_VALUE = 1e12
"""Maximum value. Larger numbers are mistakes, and lose digits when they are squared."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
"""How a person is named, in lower case."""
BAD_HASH = "This must be the SHA-256 of the lower-case address (domain in punycode), as 64 hexadecimal digits."
_UNIT = re.compile(r"[^\x00-\x1f\x7f-\x9f#]{1,20}")
_NUMBER = re.compile(r"-?\d{1,13}(?:\.\d{1,9})?", re.ASCII)
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class RowError:
    """An error in a row; ``column`` is None for the row as a whole."""

    row: int
    column: str | None
    detail: str


class RowsRefused(Malformed):
    """An import with errors. Nothing of it is stored."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__("The outcomes have errors. Nothing was stored.", code="bad_outcomes")
        self.errors = tuple(errors[:MAX_ERRORS])


def of_csv(content: bytes) -> list[tuple[int, Mapping[str, str]]]:
    """The rows of a CSV file by column, each with its number; the header is row 1. Raises `Malformed`."""
    if len(content) > MAX_BYTES:
        raise Malformed(f"The file has more than {MAX_BYTES:,} bytes. Send it in parts.", code="too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("This is not text in UTF-8. Save the file as “CSV UTF-8”.", code="not_utf8") from error
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    try:
        header, *lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)) or [[]]
    except csv.Error as error:
        raise Malformed("The CSV cannot be read. Save it again in your spreadsheet.", code="not_csv") from error
    columns = [name.strip().casefold() for name in header]
    if len(set(columns)) < len(columns) or not set(columns) <= set(COLUMNS):
        detail = f"The first row must name the columns, each once: {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}."
        raise Malformed(detail, code="columns")
    return [(number, dict(zip(columns, line, strict=False))) for number, line in enumerate(lines, start=2) if any(line)]


def parse(
    issuer_id: str, rows: Sequence[tuple[int, Mapping[str, str]]], now: datetime
) -> tuple[dict[str, Measure], list[Outcome]]:
    """The kinds of outcome in ``rows``, by name, and the outcomes, each once. Raises `RowsRefused`, `Malformed`."""
    if not 1 <= len(rows) <= MAX_ROWS:
        raise Malformed(f"Send 1 to {MAX_ROWS:,} outcomes at a time.", code="too_large" if rows else "no_rows")
    errors: list[RowError] = []
    measures: dict[str, Measure] = {}
    found: dict[tuple[str, str, date], Outcome] = {}
    for number, cells in rows:
        row = _Row(number, {name: cell.strip() for name, cell in cells.items()}, errors)
        measure, outcome = row.read(issuer_id, now)
        if row.failed:
            continue
        if measures.setdefault(measure.name, measure) != measure:
            row.fail("unit", f"{measure.name} has a different unit in a row above: {measures[measure.name].unit}.")
        elif found.setdefault((outcome.name, outcome.person, outcome.on), outcome) != outcome:
            row.fail(None, f"A row above has a different value of {measure.name} for this person on this day.")
    if errors:
        raise RowsRefused(errors)
    return measures, list(found.values())


@dataclass(slots=True)
class _Row:
    number: int
    cells: Mapping[str, str]
    errors: list[RowError]
    failed: bool = False

    def fail(self, column: str | None, detail: str) -> None:
        self.failed = True
        self.errors.append(RowError(self.number, column, detail))

    def read(self, issuer_id: str, now: datetime) -> tuple[Measure, Outcome]:
        name, unit = self.cells.get("name", ""), self.cells.get("unit", "")
        if not _NAME.fullmatch(name):
            self.fail("name", "This must be 1 to 40 lowercase letters, digits and underscores, such as time_to_hire.")
        if not _UNIT.fullmatch(unit):
            self.fail("unit", f"This must be 1 to 20 characters, such as days, EUR or {YES_NO}.")
        measure = Measure(issuer_id, name, unit)
        return measure, Outcome(issuer_id, name, self._person(), self._day(now.date()), self._value(measure), now)

    def _day(self, today: date) -> date:
        text = self.cells.get("date", "")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.max
        if day.isoformat() != text or not EARLIEST <= day <= today:
            self.fail("date", "This must be a date such as 2026-11-30, and not in the future.")
        return day

    def _value(self, measure: Measure) -> float:
        text = self.cells.get("value", "").casefold()
        if measure.yes_no:
            if text not in (*_YES, *_NO):
                self.fail("value", "This must be yes or no.")
            return float(text in _YES)
        value = float(text) if _NUMBER.fullmatch(text) else math.inf
        if abs(value) > MAX_VALUE:
            self.fail("value", "This must be a number such as 42 or 1250.50, at most a trillion.")
        return value

    def _person(self) -> str:
        email, digest = self.cells.get("email", ""), self.cells.get("hash", "").casefold()
        if bool(email) == bool(digest):
            self.fail("email", "Give either an email address or its hash.")
        elif digest and not HASH.fullmatch(digest):
            self.fail("hash", BAD_HASH)
        elif email and not ("@" in email[1:-1] and len(email) <= email_address.MAX_LENGTH):
            self.fail("email", "This must be one email address.")
        return digest or mailbox.digest(email)
