"""Archived events as one Parquet file, which DuckDB writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.analytics.archive import EventArchive
from chalicelib.analytics.event_json import MEMBERS

TIMES = ("at", "valid_until")
"""Members that are times, in UTC. All others are text."""


def write(
    archive: EventArchive, days: Iterable[date], target: Path, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Write the archived events of ``days`` to ``target``, in order, and return their number.

    The columns are the members of an event and ``day``. Raises `Unavailable`, `OSError`.
    """
    import duckdb  # imported late: it takes longer to load than most commands to run

    with TemporaryDirectory() as home:
        many = _copy_lines(archive, days, Path(home), progress)
        columns = dict.fromkeys(MEMBERS, "VARCHAR")
        chosen = [f'CAST("{name}" AS {"TIMESTAMP" if name in TIMES else "VARCHAR"}) AS "{name}"' for name in MEMBERS]
        duckdb.connect().execute(
            f'COPY (SELECT {", ".join(chosen)}, substr("at", 1, 10) AS day '  # noqa: S608 - made of names of members
            f"FROM read_json($lines, format='newline_delimited', columns={columns})) TO $target (FORMAT parquet)",
            {"lines": f"{home}/*.ndjson", "target": str(target)},
        )
    return many


def _copy_lines(archive: EventArchive, days: Iterable[date], home: Path, progress: Callable[[int], None]) -> int:
    many = 0
    (home / "0.ndjson").touch()  # create a file even if there are no events
    for day in days:
        with (home / f"{day}.ndjson").open("w", encoding="utf-8") as file:
            for line in archive.lines(day):
                file.write(line)
                many += 1
        progress(many)
    return many
