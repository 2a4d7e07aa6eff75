"""The deployed HTTP application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalice.app import Chalice

from chalicelib.http import route_map
from chalicelib.http.core import log, response_headers
from chalicelib.http.core.ports import Services
from chalicelib.settings import Function, Settings


class Application(Chalice):
    """Chalice with the routes of one deployed function, or with all of them where there is only one process."""

    def __init__(self, services: Services) -> None:
        super().__init__(app_name="laurel", configure_logs=False)
        # Chalice would refuse an image to a caller without a fitting `Accept`, by this list; `Reply` needs none.
        self.api.binary_types = []
        log.attach(self, tracing=services.settings.tracing)
        self._services = services
        self._methods: dict[str, list[str]] = {}
        self._bound: set[str] = set()
        self.register_middleware(response_headers.middleware(services.settings.base_url, self._methods), "http")
        for module in _bound_at_start(services.settings):
            self._bind(module)

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        """Answer one request, with the module that serves its path."""
        self._bind(route_map.module_of(event["requestContext"]["resourcePath"]))
        return super().__call__(event, context)

    def _bind(self, module: str) -> None:
        if module not in self._bound:
            self._bound.add(module)
            bound = route_map.routes_of(module)(self._services)
            self.register_blueprint(bound)
            self._methods |= bound.methods


def create_app(services: Services) -> Chalice:
    """Every route that ``services.settings.function`` serves."""
    return Application(services)


def _bound_at_start(settings: Settings) -> Iterable[str]:
    """The modules to import before the first request.

    A single process matches URLs by the list of all routes. A snapshot of a started function (SnapStart) should contain
    its routes, so that no copy of it imports them. Background functions answer no requests.
    """
    if settings.function is None:
        return route_map.PREFIXES
    if not settings.snapshot or settings.function is Function.BACKGROUND:
        return ()
    if settings.function is Function.ISSUER:
        return route_map.ISSUERS_AND_HOLDERS
    others = route_map.VERIFY_ONLY if settings.function is Function.PUBLIC else frozenset()
    return [module for module in route_map.VISITORS if module not in others]
