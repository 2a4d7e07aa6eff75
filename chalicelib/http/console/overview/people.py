"""Parts of the dashboard that name achievements, holders and pathways."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.kpi.changes import percent
from chalicelib.analytics.kpi.tables import TABLES, Request, Row
from chalicelib.errors import NotFound
from chalicelib.http.console.credentials.credential_text import ANOTHER, NO_NAME
from chalicelib.http.console.overview import charts, wording
from chalicelib.http.console.overview.charts import Bar
from chalicelib.http.core.ports import Services

FEW_DAYS = 15
"""Days of a month that say little about it: on the first, a programme would have no achievements to compare."""
INFLUENCERS = 5
"""Shared credentials on the page. The CSV file has all."""
INFLUENCERS_READ = 7
"""Shared credentials whose holders are read; more than are shown, because some may be erased. Costs 3.5 read units."""


@dataclass(slots=True)
class Names:
    """Names of achievements. Each is read once."""

    services: Services
    issuer_id: str
    _known: dict[str, str] = field(default_factory=dict)

    def of(self, ids: Collection[str]) -> dict[str, str]:
        """The names of those of ``ids`` that exist."""
        store = self.services.issuer_context.issuer_store
        if unknown := set(ids) - self._known.keys() - {""}:
            found = store.achievements_by_id(self.issuer_id, unknown)
            self._known |= {each: found[each].name if each in found else "" for each in unknown}
        return {each: self._known[each] for each in ids if self._known.get(each)}


@dataclass(frozen=True, slots=True)
class Influencer:
    """A shared credential and what it brought."""

    credential: str
    holder: str
    achievement: str
    shares: str
    views: str
    referrals: str
    conversions: str


@dataclass(frozen=True, slots=True)
class PathwayFlow:
    """How many holders reached each number of steps of a pathway."""

    name: str
    bars: tuple[Bar, ...]


def recent(days: Days) -> Days:
    """The last month of ``days``, as far as it is in them; while it is younger than `FEW_DAYS`, the month before."""
    start = days.last.replace(day=1)
    before = start - timedelta(days=1)
    if days.last.day < FEW_DAYS and days.first <= before:
        return Days(max(days.first, before.replace(day=1)), before)
    return Days(max(days.first, start), days.last)


def influencers(
    services: Services, reader: CountReader, request: Request, days: Days, names: Names
) -> tuple[Influencer, ...]:
    """The shared credentials that brought most in ``days``, with the names of their holders. Those whose holder is no
    longer known, for example after an erasure, are left out."""
    rows = TABLES["influencers"](reader, request._replace(days=days)).rows[:INFLUENCERS_READ]
    holders = holder_names(services, request.issuer_id, [str(row[0]) for row in rows])
    known = [row for row in rows if str(row[0]) in holders][:INFLUENCERS]
    achievements = names.of([str(row[1]) for row in known])
    return tuple(_influencer(row, holders[str(row[0])], achievements.get(str(row[1]), ANOTHER)) for row in known)


def holder_names(services: Services, issuer_id: str, credential_ids: Collection[str]) -> dict[str, str]:
    """The names of the holders of those of ``credential_ids`` that are the issuer's."""
    found = services.issuer_context.issuer_store.recipients(credential_ids)
    return {each.credential_id: each.name or NO_NAME for each in found if each.issuer_id == issuer_id}


def _influencer(row: Row, holder: str, achievement: str) -> Influencer:
    credential, _, *numbers = row
    referrals, views, shares, conversions = (f"{_number(each):,}" for each in numbers)
    return Influencer(str(credential), holder, achievement, shares, views, referrals, conversions)


def pathways(services: Services, reader: CountReader, request: Request) -> tuple[PathwayFlow, ...]:
    """Each pathway with its steps and where holders stop, without deleted ones."""
    rows = TABLES["pathways"](reader, request).rows
    names = pathway_names(services, request.issuer_id, {str(row[0]) for row in rows})
    flows = ((str(of), list(some)) for of, some in groupby(rows, _first))
    return tuple(_pathway(names[of], some) for of, some in flows if of in names)


def pathway_names(services: Services, issuer_id: str, ids: Collection[str]) -> dict[str, str]:
    """The names of those of ``ids`` that exist. An issuer has few pathways, so each is one read."""
    found = {}
    for each in sorted(ids):
        with suppress(NotFound):
            found[each] = services.pathways.pathway(issuer_id, each).name
    return found


def _pathway(name: str, rows: list[Row]) -> PathwayFlow:
    longest = max((_number(row[2]) for row in rows), default=0)
    return PathwayFlow(name, tuple(_steps(rows, longest)))


def _steps(rows: list[Row], longest: int) -> Iterator[Bar]:
    before = 0
    for _, steps, holders, dropped in rows:
        label = "1 step" if steps == 1 else f"{steps} steps"
        if holders is None:
            yield Bar(label, wording.TOO_FEW, "0%")
            continue
        note = ""
        if isinstance(dropped, float) and dropped > 0:
            note = f"{before - _number(holders):,} of {before:,} stopped before ({percent(dropped)})"
        before = _number(holders)
        yield from charts.bars([(label, before, note)], longest)


def _first(row: Row) -> object:
    return row[0]


def _number(cell: object) -> int:
    return cell if isinstance(cell, int) else 0


def channels(reader: CountReader, request: Request, name: str) -> tuple[str, ...]:
    """The channels or countries of the period, without its filters."""
    table = TABLES[name](reader, Request(request.issuer_id, request.days))
    return tuple(str(row[0]) for row in table.rows if row[0])


def today(reader: CountReader, issuer_id: str, now: date) -> date:
    """The day up to which there are counts; ``now`` before anything was counted."""
    counted = reader.today(issuer_id)
    return now if counted == date.min else counted
