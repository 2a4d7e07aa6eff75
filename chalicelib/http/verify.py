"""Checking what a program brings."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.http import brought, shapes, visit
from chalicelib.http.access import PUBLIC
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply, as_json, uncached
from chalicelib.http.routing import Routes


def routes(services: Services) -> Routes:
    """`/v1/verify`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/verify", access=PUBLIC, methods=("POST",))
    def verify(request: Request) -> Reply:
        checked = brought.check(services, brought.by_program(request), visit.made(request, Kind.VERIFICATION))
        return as_json(shapes.report(checked.report), headers=uncached())

    bound.preflight("/v1/verify")
    return bound
