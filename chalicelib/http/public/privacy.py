"""The privacy notice, `/privacy`: docs/privacy.md in the words of a visitor."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render
from chalicelib.settings import Function

SECONDS = 300


def routes(services: Services) -> Routes:
    """Create the route `/privacy`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/privacy", access=PUBLIC)
    def notice(request: Request) -> Reply:
        settings = services.settings
        page = render.page("privacy.html", settings.base_url, 200, {}, days=settings.event_retention_days)
        return public(request, page, SECONDS)

    return bound
