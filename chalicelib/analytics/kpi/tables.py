"""The tables that the console and the API show: columns, and rows as tuples in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.analytics.counts.counts import EVERYONE, Counts, Dimension, Step
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.counts.sections import Part, Section, by_achievement
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi import breakdowns
from chalicelib.analytics.kpi.figures import Figures, Filter, figures
from chalicelib.analytics.kpi.kpis import KPIS, Kpi, Value, change
from chalicelib.analytics.kpi.people import People, visible, whole_months

MAX_DAYS = 800
"""Maximum days per request: twice the event retention, so that a period can be compared with the one before."""
MAX_HOURLY_DAYS = 7
"""Maximum days of an hourly request: each day is a read."""
MAX_INFLUENCERS = 1_000
KINDS = tuple(kind.value for kind in Kind)

Row = tuple[object, ...]


class Request(NamedTuple):
    """The requested period and filters."""

    issuer_id: str
    days: Days
    only: Filter = Filter()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of ``columns``."""

    columns: tuple[str, ...]
    rows: list[Row]


class KpiFigure(NamedTuple):
    """A key figure of a period, and of the previous period: `Days.before`."""

    kpi: Kpi
    now: Value
    before: Value

    @property
    def change(self) -> float | None:
        """The relative change."""
        return change(self.now, self.before)


def kpi_figures(reader: CountReader, request: Request) -> list[KpiFigure]:
    """Every key figure that the filter applies to."""
    now, before = period_figures(reader, request), _figures_before(reader, request)
    shown = [
        kpi
        for kpi in KPIS
        if (kpi.by_visitor or not request.only.by_visitor) and (kpi.by_achievement or request.only.achievement is None)
    ]
    return [KpiFigure(kpi, kpi.compute(now), kpi.compute(before)) for kpi in shown]


def period_figures(reader: CountReader, request: Request) -> Figures:
    """The counts of the requested days, and the people of their whole months."""
    months = whole_months(request.days, reader.today(request.issuer_id))
    return figures(_counts(reader, request, request.days), _people(reader, request, months), request.only)


def _figures_before(reader: CountReader, request: Request) -> Figures:
    months = whole_months(request.days, reader.today(request.issuer_id))
    people = _people(reader, request, months.before if months else None)
    return figures(_counts(reader, request, request.days.before), people, request.only)


def _counts(reader: CountReader, request: Request, days: Days) -> Counts:
    return reader.total(request.issuer_id, days, part_for(request.only, Section.TOTALS))


def part_for(only: Filter, without: Section) -> Part:
    """The section to read for figures limited by ``only``, or ``without`` if there is no filter."""
    if only.achievement is not None:
        return by_achievement(only.achievement)
    return Section.CELLS if only.any else without


def _people(reader: CountReader, request: Request, months: Days | None) -> People:
    return visible(_journeys(reader, request), months, reader.today(request.issuer_id), request.only.achievement)


def _journeys(reader: CountReader, request: Request) -> Mapping[Step, int]:
    return reader.journeys(request.issuer_id, request.only.achievement)


def _of_period(reader: CountReader, request: Request) -> Figures:
    return figures(_counts(reader, request, request.days), People({}), request.only)


def _kpis(reader: CountReader, request: Request) -> Table:
    columns = (
        "code", "name", "formula", "unit", "value", "numerator", "denominator", "suppressed", "before", "change",
    )  # fmt: skip
    rows: list[Row] = [
        (
            each.kpi.code, each.kpi.name, each.kpi.formula, each.kpi.unit.value, each.now.value, each.now.numerator,
            each.now.denominator, each.now.suppressed, each.before.value, each.change,
        )
        for each in kpi_figures(reader, request)
    ]  # fmt: skip
    return Table(columns, rows)


def _days(reader: CountReader, request: Request) -> Table:
    section = part_for(request.only, Section.TOTALS)
    series = reader.series(request.issuer_id, request.days, section)
    visitors = dict(_visitors(reader, request)) if request.only.any else {}
    rows: list[Row] = []
    for day, counts in series:
        unique = visitors.get(day.isoformat()) if request.only.any else counts.visitors.get(EVERYONE)
        rows.append(_series_row(day.isoformat(), counts, request.only, unique))
    return Table(("day", "visitors", "machine_views", *KINDS), rows)


def _hours(reader: CountReader, request: Request) -> Table:
    rows: list[Row] = []
    for day in request.days.each():
        for hour, counts in reader.hours(request.issuer_id, day):
            unique = None if request.only.any else counts.visitors.get(EVERYONE)
            rows.append(_series_row(hour.strftime("%Y-%m-%dT%H:%MZ"), counts, request.only, unique))
    return Table(("hour", "visitors", "machine_views", *KINDS), rows)


