"""Text and JSON output, tables and errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.errors import LaurelError

_PART = 500
"""Rows of a table whose columns are aligned with each other."""
_UNLIMITED = 10_000
"""Width when output goes to a file or a pipe, so that no line is wrapped."""


class UsageProblem(LaurelError):
    """Invalid arguments or an unreadable file. Nothing was changed."""

    code = "usage"


def show(as_json: bool, text: str, **members: object) -> None:
    """Print ``text``, or ``members`` as one line of JSON."""
    print(json.dumps(members, ensure_ascii=False) if as_json else text)


def table(as_json: bool, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Print ``rows`` as a table of ``columns``, or every member of each row as one line of JSON.

    Rows are printed as they arrive, in parts of `_PART`, so that a long list needs little memory.
    """
    if as_json:
        for row in rows:
            show(True, "", **row)
        return
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _UNLIMITED, highlight=False)
    remaining, first = iter(rows), True
    while part := list(islice(remaining, _PART)):
        console.print(_rendered_table(columns, part, header=first))
        first = False
    if first:
        note("Nothing to list.")


def _rendered_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]], *, header: bool) -> Table:
    titles = (column.replace("_", " ").capitalize() for column in columns)
    output_table = Table(*titles, box=None, pad_edge=False, show_header=header)
    for row in rows:
        output_table.add_row(*(Text(_cell(row[column])) for column in columns))
    return output_table


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


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
