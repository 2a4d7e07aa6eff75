"""The directory of one issuer: `/issuers/{id}/directory`, and as a frame for its website,
`/embed/issuers/{id}/directory`. An issuer switches them on in its settings."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from chalice.app import Request

from chalicelib.embed import snippets
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function

MISSING = phrase("This issuer does not have its own directory.")
"""The same for an issuer that does not exist, has not switched it on, or is not identified."""
HEIGHT = 640
"""Pixels of the frame before it reports its height: six people."""
WIDTH = 680
"""As wide as the text of most websites."""


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

    return bound


def path_of(issuer_id: str) -> str:
    """The path of the directory of an issuer."""
    return f"/issuers/{issuer_id}/directory"


def directory_url(base_url: str, issuer_id: str) -> str:
    """The directory of an issuer."""
    return f"{base_url}{path_of(issuer_id)}"


def snippet(base_url: str, issuer_id: str) -> str:
    """The code that shows the newest people on the issuer's website, at the height that the frame reports."""
    from chalicelib.http.directory.wall import listener

    frame = (
        f'<iframe src={quoteattr(f"{base_url}/embed{path_of(issuer_id)}")} title="People with our credentials" '
        f'width="{WIDTH}" height="{HEIGHT}" style="{snippets.FRAME_STYLE}" loading="lazy" '
        f"sandbox={quoteattr(snippets.SANDBOX)}></iframe>"
    )
    return f"{frame}\n{listener(base_url)}"
