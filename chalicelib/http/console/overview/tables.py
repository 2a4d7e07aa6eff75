"""Download of a table of the dashboard as CSV, for the same period and filters."""

from __future__ import annotations

from chalice.app import Request as HttpRequest

from chalicelib import csv_output
from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.kpi.tables import TABLES, Request, is_available
from chalicelib.errors import NotFound
from chalicelib.http.console import layout
from chalicelib.http.console.home import slug
from chalicelib.http.console.overview import kpi_file, named, people
from chalicelib.http.console.overview.named import NamedFilter
from chalicelib.http.console.overview.period import chosen
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import query

CSV = "text/csv; charset=utf-8"
MISSING = "There is no such table, or not with this filter. Go back to the overview and choose one."
OFFERED = tuple(name for name in TABLES if name != "hours")
"""Hourly counts cover at most a week, so only the API offers them."""


def routes(services: Services) -> Routes:
    """`/console/{issuer}/figures/{table}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/figures/{table}", access=member(Permission.READ), missing=MISSING)
    def table(request: HttpRequest, caller: Caller, _person: Person, name: str) -> Reply:
        if name not in OFFERED:
            raise NotFound("no such table")
        reader = CountReader(services.count_store)
        today = people.today(reader, caller.issuer_id, services.issuer_context.clock().date())
        wanted = chosen(layout.query(request), today)
        for field, sentence in wanted.form.errors.items():
            raise query.refused(field, sentence)
        if not is_available(name, wanted.only):
            raise NotFound("not with this filter")
        asked = Request(caller.issuer_id, wanted.days, wanted.only)
        read = kpi_file.table if name == "kpis" else TABLES[name]
        limited = named.filters(wanted.only, people.Names(services, caller.issuer_id))
        found = named.with_filters(named.with_names(services, caller.issuer_id, read(reader, asked)), limited)
        file = "-".join(
            (caller.issuer_id, name, *map(file_part, limited), f"{wanted.days.first}-{wanted.days.last}.csv")
        )
        headers = uncached(**{"Content-Disposition": f'attachment; filename="{file}"'})
        lines = (found.columns, *map(csv_output.rounded, found.rows))
        return Reply("".join(map(csv_output.line, lines)), CSV, headers=headers)

    return bound


def file_part(one: NamedFilter) -> str:
    """What the name of a file says about a filter, in ASCII."""
    return slug(one.value) or slug(one.code)
