"""Achievements on the dashboard: those to choose from, and a comparison of them."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.figures import Filter
from chalicelib.analytics.kpi.tables import TABLES, Request, Table
from chalicelib.http.console.overview.people import Names, recent

ACHIEVEMENTS = 8
"""Achievements to choose from and to compare: those that were issued most in one month of the period (`people.recent`).
The list of achievements links to the figures of each, and the CSV file compares all of them in the whole period."""
COMPARED = {
    Kind.ISSUED: "Issued", Kind.OPENED: "Opened", Kind.SHARED: "Shares", Kind.VIEW: "Views",
    Kind.REFERRAL: "Enrolment visits", Kind.CONVERSION: "Sign-ups",
}  # fmt: skip
"""What happened in that month, with the headings of the comparison."""


@dataclass(frozen=True, slots=True)
class AchievementLine:
    """The numbers of one achievement, by `COMPARED`."""

    id: str
    name: str
    numbers: tuple[str, ...]


def options(reader: CountReader, request: Request, names: Names) -> tuple[tuple[str, str], ...]:
    """The achievements to choose from, by name, and the chosen one."""
    chosen = (request.only.achievement,) if request.only.achievement else ()
    return tuple(sorted(names.of((*_most_issued(reader, request), *chosen)).items(), key=lambda one: one[1].casefold()))


def compared(reader: CountReader, request: Request, names: Names) -> tuple[AchievementLine, ...]:
    """The achievements that were issued most in one month of the period, without deleted ones."""
    most = _most_issued(reader, request)
    known = names.of(tuple(most))
    return tuple(AchievementLine(each, known[each], most[each]) for each in most if each in known)


def _most_issued(reader: CountReader, request: Request) -> dict[str, tuple[str, ...]]:
    """The numbers of each, most credentials first. The counts are read once for the options and the comparison."""
    table = TABLES["achievements"](reader, Request(request.issuer_id, recent(request.days), Filter()))
    numbers = {str(row[0]): tuple(_number(table, row, kind) for kind in COMPARED) for row in table.rows}
    most = sorted(numbers, key=lambda each: (-numbers[each][0], each))[:ACHIEVEMENTS]
    return {each: tuple(f"{number:,}" for number in numbers[each]) for each in most}


def _number(table: Table, row: tuple[object, ...], kind: Kind) -> int:
    cell = row[table.columns.index(kind.value)]
    return cell if isinstance(cell, int) else 0
