"""The API reference: `/openapi.json` for programs, `/docs` for people."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, request_language
from chalicelib.http.input import negotiation
from chalicelib.http.reference import contract
from chalicelib.settings import Function

SECONDS = 300
"""How long both may be cached. They change only with a deployment."""


def routes(services: Services) -> Routes:
    """Create the routes `/openapi.json` and `/docs`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/openapi.json", access=PUBLIC)
    def document(request: Request) -> Reply:
        return public(request, Reply(contract.source(), negotiation.JSON), SECONDS)

    bound.preflight("/openapi.json")

    @bound.bind("/docs", access=PUBLIC)
    def docs(request: Request) -> Reply:
        if request_language.current().has_session:
            return _page(services, uncached(Vary="Cookie"))
        return public(request, _page(services, {"Vary": "Cookie"}), SECONDS)

    return bound


def _page(services: Services, headers: dict[str, str]) -> Reply:
    from chalicelib.http.reference import operation_view  # imported late: the JSON document does not need it

    return render.page(
        "reference/docs.html",
        services.settings.base_url,
        200,
        headers,
        areas=operation_view.areas(),
        schemas=operation_view.schemas(),
    )
