"""Counts and key figures of the caller's issuer, as JSON or CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from chalice.app import Request as HttpRequest

from chalicelib import csv_output
from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.kpi.figures import Filter
from chalicelib.analytics.kpi.tables import MAX_DAYS, MAX_HOURLY_DAYS, TABLES, Request, is_available
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import negotiation, query

CSV = "text/csv"
MISSING = f"The tables are: {', '.join(TABLES)}."
NO_CHANNEL = "This table is about holders, who have no channel or country. Leave this out."
MAX_ROWS = 1_000
"""Maximum rows of a page. The longest rows, those of key figures, are half a kilobyte."""
_OFFSET = re.compile(r"\d{1,6}", re.ASCII)
_FILTERS = ("achievement", "channel", "country")


def routes(services: Services) -> Routes:
    """Create the route `/v1/analytics/{table}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/analytics/{table}", access=token(Permission.READ), missing=MISSING)
    def table(request: HttpRequest, caller: Caller, name: str) -> Reply:
        filters = query.only(request, "from", "to", *_FILTERS, "cursor", "limit")
        build = TABLES.get(name)
        if build is None:
            raise Problem("not_found", MISSING)
        accepted = negotiation.ranked(request.headers.get("accept"), (negotiation.JSON, CSV))
        if not accepted:
            available = [negotiation.JSON, CSV]
            raise Problem("not_acceptable", f"Accept {' or '.join(available)}.", more={"available": available})
        days = days_of(filters, services.issuer_context.clock().date())
        if name == "hours" and days.many > MAX_HOURLY_DAYS:
            raise query.refused("from", f"Request hourly counts for at most {MAX_HOURLY_DAYS} days.")
        start = int(query.cursor(filters, _OFFSET) or 0)
        limit = query.limit(filters if "limit" in filters else {"limit": str(MAX_ROWS)}, MAX_ROWS)
        only = Filter(*(filters.get(each) for each in _FILTERS))
        if not is_available(name, only):
            field = "channel" if only.channel is not None else "country"
            raise query.refused(field, NO_CHANNEL)
        found = build(CountReader(services.count_store), Request(caller.issuer_id, days, only))
        page = found.rows[start : start + limit]
        following = str(start + limit) if len(found.rows) > start + limit else None
        headers = {"Vary": "Accept"}
        if following is not None:
            given = urlencode({**filters, "cursor": following, "limit": limit})
            where = f"{bound.base_url}/v1/analytics/{name}?{given}"
            headers["Link"] = f'<{where}>; rel="next"'
        if accepted[0] == CSV:
            lines = map(csv_output.line, (found.columns, *page))
            return Reply("".join(lines), f"{CSV}; charset=utf-8", headers=headers)
        body = {
            "from": days.first.isoformat(),
            "to": days.last.isoformat(),
            "items": [dict(zip(found.columns, row, strict=True)) for row in page],
            "next": following,
        }
        return as_json(body, headers=headers)

    return bound


def days_of(filters: Mapping[str, str], today: date) -> Days:
    """The requested days: by default the last month and this one so far, because figures about people are of whole
    months. Raises `Problem` (`invalid_request`)."""
    last = _day(filters, "to") or today
    first = _day(filters, "from") or (last.replace(day=1) - timedelta(days=1)).replace(day=1)
    if first > last:
        raise query.refused("from", f"This must not be after the last day, {last.isoformat()}.")
    if Days(first, last).many > MAX_DAYS:
        raise query.refused("from", f"This must be at most {MAX_DAYS} days before the last day.")
    return Days(first, last)


def _day(filters: Mapping[str, str], name: str) -> date | None:
    if name not in filters:
        return None
    text = filters[name]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.isoformat() != text or not 2000 <= day.year <= 9000:
        raise query.refused(name, "This must be a date such as 2026-11-30.")
    return day
