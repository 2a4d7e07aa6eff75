"""The rows of an upload: who shall get a credential. Each fault is named by row and column, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

MAX_SENT = 4_000_000
"""Bytes of an upload as it is sent. API Gateway hands it to Lambda in base64, which takes 6 MB for all."""
MAX_INFLATED = 32 * 1024 * 1024
"""Bytes after gzip: 335 for each of the most rows."""
MAX_ROWS = 100_000
MAX_CELL = 2_000
"""Characters of a cell: the longest web address that we take."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an upload. ``row`` is the number that a spreadsheet shows beside it (its header is 1; an item
    of a JSON array counts from 1), None when it is the upload as a whole; ``column`` is our name for the column."""

    row: int | None
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
    """The rows in ``content``: CSV with a header, a pasted list, a JSON array or JSON lines, gzip around it or not.

    Columns that we do not know are refused, or left out when ``any_columns``. Raises `Unreadable` for what is wrong
    with the whole, as soon as it is met; a fault of one row stands in that row.
    """
    raise NotImplementedError
