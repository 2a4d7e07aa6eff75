"""The search of the directory: `/directory` for people, `/v1/directory` and `/v1/directory/suggest` for programs; and
`/directory/listings/{id}`, the decoy for bots that copy it."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.http.core.access import PUBLIC, verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function
from chalicelib.verifiers.scope import Scope

DECOY = phrase(
    "Laurel hides this link from people, to detect bots that copy the directory. To find people, search the directory."
)
"""Shown to people who open a decoy anyway, for example in a browser that shows hidden links."""


def routes(services: Services) -> Routes:
    """Create the routes.

    They import the search when it is first used: the cold start of a credential's page would pay for it.
    """
    bound = Routes(__name__, services, Function.PUBLIC)
    by_program = verifier(Scope.DIRECTORY, anonymous=True)

    @bound.bind("/v1/directory", access=by_program)
    def find(request: Request, _caller: ApiCaller) -> Reply:
        from chalicelib.http.directory import search_page

        return search_page.find(services, request)

    bound.preflight("/v1/directory")

    @bound.bind("/v1/directory/suggest", access=by_program)
    def suggest(request: Request, _caller: ApiCaller) -> Reply:
        from chalicelib.http.directory import search_page

        return search_page.suggest(services, request)

    bound.preflight("/v1/directory/suggest")

    @bound.bind("/directory", access=PUBLIC)
    def show(request: Request) -> Reply:
        from chalicelib.http.directory import search_page

        return search_page.show(services, request)

    @bound.bind("/directory/listings/{id}", access=PUBLIC, missing=DECOY)
    def open_decoy(request: Request, decoy: str) -> Reply:
        from chalicelib.http.directory import search_page

        return search_page.open_decoy(services, request, decoy)

    return bound
