"""Breakdowns of the dashboard: horizontal bars that answer one question, and the table behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.changes import percent
from chalicelib.analytics.kpi.figures import Figures
from chalicelib.analytics.kpi.left_out import LeftOut, because, those
from chalicelib.analytics.kpi.people import whole_months
from chalicelib.analytics.kpi.tables import TABLES, Request, Row, Table, period_figures
from chalicelib.http.console.overview import charts, wording
from chalicelib.http.console.overview.charts import Bar

MOST_BARS = 8
"""Maximum bars in a breakdown; if two or more would be left over, they are combined into one."""
_FUNNEL = {
    Stage.ISSUED: "Issued", Stage.OPENED: "Opened from the email", Stage.VIEWED: "Viewed by someone",
    Stage.SHARED: "Shared", Stage.REFERRED: "Brought an enrolment visit",
    Stage.RETURNING: "Issued to someone who came back",
}  # fmt: skip
_ROW_HEADINGS = {"channels": "Channel", "countries": "Country", "platforms": "Platform", "verdicts": "Verdict"}
_VISITS = {"view": "Views", "referral": "Enrolment visits", "conversion": "Sign-ups", "download": "Downloads"}
"""What visitors do, as much as fits into half a page. The CSV file has every kind of event."""
_NOUNS = {"Views": ("view", "views"), "Enrolment visits": ("enrolment visit", "enrolment visits")}
"""What has bars of its own, singular and plural."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as text; the first column names the row, and the others are numbers. ``name`` is that of its CSV file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class BarGroup:
    """The bars of one thing that is counted; ``heading`` is empty for the only one."""

    heading: str
    bars: tuple[Bar, ...]
    base: str
    """Says what the percentages refer to."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A question, the bars that answer it, and the table behind them; no groups if nothing was counted."""

    id: str
    question: str
    groups: tuple[BarGroup, ...]
    table: TableView


def visits(reader: CountReader, request: Request, name: str, question: str, label: Callable[[str], str]) -> Breakdown:
    """Views and enrolment visits by channel or country, most first, and what else visitors did."""
    table = TABLES[name](reader, request)
    places = [(table.columns.index(kind), heading) for kind, heading in _VISITS.items()]
    rows = [row for row in table.rows if any(row[at] for at, _ in places)]
    rows.sort(key=lambda row: (-_number(row[places[0][0]]), str(row[0])))
    text = tuple((label(str(row[0])), *(f"{_number(row[at]):,}" for at, _ in places)) for row in rows)
    view = TableView(name, (_ROW_HEADINGS[name], *(heading for _, heading in places)), text)
    groups = (
        _group(heading, [(label(str(row[0])), _number(row[at])) for row in rows], _NOUNS[heading])
        for at, heading in places
        if heading in _NOUNS
    )
    return Breakdown(name, question, tuple(groups) if rows else (), view)


def times(
    reader: CountReader,
    request: Request,
    name: str,
    question: str,
    label: Callable[[str], str],
    noun: tuple[str, str],
) -> Breakdown:
    """The counts of the table ``name``, largest first; ``noun`` names what is counted, singular and plural."""
    table: Table = TABLES[name](reader, request)
    drawn = sorted(((label(str(row[0])), _number(row[1])) for row in table.rows), key=lambda row: (-row[1], row[0]))
    text = tuple((each, f"{many:,}") for each, many in drawn)
    view = TableView(name, (_ROW_HEADINGS[name], "Times"), text)
    return Breakdown(name, question, (_group("", drawn, noun),) if any(many for _, many in drawn) else (), view)


def _group(heading: str, rows: Sequence[tuple[str, int]], noun: tuple[str, str]) -> BarGroup:
    most_first = sorted(rows, key=lambda row: (-row[1], row[0]))
    return BarGroup(heading, shares(most_first), _base(rows, *noun))


