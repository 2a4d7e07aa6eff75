"""What the view of a goal shows besides key figures: a table or a few sentences each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.left_out import because, those
from chalicelib.analytics.kpi.suppression import too_small
from chalicelib.analytics.kpi.tables import TABLES, Request, period_figures
from chalicelib.delivery.surveys.results import results
from chalicelib.http.console.outcomes.survey import COLUMNS, MAX_ANSWERS, cells
from chalicelib.http.console.overview import people, wording
from chalicelib.http.console.overview.breakdowns import TableView
from chalicelib.http.console.overview.people import Names
from chalicelib.http.core.ports import Services
from chalicelib.http.html.achievement_kind import kind_name
from chalicelib.outcomes import savings
from chalicelib.outcomes.goals import HIGH_STAKES, SOCIAL, Part

MAX_ROWS = 10
"""Maximum rows of a table on this page; the dashboard's files have all."""
NO_DATA = "No data for this period."
_NO_VERDICT = frozenset({"", "not_checked", "unknown"})


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the view: sentences, and a table if there is one."""

    title: str
    sentences: tuple[str, ...]
    table: TableView | None = None
    link: tuple[str, str] | None = None
    """The path after `/console/{issuer}` of a page with more, and its name."""


def _influencers(services: Services, reader: CountReader, asked: Request) -> Section:
    found = people.influencers(services, reader, asked, people.recent(asked.days), Names(services, asked.issuer_id))
    rows = tuple((one.holder, one.achievement, one.shares, one.views, one.referrals) for one in found)
    columns = ("Holder", "Achievement", "Shares", "Views", "Enrolment visits")
    note = f"{wording.days(people.recent(asked.days))}: the shared credentials that brought the most visits."
    return _table("Shares that bring the most visits", note, columns, rows)


def _pathways(services: Services, reader: CountReader, asked: Request) -> Section:
    flows = people.pathways(services, reader, asked)
    rows = tuple((flow.name, bar.label, bar.number, bar.note) for flow in flows for bar in flow.bars)
    note = "Holders who completed each number of steps, in the full months of the period."
    return _table("Completion and drop-off", note, ("Pathway", "Steps", "Holders", "Stopped"), rows)


def _savings(services: Services, reader: CountReader, asked: Request) -> Section:
    manual = services.outcome_context.store.manual_check(asked.issuer_id)
    rows = TABLES["verdicts"](reader, asked).rows
    answered = sum(_number(times) for verdict, times in rows if verdict not in _NO_VERDICT)
    counted = f"{answered:,} verifications with a verdict: page views by people, and API reports."
    if manual is None:
        return Section("Cost and time saved", (counted, savings.NONE))
    saved = savings.savings(manual, answered)
    table = TableView(
        "savings",
        ("Checks avoided", "Hours saved", f"Cost saved ({manual.currency})"),
        ((f"{saved.checks:,}", f"{saved.hours:,.0f}", f"{saved.cost:,}"),),
    )
    return Section("Cost and time saved", (counted, savings.assumption(manual)), table)


def _survey(services: Services, _reader: CountReader, asked: Request) -> Section:
    surveys = services.delivery_context.surveys
    survey = surveys.survey(asked.issuer_id)
    if survey is None:
        return Section("Recipient survey", ("The survey is off.",), link=("/survey", "Survey of holders"))
    rows = tuple(map(cells, results(survey, islice(surveys.answers(asked.issuer_id), MAX_ANSWERS))))
    found = _table("Recipient survey", "Answers so far, in whole batches of ten people.", COLUMNS, rows)
    return replace(found, link=("/survey", "Survey of holders"))


def _platforms(_services: Services, reader: CountReader, asked: Request) -> Section:
    rows = sorted(TABLES["platforms"](reader, asked).rows, key=lambda row: -_number(row[1]))
    shown = tuple((wording.channel(str(name)), f"{_number(times):,}") for name, times in rows[:MAX_ROWS])
    return _table("Social shares", "Shares by platform.", ("Platform", "Shares"), shown)


def _social_visits(_services: Services, reader: CountReader, asked: Request) -> Section:
    before, now = (_by(reader, each, "channels", Kind.VIEW) for each in _both(asked))
    rows = tuple(
        (wording.channel(name), f"{now.get(name, 0):,}", f"{before.get(name, 0):,}")
        for name in sorted(SOCIAL & (now.keys() | before.keys()), key=lambda name: -now.get(name, 0))
        if now.get(name, 0) or before.get(name, 0)
    )
    note = "Views that came from social networks, which show where credentials are mentioned."
    return _table("Social mentions", note, ("Network", "Views", "Previous period"), rows)


def _countries(_services: Services, reader: CountReader, asked: Request) -> Section:
    before, now = (_by(reader, each, "countries", Kind.VIEW) for each in _both(asked))
    most = sorted(now.keys() | before.keys(), key=lambda code: (-now.get(code, 0), code))[:MAX_ROWS]
    rows = tuple(
        (wording.country(code), f"{now.get(code, 0):,}", f"{before.get(code, 0):,}", f"{_growth(code, now, before)}")
        for code in most
        if now.get(code, 0) or before.get(code, 0)
    )
    note = "Views by people. Laurel does not store where learners live, so views stand in for learners."
    return _table("Growth by country", note, ("Country", "Views", "Previous period", "Change"), rows)


def _growth(code: str, now: Mapping[str, int], before: Mapping[str, int]) -> str:
    return f"{now.get(code, 0) - before.get(code, 0):+,}"


def _new_learners(_services: Services, reader: CountReader, asked: Request) -> Section:
    found = period_figures(reader, asked)
    issued, returning = found.credentials(Stage.ISSUED), found.credentials(Stage.RETURNING)
    formula = "Credentials issued to people who had none from you before, in the full months of the period."
    left_out = found.left_out(Stage.ISSUED)
    if not issued and not left_out:
        return Section("New learners", (formula, NO_DATA))
    if not issued or too_small(issued):
        return Section("New learners", (formula, f"Not shown, because {because(left_out)}."))
    without = f" This excludes {' and '.join(those(left_out))}." if left_out else ""
    return Section("New learners", (f"{issued - returning:,} of {issued:,}. {formula}{without}",))


def _high_stakes(services: Services, reader: CountReader, asked: Request) -> Section:
    issued = _by(reader, asked, "achievements", Kind.ISSUED)
    found = services.issuer_context.issuer_store.achievements_by_id(asked.issuer_id, set(issued))
    kinds: dict[str, int] = {}
    for achievement_id, many in issued.items():
        kind = found[achievement_id].kind if achievement_id in found else ""
        if kind in HIGH_STAKES:
            kinds[kind] = kinds.get(kind, 0) + many
    rows = tuple((str(kind_name(kind)), f"{many:,}") for kind, many in sorted(kinds.items()) if many)
    note = "Credentials of a type that people need to enter a profession or course, such as a licence or degree."
    return _table("Learners with high-stakes credentials", note, ("Type", "Issued"), rows)


def _both(asked: Request) -> tuple[Request, Request]:
    return asked._replace(days=asked.days.before), asked


def _by(reader: CountReader, asked: Request, name: str, kind: Kind) -> dict[str, int]:
    """Events of ``kind`` by the first column of a table."""
    table = TABLES[name](reader, asked)
    at = table.columns.index(kind.value)
    return {str(row[0]): _number(row[at]) for row in table.rows}


def _table(title: str, note: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Section:
    if not rows:
        return Section(title, (note, NO_DATA))
    return Section(title, (note,), TableView(title, columns, rows))


def _number(cell: object) -> int:
    return cell if isinstance(cell, int) else 0


BUILDERS: Mapping[Part, Callable[[Services, CountReader, Request], Section]] = {
    Part.INFLUENCERS: _influencers,
    Part.PATHWAYS: _pathways,
    Part.SAVINGS: _savings,
    Part.SURVEY: _survey,
    Part.PLATFORMS: _platforms,
    Part.SOCIAL_VISITS: _social_visits,
    Part.NEW_LEARNERS: _new_learners,
    Part.COUNTRIES: _countries,
    Part.HIGH_STAKES: _high_stakes,
}
