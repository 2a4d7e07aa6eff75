"""The deployed HTTP application."""

from __future__ import annotations

from chalice.app import Chalice

from chalicelib.http import (
    achievements,
    awarded,
    console,
    credentials,
    documents,
    domains,
    edge,
    export,
    holder,
    home,
    hooks,
    issuers,
    jobs,
    log,
    oidc,
    pathways,
    people,
    sign_in,
    verify,
)
from chalicelib.http.ports import Services

_OWN = (
    sign_in.routes,
    oidc.routes,
    issuers.routes,
    jobs.routes,
    export.routes,
    domains.routes,
    people.routes,
    holder.routes,
    pathways.routes,
    hooks.routes,
    achievements.routes,
    awarded.routes,
)


def create_app(services: Services) -> Chalice:
    """Every route over ``services``."""
    app = Chalice(app_name="laurel", configure_logs=False)
    # Chalice would refuse a picture to a caller without a fitting `Accept`, by this list; `Reply` needs none.
    app.api.binary_types = []
    log.attach(app, tracing=services.settings.tracing)
    app.register_middleware(edge.middleware(services.settings.base_url), "http")
    for routes in (home.routes, verify.routes, credentials.routes, documents.routes, *_OWN, *console.ROUTES):
        app.register_blueprint(routes(services))
    return app
