"""Write rows as an upload again, so that rows that were not issued can be corrected and sent as a new list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time

from chalicelib.award.bulk.columns import COLUMNS
from chalicelib.award.bulk.upload import Row
from chalicelib.credential import dates

ALWAYS = ("name", "email")
"""Columns that are written even if they are empty; the others only if a row has a value there."""
_DAY_STARTS, _DAY_ENDS = time(0, 0), time(23, 59, 59)


def as_csv(rows: Iterable[Row], most: int) -> tuple[str, int]:
    """Write ``rows`` as CSV with a header row, up to about ``most`` bytes, and return the text and how many rows it
    has.

    Cells that could not be parsed are written as submitted, so that no value is lost before it is corrected.
    """
    found = list(_up_to(map(_cells, rows), most))
    names = [name for name in COLUMNS if name in ALWAYS or any(name in cells for cells in found)]
    written = io.StringIO()
    table = csv.DictWriter(written, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(found)
    return written.getvalue(), len(found)


def _up_to(every: Iterable[Mapping[str, str]], most: int) -> Iterator[Mapping[str, str]]:
    size = 0
    for cells in every:
        size += sum(len(cell.encode()) + 3 for cell in cells.values())
        if size > most:
            return
        yield cells


def _cells(row: Row) -> Mapping[str, str]:
    cells = {
        "name": row.name,
        "email": row.email,
        "did": row.did,
        "valid_from": _moment(row.valid_from, _DAY_STARTS),
        "valid_until": _moment(row.valid_until, _DAY_ENDS),
        "evidence": " ".join(row.evidence),
        "zone": row.zone,
        "lang": row.lang,
        "ref": row.ref,
    }
    return {name: cell for name, cell in cells.items() if cell} | dict(row.unread)


def _moment(at: datetime | None, time_of_day: time) -> str | None:
    """Write a whole day as a day, as people type it."""
    if at is None:
        return None
    text = dates.write(at)
    return text.partition("T")[0] if at.time().replace(microsecond=0) == time_of_day else text
