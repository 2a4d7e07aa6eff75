"""The deployed HTTP application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalice.app import Blueprint, Chalice

from chalicelib.http.core import log, response_headers
from chalicelib.http.core.ports import Services
from chalicelib.http.public import (
    credentials,
    documents,
    home,
    verify,
)

_FOR_ANYBODY = (home.routes, verify.routes, credentials.routes, documents.routes)


class Application(Chalice):
    """Chalice, with the routes of issuers and holders bound when one of them is first asked for.

    They bring most of the code, and a cold start for a credential's page does without it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(app_name="laurel", configure_logs=False)
        # Chalice would refuse a picture to a caller without a fitting `Accept`, by this list; `Reply` needs none.
        self.api.binary_types = []
        self._services = services
        self._whole = False
        log.attach(self, tracing=services.settings.tracing)
        self.register_middleware(response_headers.middleware(services.settings.base_url), "http")
        self._bind(iter(_FOR_ANYBODY))

    def __call__(self, event: Any, context: Any) -> Any:  # noqa: ANN401 - Lambda's
        if event["requestContext"]["resourcePath"] not in self.routes:
            self.bind_all()
        return super().__call__(event, context)

    def bind_all(self) -> None:
        """Bind what is not bound yet."""
        if not self._whole:
            self._whole = True
            self._bind(_for_issuers_and_holders())

    def _bind(self, blueprints: Iterator[Callable[[Services], Blueprint]]) -> None:
        for routes in blueprints:
            self.register_blueprint(routes(self._services))


def create_app(services: Services) -> Chalice:
    """Every route over ``services``; on Lambda, each half of them when it is needed."""
    app = Application(services)
    if not services.settings.on_lambda:
        app.bind_all()
    return app


def _for_issuers_and_holders() -> Iterator[Callable[[Services], Blueprint]]:
    from chalicelib.http import console
    from chalicelib.http.api import (
        achievements,
        credentials,
        domains,
        export,
        issuers,
        jobs,
        members,
        pathways,
        webhooks,
    )
    from chalicelib.http.holder import holder
    from chalicelib.http.sign_in import email_link, oidc

    for module in (
        email_link,
        oidc,
        issuers,
        jobs,
        export,
        domains,
        members,
        holder,
        pathways,
        webhooks,
        achievements,
        credentials,
    ):
        yield module.routes
    yield from console.ROUTES
