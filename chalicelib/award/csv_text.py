"""CSV as we write it: RFC 4180, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What a formula, or the way to one, begins with (OWASP ASVS 5.0, 1.2.10)."""


def line(cells: Iterable[object]) -> str:
    """One record with its CRLF. None is an empty cell; text that begins as a formula does gets a `'` in front."""
    written = io.StringIO()
    csv.writer(written).writerow([_guarded(cell) for cell in cells])
    return written.getvalue()


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_TRIGGERS) else cell
