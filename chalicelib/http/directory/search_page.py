"""Answers of the directory to searches: a page for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from chalice.app import Request

from chalicelib.analytics.event import Kind, VisitorClass
from chalicelib.directory import directory_events
from chalicelib.directory.ports import Ports
from chalicelib.directory.query.alternatives import Alternative, alternatives
from chalicelib.directory.reading_limit import SUGGESTIONS, Reading
from chalicelib.directory.search import MAX_PAGE, Page, SearchRequest, search, suggestions
from chalicelib.errors import NotFound, Refused, TooMany
from chalicelib.http.catalogue.profile import Profile
from chalicelib.http.core import problem
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.directory import search_csv, search_json, search_request, search_view
from chalicelib.http.directory.search_request import INCLUDED, SearchParameters
from chalicelib.http.directory.search_view import SORTS, SearchView
from chalicelib.http.html import render
from chalicelib.http.input import negotiation, query, request_context, visitor_class

CARDS = 10
"""People on a page: a recruiter reads the first ones and narrows the search."""
_MISSING = "There is nothing here."
UNLISTED = {"X-Robots-Tag": "noindex"}
"""Search engines may list a profile if its holder wants it, but not searches for people."""


def find(services: Services, request: Request) -> Reply:
    """Return a page of results as JSON or CSV. Raises `Refused`, `Problem`, `TooMany`, `Unavailable`."""
    asked, base_url = search_request.read(request), services.settings.base_url
    as_csv = _wants_csv(request, asked)
    found, now = results(services, request, asked)
    if as_csv:
        return _csv(asked, found, base_url)
    return as_json(search_json.to_json(found, base_url, now), headers=uncached(Vary="Accept"))


def results(services: Services, request: Request, asked: SearchParameters) -> tuple[Page, datetime]:
    """Search for a program, count what its network reads, and record the search; return the results and when they were
    checked. Raises `Refused`, `TooMany`, `Unavailable`."""
    now = services.hosted_reports.clock()
    total, facets = (one in asked.include for one in INCLUDED)
    wanted = asked.request(limit=asked.limit, total=total, facets=facets)
    with _reading(services, request, wanted.limit) as reading:
        found = search(wanted, _ports(services, reading), now)
        reading.shown = len(found.hits)
    _record(services, request, wanted, found, reading)
    return found, now


def suggest(services: Services, request: Request) -> Reply:
    """Return suggestions for what has been typed. Raises `Problem`, `TooMany`, `Unavailable`."""
    typed = query.only(request, "q").get("q", "")
    with _reading(services, request, SUGGESTIONS) as reading:
        found = suggestions(typed, services.directory)
        reading.shown = SUGGESTIONS
    return as_json({"items": [search_json.suggested(one) for one in found]}, headers=uncached())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page shows: results, or why there are none."""

    view: SearchView
    refused: Problem | None
    decoy: str | None


def show(services: Services, request: Request) -> Reply:
    """Return the page with results. Raises `Problem`, `Unavailable`."""
    found = answer(services, request, search_request.read(request))
    return page_of(services, found, "directory/search.html")


def answer(
    services: Services,
    request: Request,
    asked: SearchParameters,
    *,
    limit: int = CARDS,
    achievements: Collection[str] | None = None,
    by_visitor: bool = True,
) -> Answer:
    """Search for a page; ``achievements`` as in `search_view`. ``by_visitor`` is false for a frame, which a
    website loads with each view of its own page: that does not count as a search. Raises `Unavailable`."""
    now, base_url = services.hosted_reports.clock(), services.settings.base_url
    first = asked.cursor is None
    try:
        wanted = asked.request(limit=limit, total=first, facets=first)
        with _reading(services, request, wanted.limit) as reading:
            ports = _ports(services, reading)
            found = search(wanted, ports, now)
            others = _alternatives(ports, asked, now) if found.total and not found.total.value else ()
            reading.shown = len(found.hits) + len(others)
    except (Refused, TooMany) as error:
        # Keep the form as it was sent, so that the visitor can correct it.
        refused = problem.problem_from_error(error, _MISSING)
        if refused is None:
            raise
        return Answer(search_view.empty_view(asked, base_url, now), refused, None)
    _record(services, request, wanted, found, reading, by_visitor=by_visitor)
    return Answer(search_view.view_of(asked, found, others, base_url, now, achievements), None, reading.decoy)


