"""The CSV file of those who get a credential."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chalicelib.credential.build import Holder
from chalicelib.errors import Malformed
from cli.moments import end, start
from cli.output import UsageFault

COLUMNS = ("name", "email", "did", "valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file that names a holder; ``number`` counts lines from 1, as an editor does."""

    number: int
    holder: Holder
    valid_from: datetime | None
    valid_until: datetime | None


def read(path: Path) -> list[Row]:
    """The rows of the file at ``path``. Raises `UsageFault` when any of it cannot be used: then nothing is issued."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_columns(path, reader.fieldnames or ())
            return [_row(path, reader.line_num, fields) for fields in reader]
    except OSError as error:
        raise UsageFault(f"{path} cannot be read: {error.strerror}.", code="file_unreadable") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageFault(f"{path} is not a CSV file in UTF-8: {error}.", code="csv_unreadable") from error


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    unknown = [name for name in columns if name not in COLUMNS]
    if "name" not in columns or unknown or len(set(columns)) < len(columns):
        raise UsageFault(
            f"{path} must begin with the names of its columns: name, and any of {', '.join(COLUMNS[1:])}.",
            code="csv_columns",
        )


def _row(path: Path, number: int, fields: dict[str | None, str | None]) -> Row:
    if None in fields or None in fields.values():
        raise UsageFault(f"Line {number} of {path} has not as many fields as the first line.", code="csv_fields")
    text = {name: value.strip() or None for name, value in fields.items() if value is not None}
    holder = Holder(text["name"] or "", text.get("email"), text.get("did"))
    try:
        return Row(number, holder, _moment(start, text.get("valid_from")), _moment(end, text.get("valid_until")))
    except Malformed as error:
        raise UsageFault(f"Line {number} of {path}: {error.detail}", code="csv_date") from error


def _moment(read_moment: Callable[[str], datetime], text: str | None) -> datetime | None:
    return read_moment(text) if text else None
