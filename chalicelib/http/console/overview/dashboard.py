"""The dashboard of an issuer: its figures in a period, as a view model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.analytics.counts.counts import Counts
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi import changes
from chalicelib.analytics.kpi.figures import Figures
from chalicelib.analytics.kpi.left_out import because
from chalicelib.analytics.kpi.people import whole_months
from chalicelib.analytics.kpi.tables import KpiFigure, Request, kpi_figures, part_for, period_figures
from chalicelib.http.console.overview import achievements, breakdowns, charts, named, people, wording
from chalicelib.http.console.overview.achievements import AchievementLine
from chalicelib.http.console.overview.breakdowns import Breakdown, CohortLine, TableView
from chalicelib.http.console.overview.charts import Bar, ColumnChart, Point
from chalicelib.http.console.overview.named import NamedFilter
from chalicelib.http.console.overview.people import Influencer, Names, PathwayFlow
from chalicelib.http.core.ports import Services

HEADLINE = (
    "issued", "open_rate", "share_rate", "views", "shares", "referrals", "referral_reach", "re_enrolment_rate",
)  # fmt: skip
"""The figures that have a card; the others are in the table of all."""
RATE = "delivery_rate"
MAX_DAILY = 92
"""Maximum days that are shown one by one: three months. A longer period is shown by month, in a tenth of the reads."""
_SERIES = {
    Kind.ISSUED: ("Credentials issued", "How many credentials were issued?"),
    Kind.VIEW: ("Views", "How often did people view credentials?"),
    Kind.SHARED: ("Shares", "How often were credentials shared?"),
    Kind.REFERRAL: ("Enrolment visits", "How many enrolment visits were there?"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure, its comparison with the previous period, and its formula."""

    code: str
    name: str
    value: str
    base: str
    """The numbers that a rate was computed from."""
    change: str
    before: str
    formula: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What the dashboard shows. What is about people is empty if the figures are limited to a channel or country."""

    filters: tuple[NamedFilter, ...]
    period: str
    compared: str
    """The days that everything on the page is compared with."""
    months: str
    """The whole months that figures about people cover; empty if there are none."""
    months_before: str
    """The whole months that they are compared with; empty if they are `compared`."""
    about_people: bool
    left_out: str
    """Why rates are not shown; empty if they are."""
    changes: tuple[str, ...]
    """What changed, in sentences."""
    cards: tuple[Card, ...]
    figures: tuple[Card, ...]
    series: tuple[ColumnChart, ...]
    series_table: TableView
    funnel: tuple[Bar, ...]
    funnel_base: str
    """Which of the credentials issued in the period the funnel is about."""
    no_funnel: str
    """Why there is no funnel."""
    achievements: tuple[AchievementLine, ...]
    """Empty if the figures are limited."""
    achievement_columns: tuple[str, ...]
    breakdowns: tuple[Breakdown, ...]
    influencers: tuple[Influencer, ...]
    recent: str
    """The days that achievements and influencers are about."""
    is_partly: bool
    """Whether these are not the whole period."""
    cohorts: tuple[CohortLine, ...]
    pathways: tuple[PathwayFlow, ...]


def build(services: Services, reader: CountReader, request: Request, names: Names) -> Dashboard:
    """Read and compute everything."""
    today = people.today(reader, request.issuer_id, services.issuer_context.clock().date())
    months = whole_months(request.days, today)
    about_people = not request.only.by_visitor
    figures = kpi_figures(reader, request)
    cards = tuple(map(_card, figures))
    people_counted = period_figures(reader, request)
    points = _points(reader, request)
    recent = people.recent(request.days)
    return Dashboard(
        filters=named.filters(request.only, names),
        period=wording.days(request.days),
        compared=wording.days(request.days.before),
        months=wording.months(_until(months, today)) if months else "",
        months_before=wording.months(months.before) if months and months.before != request.days.before else "",
        about_people=about_people,
        left_out=_left_out(figures),
        changes=changes.sentences(figures, request.days, today),
        cards=tuple(card for code in HEADLINE for card in cards if card.code == code),
        figures=cards,
        series=tuple(charts.column_chart(_SERIES[kind][1], of) for kind, of in points.items()),
        series_table=_series_table(request.days, points),
        funnel=breakdowns.funnel(people_counted) if about_people else (),
        funnel_base=breakdowns.funnel_base(reader, request, people_counted, today) if about_people else "",
        no_funnel=breakdowns.no_funnel(people_counted, months) if about_people else "",
        achievements=() if request.only.any else achievements.compared(reader, request, names),
        achievement_columns=tuple(achievements.COMPARED.values()),
        breakdowns=tuple(_breakdowns(reader, request)),
        influencers=people.influencers(services, reader, request, recent, names) if about_people else (),
        recent=wording.days(recent),
        is_partly=recent != request.days,
        cohorts=breakdowns.cohorts(reader, request) if about_people else (),
        pathways=people.pathways(services, reader, request)
        if about_people and request.only.achievement is None
        else (),
    )


def _card(figure: KpiFigure) -> Card:
    kpi = figure.kpi
    return Card(
        kpi.code,
        kpi.name,
        wording.value(kpi, figure.now),
        wording.base(kpi, figure.now),
        wording.change(figure),
        wording.with_base(kpi, figure.before),
        kpi.formula,
    )


def _left_out(figures: Sequence[KpiFigure]) -> str:
    """Say why rates are not shown; all are about the same credentials, so the first stands for them."""
    rate = next((figure.now for figure in figures if figure.kpi.code == RATE), None)
    return f"Rates are not shown, because {because(rate.left_out)}." if rate and rate.suppressed else ""


def _until(months: Days, today: date) -> Days:
    return Days(months.first, max(months.first, min(months.last, today)))


def _points(reader: CountReader, request: Request) -> Mapping[Kind, Sequence[Point]]:
    """The series of each kind, by day or by month."""
    section = part_for(request.only, Section.TOTALS)
    by_day = request.days.many <= MAX_DAILY
    counted: dict[date, Figures] = {}
    found = reader.series if by_day else reader.by_month
    for start, counts in found(request.issuer_id, request.days, section):
        counted[start] = _admitted(counts, request)
    starts = request.days.each() if by_day else (day for day in counted)
    named = [(start, *_labels(start, by_day=by_day)) for start in starts]
    nothing = Figures({}, {})
    return {
        kind: [Point(name, short, counted.get(start, nothing).events(kind)) for start, name, short in named]
        for kind in _SERIES
        if request.only.applies_to(kind)
    }


def _labels(start: date, *, by_day: bool) -> tuple[str, str]:
    return (wording.day(start), f"{start:%-d %b}") if by_day else (f"{start:%B %Y}", f"{start:%b}")


def _admitted(counts: Counts, request: Request) -> Figures:
    return Figures({cell: many for cell, many in counts.cells.items() if request.only.admits(cell)}, {})


def _series_table(days: Days, points: Mapping[Kind, Sequence[Point]]) -> TableView:
    first = "Day" if days.many <= MAX_DAILY else "Month"
    rows = zip(*points.values(), strict=True)
    return TableView(
        "days",
        (first, *(_SERIES[kind][0] for kind in points)),
        tuple((row[0].name, *(f"{point.value:,}" for point in row)) for row in rows),
    )


def _breakdowns(reader: CountReader, request: Request) -> Iterator[Breakdown]:
    yield breakdowns.visits(
        reader, request, "channels", "Where do views and enrolment visits come from?", wording.channel
    )
    yield breakdowns.visits(reader, request, "countries", "In which countries are the visitors?", wording.country)
    if request.only.applies_to(Kind.SHARED):
        yield breakdowns.times(
            reader, request, "platforms", "Where are credentials shared?", wording.channel, ("share", "shares")
        )
    yield breakdowns.times(
        reader, request, "verdicts", "What did checks find?", lambda code: wording.VERDICTS[code], ("check", "checks")
    )
