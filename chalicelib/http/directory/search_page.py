"""The search of the directory: `/directory` for people, `/v1/directory` and `/v1/directory/suggest` for programs."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Request

from chalicelib.directory.search import search, suggestions
from chalicelib.errors import Refused
from chalicelib.http.core import problem
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory import search_json, search_request, search_view
from chalicelib.http.directory.search_request import INCLUDED, Asked
from chalicelib.http.directory.search_view import SORTS, SearchView
from chalicelib.http.html import render
from chalicelib.http.input import query
from chalicelib.settings import Function

CARDS = 10
"""People on a page: a recruiter reads the first ones and narrows the search."""
_MISSING = "There is nothing here."
_UNLISTED = {"X-Robots-Tag": "noindex"}
"""Search engines may list a profile if its holder wants it, but not searches for people."""


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/v1/directory", access=PUBLIC)
    def find(request: Request) -> Reply:
        asked = search_request.read(request)
        total, facets = (one in asked.include for one in INCLUDED)
        found = search(asked.request(limit=asked.limit, total=total, facets=facets), services.directory, _now())
        return as_json(search_json.to_json(found, bound.base_url, _now()), headers=uncached())

    bound.preflight("/v1/directory")

    @bound.bind("/v1/directory/suggest", access=PUBLIC)
    def suggest(request: Request) -> Reply:
        typed = query.only(request, "q").get("q", "")
        found = suggestions(typed, services.directory)
        return as_json({"items": [search_json.suggested(one) for one in found]}, headers=uncached())

    bound.preflight("/v1/directory/suggest")

    @bound.bind("/directory", access=PUBLIC)
    def show(request: Request) -> Reply:
        asked = search_request.read(request)
        first = asked.cursor is None
        try:
            found = search(asked.request(limit=CARDS, total=first, facets=first), services.directory, _now())
        except Refused as error:
            return _refused(asked, error)
        return _page(search_view.view_of(asked, found, bound.base_url, _now()), 200, None)

    def _refused(asked: Asked, error: Refused) -> Reply:
        # Keep the form as it was sent, so that the visitor can correct it.
        refused = problem.of(error, _MISSING)
        if refused is None:
            raise error
        return _page(search_view.empty_view(asked, _now()), refused.kind.status, refused)

    def _page(view: SearchView, status: int, refused: Problem | None) -> Reply:
        return render.page(
            "directory/search.html",
            bound.base_url,
            status,
            uncached(**_UNLISTED),
            forms=True,
            page=view,
            problem=refused,
            sorts=SORTS,
        )

    def _now() -> datetime:
        return services.hosted_reports.clock()

    return bound
