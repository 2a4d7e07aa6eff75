"""Write CSV (RFC 4180) without cells that a spreadsheet would evaluate as formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

_BEGIN = "=+\\-@\uff1d\uff0b\uff0d\uff20\0"
"""First characters of a formula (OWASP ASVS 5.0, 1.2.10), including in full width."""
_FORMULA = re.compile(f'^(?=[\t\r])|(?:^|(?<=[;\t\r\n]))(?=[\\s"]*[{_BEGIN}])')
"""Positions where a formula could start: at the start of a cell, and after a character that another spreadsheet
treats as a cell separator. If the comma is the decimal sign, Excel splits at semicolons, even within quotation
marks."""


DECIMALS = 4
"""Of a share this is a hundredth of a percent."""


def rounded(cells: Iterable[object]) -> tuple[object, ...]:
    """``cells`` for people, without the noise of binary fractions such as 22.199999999999996."""
    return tuple(round(cell, DECIMALS) if isinstance(cell, float) else cell for cell in cells)


def line(cells: Iterable[object]) -> str:
    """One CSV record with CRLF. None becomes an empty cell; a `'` is inserted wherever a formula could start."""
    written = io.StringIO()
    csv.writer(written).writerow([_guarded(cell) for cell in cells])
    return written.getvalue()


def _guarded(cell: object) -> object:
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
