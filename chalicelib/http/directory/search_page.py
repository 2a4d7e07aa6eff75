"""Answers of the directory to searches: a page for people, JSON for programs."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.directory.search import search, suggestions
from chalicelib.errors import Refused
from chalicelib.http.core import problem
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.directory import search_json, search_request, search_view
from chalicelib.http.directory.search_request import INCLUDED
from chalicelib.http.directory.search_view import SORTS, SearchView
from chalicelib.http.html import render
from chalicelib.http.input import query

CARDS = 10
"""People on a page: a recruiter reads the first ones and narrows the search."""
_MISSING = "There is nothing here."
_UNLISTED = {"X-Robots-Tag": "noindex"}
"""Search engines may list a profile if its holder wants it, but not searches for people."""


def find(services: Services, request: Request) -> Reply:
    """Return a page of results as JSON. Raises `Refused`, `Problem`, `Unavailable`."""
    asked, now = search_request.read(request), services.hosted_reports.clock()
    total, facets = (one in asked.include for one in INCLUDED)
    found = search(asked.request(limit=asked.limit, total=total, facets=facets), services.directory, now)
    return as_json(search_json.to_json(found, services.settings.base_url, now), headers=uncached())


def suggest(services: Services, request: Request) -> Reply:
    """Return suggestions for what has been typed. Raises `Problem`, `Unavailable`."""
    typed = query.only(request, "q").get("q", "")
    found = suggestions(typed, services.directory)
    return as_json({"items": [search_json.suggested(one) for one in found]}, headers=uncached())


def show(services: Services, request: Request) -> Reply:
    """Return the page with results. Raises `Problem`, `Unavailable`."""
    asked, now, base_url = search_request.read(request), services.hosted_reports.clock(), services.settings.base_url
    first = asked.cursor is None
    try:
        found = search(asked.request(limit=CARDS, total=first, facets=first), services.directory, now)
    except Refused as error:
        # Keep the form as it was sent, so that the visitor can correct it.
        refused = problem.of(error, _MISSING)
        if refused is None:
            raise
        return _page(base_url, search_view.empty_view(asked, now), refused.kind.status, refused)
    return _page(base_url, search_view.view_of(asked, found, base_url, now), 200, None)


def _page(base_url: str, view: SearchView, status: int, refused: Problem | None) -> Reply:
    return render.page(
        "directory/search.html",
        base_url,
        status,
        uncached(**_UNLISTED),
        forms=True,
        page=view,
        problem=refused,
        sorts=SORTS,
    )