def _series_row(when: str, counts: Counts, only: Filter, visitors: int | None) -> Row:
    found = Figures({cell: many for cell, many in counts.cells.items() if only.admits(cell)}, {})
    people = [
        found.events(kind, machine=None if kind is Kind.VERIFICATION else False) if only.applies_to(kind) else None
        for kind in Kind
    ]
    return (when, visitors, found.events(Kind.VIEW, machine=True), *people)


def _visitors(reader: CountReader, request: Request) -> Iterator[tuple[str, int]]:
    """Unique visitors of each day for one filter; they are not counted for a combination."""
    named = {name: getattr(request.only, name) for name in ("achievement", "channel", "country")}
    given = [Dimension(name, value) for name, value in named.items() if value is not None]
    if len(given) == 1:
        for day, counts in reader.series(request.issuer_id, request.days, Section.VISITORS):
            yield day.isoformat(), counts.visitors.get(given[0], 0)


def _by(name: str, section: Section) -> Callable[[CountReader, Request], Table]:
    def table(reader: CountReader, request: Request) -> Table:
        counts = reader.total(request.issuer_id, request.days, part_for(request.only, section))
        cells = {cell: many for cell, many in counts.cells.items() if request.only.admits(cell)}
        found = breakdowns.by_dimension(cells, name)
        rows: list[Row] = [
            (value, *_numbers(found[value], request.only, _row_filter(name, value))) for value in sorted(found)
        ]
        return Table((name, *KINDS), rows)

    return table


def _numbers(found: Mapping[str, int], *filters: Filter) -> Iterator[int | None]:
    """The number of events of each kind, None for a kind that cannot be limited so."""
    for kind in Kind:
        yield found.get(kind, 0) if all(each.applies_to(kind) for each in filters) else None


def _row_filter(name: str, value: str) -> Filter:
    """What a row is limited to. Events without a channel or country are in the row without one."""
    return Filter(**{name: value}) if value and name != "achievement" else Filter()


def _detail(name: str, break_down: Callable[[Figures], Mapping[str, int]]) -> Callable[[CountReader, Request], Table]:
    def table(reader: CountReader, request: Request) -> Table:
        found = break_down(_of_period(reader, request))
        return Table((name, "times"), [(value, found[value]) for value in sorted(found)])

    return table


def _influencers(reader: CountReader, request: Request) -> Table:
    part = Section.CREDENTIALS if request.only.achievement is None else by_achievement(request.only.achievement)
    touches = reader.total(request.issuer_id, request.days, part).touches
    of = {touch: seen for touch, seen in touches.items() if request.only.achievement in (None, touch.achievement)}
    found = breakdowns.influencers(of, MAX_INFLUENCERS)
    columns = ("credential", "achievement", "referrals", "views", "shares", "conversions")
    return Table(columns, [tuple(getattr(each, name) for name in columns) for each in found])


def _cohorts(reader: CountReader, request: Request) -> Table:
    months = whole_months(request.days, reader.today(request.issuer_id))
    people, journeys = _people(reader, request, months), _journeys(reader, request)
    stages = ("delivered", "opened", "viewed", "shared", "referred", "renewed")
    rows: list[Row] = [
        (
            row.month,
            row.last_month,
            row.issued,
            *(None if row.stages is None else row.stages.get(stage, 0) for stage in stages),
            row.left_out and row.left_out.value,
        )
        for row in breakdowns.cohorts(journeys, people, months, request.only.achievement)
    ]
    return Table(("month", "last_month", "issued", *stages, "left_out"), rows)


def _pathways(reader: CountReader, request: Request) -> Table:
    months = whole_months(request.days, reader.today(request.issuer_id))
    found = breakdowns.pathway_flow(_of_period(reader, request._replace(days=months))) if months else []
    return Table(
        ("pathway", "steps", "holders", "dropped"),
        [(row.pathway, row.steps, row.holders, row.dropped) for row in found],
    )


def is_available(name: str, only: Filter) -> bool:
    """Whether the table ``name`` can be limited to ``only``."""
    return not (only.by_visitor and name in _ABOUT_HOLDERS)


_ABOUT_HOLDERS = frozenset({"platforms", "influencers", "cohorts", "pathways"})
"""Tables that have no channel and no country."""

TABLES: Mapping[str, Callable[[CountReader, Request], Table]] = {
    "kpis": _kpis,
    "days": _days,
    "hours": _hours,
    "achievements": _by("achievement", Section.ACHIEVEMENTS),
    "channels": _by("channel", Section.CHANNELS),
    "countries": _by("country", Section.COUNTRIES),
    "platforms": _detail("platform", breakdowns.by_platform),
    "verdicts": _detail("verdict", breakdowns.verdicts),
    "influencers": _influencers,
    "cohorts": _cohorts,
    "pathways": _pathways,
}
"""The tables by name."""
