"""Text and JSON output, tables and errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.errors import LaurelError

_UNLIMITED = 10_000
"""Width when output goes to a file or a pipe, so that no line is wrapped."""


class UsageProblem(LaurelError):
    """Invalid arguments or an unreadable file. Nothing was changed."""

    code = "usage"


def show(as_json: bool, text: str, **members: object) -> None:
    """Print ``text``, or ``members`` as one line of JSON."""
    print(json.dumps(members, ensure_ascii=False) if as_json else text)


def table(as_json: bool, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Print ``rows`` as a table of ``columns``, or every member of each row as one line of JSON."""
    if as_json:
        for row in rows:
            show(True, "", **row)
        return
    drawn = Table(*(column.replace("_", " ").capitalize() for column in columns), box=None, pad_edge=False)
    for row in rows:
        drawn.add_row(*(Text("-" if row[column] is None else str(row[column])) for column in columns))
    if drawn.row_count:
        width = None if sys.stdout.isatty() else _UNLIMITED
        Console(file=sys.stdout, width=width, highlight=False).print(drawn)


def note(text: str) -> None:
    """Print a remark on standard error."""
    print(text, file=sys.stderr)


def print_error(error: LaurelError, as_json: bool = False) -> None:
    """Print an error with its code on standard error."""
    detail = error.detail or "The command failed."
    if as_json:
        note(json.dumps({"error": error.code, "detail": detail}, ensure_ascii=False))
        return
    message = Text.assemble(("error:", "bold red"), f" {detail} ({error.code})")
    Console(stderr=True, file=sys.stderr, highlight=False, soft_wrap=True).print(message)
