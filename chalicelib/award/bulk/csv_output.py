"""CSV as we write it: RFC 4180, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

_BEGIN = "=+\\-@\uff1d\uff0b\uff0d\uff20\0"
"""What a formula begins with (OWASP ASVS 5.0, 1.2.10), in the width of Latin and of Chinese letters."""
_FORMULA = re.compile(f'^(?=[\t\r])|(?:^|(?<=[;\t\r\n]))(?=[\\s"]*[{_BEGIN}])')
"""Where one would begin: at the start, and behind what another spreadsheet may take for the end of a cell. Where the
comma is the decimal sign, Excel splits at semicolons, and then no quotation marks are around the cell any more."""


def line(cells: Iterable[object]) -> str:
    """One record with its CRLF. None is an empty cell; text gets a `'` wherever a spreadsheet could see a formula."""
    written = io.StringIO()
    csv.writer(written).writerow([_guarded(cell) for cell in cells])
    return written.getvalue()


def _guarded(cell: object) -> object:
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
