"""Commands for counts and archived events."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.analytics.counts.recount import Difference, recount
from chalicelib.services import Services
from cli import grammar, parquet
from cli.grammar import Commands
from cli.output import UsageProblem, note, show, table
from cli.progress import counter

COLUMNS = ("issuer", "period", "start", "stored", "expected")


def add_commands(resources: Commands) -> None:
    """Add `analytics`."""
    verbs = grammar.verbs(resources, "analytics", "check counts against events, export events")
    words = "recount the events of some days and list counts that differ; safe to repeat"
    again = grammar.command(verbs, "recount", count_again, words, "laurel analytics recount --from 2026-11-01 --repair")
    again.add_argument("--from", dest="first", metavar="DATE", help="first day (UTC); default: yesterday")
    again.add_argument("--to", dest="last", metavar="DATE", help="last day; default: yesterday, or the first day")
    again.add_argument("--repair", action="store_true", help="store the correct counts")
    words = "export archived events to a Parquet file, for DuckDB and other programs"
    made = grammar.command(verbs, "export", export, words, "laurel analytics export events.parquet --from 2026-11-01")
    made.add_argument("file", type=Path, metavar="FILE", help="output file; replaced only when the export is complete")
    made.add_argument("--from", dest="first", metavar="DATE", help="first day (UTC); default: the first archived day")
    made.add_argument("--to", dest="last", metavar="DATE", help="last day; default: yesterday")


def count_again(services: Services, options: Namespace) -> int:
    """List counts that differ from the events. They fail the command unless they were repaired."""
    yesterday = services.clock().date() - timedelta(days=1)
    first = _day(options.first) or yesterday
    last = _day(options.last) or max(first, yesterday)
    if last < first:
        raise UsageProblem("The last day is before the first.")
    found: list[Difference] = []

    def rows() -> Iterator[dict[str, object]]:
        for days in range((last - first).days + 1):
            for each in recount(services.fold_context, first + timedelta(days), repair=options.repair):
                found.append(each)
                values = (each.issuer_id, each.period.level.value, each.period.name, each.stored, each.expected)
                yield dict(zip(COLUMNS, values, strict=True))

    table(options.json, COLUMNS, rows())
    days = (last - first).days + 1
    note(f"{days} {'day' if days == 1 else 'days'} recounted, differences: {len(found)}{', repaired' * options.repair}")
    return 1 if found and not options.repair else 0


def export(services: Services, options: Namespace) -> int:
    """Export to a file. The file is unchanged if the export fails."""
    first, last = _day(options.first) or date.min, _day(options.last) or date.max
    if last < first:
        raise UsageProblem("The last day is before the first.")
    days = [day for day in services.event_archive.days() if first <= day <= last]
    if not days:
        raise UsageProblem("No events from these days are archived. Each day is archived the following night.")
    target: Path = options.file
    try:
        # In the same folder, so that the rename is atomic: readers see the old file or the complete new one.
        with TemporaryDirectory(dir=target.absolute().parent, prefix=f".{target.name}.") as home:
            part = Path(home) / "events.parquet"
            with counter("Events exported") as count:
                many = parquet.write(services.event_archive, days, part, count)
            part.replace(target)
    except OSError as error:
        raise UsageProblem(f"{target} cannot be written: {error.strerror}.", code="file_unwritable") from error
    note(f"Exported {many:,} events ({days[0]} to {days[-1]}) to {target}")
    show(options.json, f"{target}", file=str(target), events=many, days=len(days))
    return 0


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"{text!r} is not a date such as 2026-11-30.") from error