def _base(rows: Sequence[tuple[str, int]], one: str, many: str) -> str:
    """Say what the percentages of `shares` refer to."""
    total = sum(number for _, number in rows)
    if not total:
        return f"No {many} in this period."
    return f"Percentages are of {total:,} {one if total == 1 else many}."


def funnel(figures: Figures) -> tuple[Bar, ...]:
    """How many credentials got how far; empty if none may be shown."""
    issued = figures.credentials(Stage.ISSUED)
    reached = [(label, figures.credentials(stage)) for stage, label in _FUNNEL.items()]
    return charts.bars([(label, many, percent(many / issued)) for label, many in reached]) if issued else ()


def funnel_base(reader: CountReader, request: Request, figures: Figures, today: date) -> str:
    """Say which of the credentials issued in the period the funnel covers; empty if it covers all."""
    counted, issued = figures.credentials(Stage.ISSUED), figures.events(Kind.ISSUED)
    if counted == issued:
        return ""
    months = whole_months(request.days, today)
    reasons: list[str] = []
    if today in request.days and (of_today := _issued_on(reader, request, today)):
        reasons.append(f"the {of_today:,} issued today")
    if months is None or months.first > request.days.first or months.last < request.days.last:
        reasons.append("those issued outside whole months")
    reasons += those(figures.left_out(Stage.ISSUED))
    without = f", excluding {' and '.join(reasons)}" if reasons else ""
    return f"These are {counted:,} of the {issued:,} credentials issued in the period{without}."


def no_funnel(figures: Figures, months: Days | None) -> str:
    """Say why there is no funnel."""
    if reasons := figures.left_out(Stage.ISSUED):
        return f"These figures are not shown, because {because(reasons)}."
    if months is None:
        return "Choose a period with a full month."
    return "No credentials were issued in the full months of this period, up to last midnight (UTC)."


def _issued_on(reader: CountReader, request: Request, day: date) -> int:
    return period_figures(reader, request._replace(days=Days(day, day))).events(Kind.ISSUED)


def shares(rows: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """Bars of the largest ``rows``, each with its share of all."""
    total = sum(many for _, many in rows)
    drawn = [row for row in rows if row[1]]
    if len(drawn) > MOST_BARS + 1:
        rest = drawn[MOST_BARS:]
        drawn = [*drawn[:MOST_BARS], (f"{len(rest)} others", sum(many for _, many in rest))]
    return charts.bars([(label, many, percent(many / total)) for label, many in drawn]) if total else ()


@dataclass(frozen=True, slots=True)
class CohortCell:
    """The share of a cohort that got to a stage, and how dark it is drawn (0 to 4)."""

    stage: str
    share: str
    shade: int


@dataclass(frozen=True, slots=True)
class CohortLine:
    """The credentials issued in a month, or in several small ones; the shares are empty if they are ``left_out``, which
    says why."""

    months: str
    issued: str
    left_out: str
    cells: tuple[CohortCell, ...]


def cohorts(reader: CountReader, request: Request) -> tuple[CohortLine, ...]:
    """How far the credentials of each month got."""
    table = TABLES["cohorts"](reader, request)
    stages = table.columns[3:-1]
    return tuple(
        CohortLine(_months(row), f"{row[2]:,}", _why_left_out(row), tuple(_cells(stages, row))) for row in table.rows
    )


def _why_left_out(row: Row) -> str:
    return wording.left_out({LeftOut(str(row[-1]))}) if row[-1] else ""


def _cells(stages: Sequence[str], row: Row) -> Iterator[CohortCell]:
    issued = _number(row[2])
    for stage, many in zip(stages, row[3:-1], strict=True):
        share = "" if many is None else percent(_number(many) / issued)
        yield CohortCell(wording.STAGES[stage], share, min(4, 5 * _number(many) // issued))


def _months(row: Row) -> str:
    first, last = (wording.month(str(name)) for name in row[:2])
    return f"{first:%b %Y}" if first == last else f"{first:%b %Y} to {last:%b %Y}"


def _number(cell: object) -> int:
    return cell if isinstance(cell, int) else 0
