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
from chalicelib.analytics.kpi.people import whole_months
from chalicelib.analytics.kpi.tables import TABLES, Request, Row, Table, period_figures
from chalicelib.http.console.overview import charts, wording
from chalicelib.http.console.overview.charts import Bar

MOST_BARS = 8
"""Bars of a breakdown; if there are more than one more, they are added up in one."""
_FUNNEL = {
    Stage.ISSUED: "Issued", Stage.OPENED: "Opened from the email", Stage.VIEWED: "Viewed by someone",
    Stage.SHARED: "Shared", Stage.REFERRED: "Brought a visitor to an enrolment page",
    Stage.RETURNING: "Issued to someone who came back",
}  # fmt: skip
_ROW_HEADINGS = {"channels": "Channel", "countries": "Country", "platforms": "Platform", "verdicts": "Verdict"}
_VISITS = {"view": "Views", "referral": "Referrals", "download": "Downloads"}
"""What visitors do, as much as fits into half a page. The CSV file has every kind of event."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as text; the first column names the row, and the others are numbers. ``name`` is that of its CSV file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A question, the bars that answer it, and the table behind them, which is empty for bars that show it all."""

    id: str
    question: str
    bars: tuple[Bar, ...]
    table: TableView
    base: str
    """Says what the percentages refer to."""


def visits(reader: CountReader, request: Request, name: str, question: str, label: Callable[[str], str]) -> Breakdown:
    """Views by channel or country, most first, and what else visitors did."""
    table = TABLES[name](reader, request)
    places = [(table.columns.index(kind), heading) for kind, heading in _VISITS.items()]
    rows = [row for row in table.rows if any(row[at] for at, _ in places)]
    rows.sort(key=lambda row: (-_number(row[places[0][0]]), str(row[0])))
    text = tuple((label(str(row[0])), *(f"{_number(row[at]):,}" for at, _ in places)) for row in rows)
    drawn = [(label(str(row[0])), _number(row[places[0][0]])) for row in rows]
    view = TableView(name, (_ROW_HEADINGS[name], *(heading for _, heading in places)), text)
    return Breakdown(name, question, shares(drawn), view, _base(drawn, "view", "views"))


def times(
    reader: CountReader,
    request: Request,
    name: str,
    question: str,
    label: Callable[[str], str],
    noun: tuple[str, str],
) -> Breakdown:
    """What the table ``name`` counts by one thing, most first; ``noun`` is what it counts, singular and plural."""
    table: Table = TABLES[name](reader, request)
    drawn = sorted(((label(str(row[0])), _number(row[1])) for row in table.rows), key=lambda row: (-row[1], row[0]))
    text = tuple((each, f"{many:,}") for each, many in drawn)
    view = TableView(name, (_ROW_HEADINGS[name], "Times"), text)
    return Breakdown(name, question, shares(drawn), view, _base(drawn, *noun))


def _base(rows: Sequence[tuple[str, int]], one: str, many: str) -> str:
    """Say what the percentages of `shares` refer to."""
    total = sum(number for _, number in rows)
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
    reasons = []
    if today in request.days and (of_today := _issued_on(reader, request, today)):
        reasons.append(f"the {of_today:,} issued today")
    if months is None or months.first > request.days.first or months.last < request.days.last:
        reasons.append("those issued outside whole months")
    if Stage.ISSUED.value in figures.hidden:
        reasons.append("those of months with fewer than ten credentials")
    without = f", excluding {' and '.join(reasons)}" if reasons else ""
    return f"These are {counted:,} of the {issued:,} credentials issued in the period{without}."


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
    """The share of a cohort that got to a stage, and how dark it is drawn (0 to 4); an empty share is not shown."""

    stage: str
    share: str
    shade: int


@dataclass(frozen=True, slots=True)
class CohortLine:
    """The credentials issued in a month, or in several small ones."""

    months: str
    issued: str
    cells: tuple[CohortCell, ...]


def cohorts(reader: CountReader, request: Request) -> tuple[CohortLine, ...]:
    """How far the credentials of each month got."""
    table = TABLES["cohorts"](reader, request)
    stages = table.columns[3:]
    return tuple(CohortLine(_months(row), f"{row[2]:,}", tuple(_cells(stages, row))) for row in table.rows)


def _cells(stages: Sequence[str], row: Row) -> Iterator[CohortCell]:
    issued = _number(row[2])
    for stage, many in zip(stages, row[3:], strict=True):
        share = "" if many is None else percent(_number(many) / issued)
        yield CohortCell(wording.STAGES[stage], share, min(4, 5 * _number(many) // issued))


def _months(row: Row) -> str:
    first, last = (wording.month(str(name)) for name in row[:2])
    return f"{first:%b %Y}" if first == last else f"{first:%b %Y} to {last:%b %Y}"


def _number(cell: object) -> int:
    return cell if isinstance(cell, int) else 0
