"""The first page."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.http import pages
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply, public
from chalicelib.http.routing import Routes

SECONDS = 300


def routes(services: Services) -> Routes:
    """`/`."""
    bound = Routes(__name__, services.settings.base_url)

    @bound.bind("/")
    def home(request: Request) -> Reply:
        return public(request, pages.home(services.settings.base_url), SECONDS)

    return bound
