"""The ES module that websites use to verify credentials: `/client/{file}`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.embed import client
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed.widgets import JAVASCRIPT, VERSION_SECONDS
from chalicelib.settings import Function

MISSING = f"This version does not exist. The latest is /client/{client.LATEST}."


def routes(services: Services) -> Routes:
    """Create the route `/client/{file}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/client/{file}", access=PUBLIC, missing=MISSING)
    def module(request: Request, file: str) -> Reply:
        source = client.module(file)
        if source is None:
            raise NotFound("no such version of the module")
        return public(request, Reply(source, JAVASCRIPT), VERSION_SECONDS, immutable=True)

    bound.preflight("/client/{file}")
    return bound