def page_of(services: Services, found: Answer, template: str, issuer: Profile | None = None) -> Reply:
    """Render the page of ``found``, which is that of ``issuer`` if it has a directory of its own."""
    return render.page(
        template,
        services.settings.base_url,
        found.refused.kind.status if found.refused else 200,
        uncached(**UNLISTED) | (dict(found.refused.headers) if found.refused else {}),
        forms=True,
        page=found.view,
        problem=found.refused,
        decoy=found.decoy,
        sorts=SORTS,
        max_csv=MAX_PAGE,
        issuer=issuer,
    )


def _reading(services: Services, request: Request, listings: int) -> AbstractContextManager[Reading]:
    by_other_site = request_context.embedded_by_other_site(request)
    return services.reading_limit.reading(
        request_context.client_address(request), listings, by_other_site=by_other_site
    )


def _ports(services: Services, reading: Reading) -> Ports:
    """The ports of a search, with the day's salt as it was read to count the network."""
    ports = services.directory

    def secret(day: date) -> bytes | None:
        return reading.salt if day == reading.day else ports.secret(day)

    return replace(ports, secret=secret)


def _alternatives(ports: Ports, asked: SearchParameters, now: datetime) -> tuple[Alternative, ...]:
    """Filters to use instead of some of the words, each of which finds someone."""
    if not asked.text.strip():
        return ()
    found = alternatives(asked.text, lambda part: suggestions(part, ports))
    return tuple(one for one in found if one.kind not in asked.fixed and _finds(ports, asked, one, now))


def _finds(ports: Ports, asked: SearchParameters, other: Alternative, now: datetime) -> bool:
    wanted = asked.with_filter(other.kind, other.value, other.rest).request(limit=1, total=False, facets=False)
    return bool(search(wanted, ports, now).hits)


def _wants_csv(request: Request, asked: SearchParameters) -> bool:
    accepted = negotiation.ranked(request.headers.get("accept"), (negotiation.JSON, search_csv.TYPE))
    chosen = asked.format or ("csv" if accepted[:1] == [search_csv.TYPE] else "json")
    if chosen == "csv" and asked.include:
        raise query.refused("include", "CSV contains the results only.")
    return chosen == "csv"


def _csv(asked: SearchParameters, found: Page, base_url: str) -> Reply:
    headers = uncached(Vary="Accept") | {"Content-Disposition": 'attachment; filename="directory.csv"'}
    if found.next:
        headers["Link"] = f'<{asked.csv_url(base_url, found.next, asked.limit)}>; rel="next"'
    return Reply(search_csv.to_csv(found, base_url), f"{search_csv.TYPE}; charset=utf-8", headers=headers)


def open_decoy(services: Services, request: Request, decoy: str) -> NoReturn:
    """Limit the network of a program that follows every link, and find nothing. Raises `NotFound`, `Unavailable`."""
    if visitor_class.classify_visitor(request) is not VisitorClass.PREFETCH:
        services.reading_limit.opened_decoy(request_context.client_address(request), decoy)
    raise NotFound("a decoy")


def _record(
    services: Services,
    request: Request,
    wanted: SearchRequest,
    found: Page,
    reading: Reading,
    *,
    by_visitor: bool = True,
) -> None:
    visit = request_context.visit_from_request(request, Kind.LISTED)
    if not by_visitor and visit is not None and request_context.is_preview(visit, services.settings.base_url):
        return
    listings = [hit.listing for hit in found.hits]
    searched = (directory_events.searched(wanted.query, listings),) if by_visitor and wanted.cursor is None else ()
    events = (*searched, *directory_events.listed(listings))
    directory_events.record(services.hosted_reports, visit, lambda: reading.salt, events)
