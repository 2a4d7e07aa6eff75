"""Download of a table of the dashboard as CSV, for the same period and filters."""

from __future__ import annotations

from chalice.app import Request as HttpRequest

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.kpi.tables import TABLES, Request
from chalicelib.award.bulk import csv_output
from chalicelib.errors import NotFound
from chalicelib.http.console import layout
from chalicelib.http.console.overview import kpi_file, named, people
from chalicelib.http.console.overview.period import chosen
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import query

CSV = "text/csv; charset=utf-8"
MISSING = "There is no such table. Go back to the overview and choose one."
OFFERED = tuple(name for name in TABLES if name != "hours")
"""Hours are of at most a week, so only the API has them."""


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
        asked = Request(caller.issuer_id, wanted.days, wanted.only)
        read = kpi_file.table if name == "kpis" else TABLES[name]
        found = named.with_names(services, caller.issuer_id, read(reader, asked))
        file = f"{caller.issuer_id}-{name}-{wanted.days.first}-{wanted.days.last}.csv"
        headers = uncached(**{"Content-Disposition": f'attachment; filename="{file}"'})
        return Reply("".join(map(csv_output.line, (found.columns, *found.rows))), CSV, headers=headers)

    return bound
