"""Names for filter values, and the tables of the dashboard as files: like those of the API, with a name next to
each id or code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.analytics.kpi.figures import Filter
from chalicelib.analytics.kpi.tables import Row, Table
from chalicelib.http.console.credentials.credential_text import ANOTHER
from chalicelib.http.console.overview import people, wording
from chalicelib.http.console.overview.people import Names
from chalicelib.http.core.ports import Services

ERASED = "Erased credential"
DELETED_PATHWAY = "Deleted pathway"

_Find = Callable[[Services, str, Collection[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Column:
    """The column of names that follows a column of ids; ``absent`` is shown for what no longer exists."""

    heading: str
    find: _Find
    absent: str = ""


def _achievements(services: Services, issuer_id: str, ids: Collection[str]) -> Mapping[str, str]:
    return Names(services, issuer_id).of(ids)


def _written(write: Callable[[str], str]) -> _Find:
    return lambda _services, _issuer, codes: {code: write(code) for code in codes}


_COLUMNS = {
    "credential": _Column("holder", people.holder_names, ERASED),
    "achievement": _Column("achievement_name", _achievements, ANOTHER),
    "pathway": _Column("pathway_name", people.pathway_names, DELETED_PATHWAY),
    "channel": _Column("channel_name", _written(wording.channel)),
    "platform": _Column("platform_name", _written(wording.channel)),
    "country": _Column("country_name", _written(wording.country)),
    "verdict": _Column("verdict_name", _written(lambda code: wording.VERDICTS.get(code, code))),
}


@dataclass(frozen=True, slots=True)
class NamedFilter:
    """A filter in words; ``field`` and ``code`` are its name and value in the URL."""

    field: str
    code: str
    label: str
    value: str


def filters(only: Filter, names: Names) -> tuple[NamedFilter, ...]:
    """The filters of ``only`` that are set."""
    found = []
    if only.achievement is not None:
        name = names.of([only.achievement]).get(only.achievement, ANOTHER)
        found.append(NamedFilter("achievement", only.achievement, "Achievement", name))
    if only.channel is not None:
        found.append(NamedFilter("channel", only.channel, "Channel", wording.channel(only.channel)))
    if only.country is not None:
        found.append(NamedFilter("country", only.country, "Country", wording.country(only.country)))
    return tuple(found)


def with_filters(table: Table, limited: Sequence[NamedFilter]) -> Table:
    """``table`` with a column for each filter, so that the file says what it is limited to."""
    values = tuple(each.value for each in limited)
    return Table(
        (*table.columns, *(f"filter_{each.field}" for each in limited)), [(*row, *values) for row in table.rows]
    )


def with_names(services: Services, issuer_id: str, table: Table) -> Table:
    """``table`` with a column of names after each column of ids or codes."""
    named = {at: _COLUMNS[column] for at, column in enumerate(table.columns) if column in _COLUMNS}
    found = {at: column.find(services, issuer_id, {str(row[at]) for row in table.rows}) for at, column in named.items()}

    def cells(row: Row, at: int) -> Row:
        return (row[at], found[at].get(str(row[at]), named[at].absent)) if at in named else (row[at],)

    places = range(len(table.columns))
    headings = ((table.columns[at], named[at].heading) if at in named else (table.columns[at],) for at in places)
    rows: list[Row] = [tuple(cell for at in places for cell in cells(row, at)) for row in table.rows]
    return Table(tuple(heading for some in headings for heading in some), rows)
