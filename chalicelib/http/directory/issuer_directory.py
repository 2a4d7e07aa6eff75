"""The directory of one issuer: `/issuers/{id}/directory`, as a frame for its website, `/embed/issuers/{id}/directory`,
and the code of that frame, `/issuers/{id}/directory/embed`. An issuer switches them on in its settings."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function

MISSING = phrase("This issuer does not have its own directory.")
"""The same for an issuer that does not exist, has not switched it on, or is not identified."""


def routes(services: Services) -> Routes:
    """Create the routes. They import the search when it is first used, as `directory.search` does."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/issuers/{id}/directory", access=PUBLIC, missing=MISSING)
    def show(request: Request, issuer_id: str) -> Reply:
        from chalicelib.http.directory import issuer_search

        return issuer_search.show(services, request, issuer_id)

    @bound.bind("/embed/issuers/{id}/directory", access=PUBLIC, missing=MISSING)
    def frame(request: Request, issuer_id: str) -> Reply:
        from chalicelib.http.directory import issuer_search

        return issuer_search.frame(services, request, issuer_id)

    @bound.bind("/issuers/{id}/directory/embed", access=PUBLIC, missing=MISSING)
    def build(request: Request, issuer_id: str) -> Reply:
        from chalicelib.http.directory import issuer_search

        return issuer_search.build(services, request, issuer_id)

    return bound


def path_of(issuer_id: str) -> str:
    """The path of the directory of an issuer."""
    return f"/issuers/{issuer_id}/directory"


def directory_url(base_url: str, issuer_id: str) -> str:
    """The directory of an issuer."""
    return f"{base_url}{path_of(issuer_id)}"
