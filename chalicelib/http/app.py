"""The deployed HTTP application."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalice.app import Chalice

from chalicelib.http.catalogue import achievement, issuer, referral
from chalicelib.http.core import log, response_headers
from chalicelib.http.core.ports import Services
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory import holder_page, issuer_directory, search, sitemap, wall
from chalicelib.http.embed import builder, downloads, events, images, oembed, share_images, widgets
from chalicelib.http.public import (
    credentials,
    documents,
    home,
    verify,
)
from chalicelib.settings import Function


class Application(Chalice):
    """Chalice with the routes of one deployed function, or with all of them where there is only one process."""

    def __init__(self, services: Services) -> None:
        super().__init__(app_name="laurel", configure_logs=False)
        # Chalice would refuse an image to a caller without a fitting `Accept`, by this list; `Reply` needs none.
        self.api.binary_types = []
        log.attach(self, tracing=services.settings.tracing)
        methods: dict[str, list[str]] = {}
        self.register_middleware(response_headers.middleware(services.settings.base_url, methods), "http")
        for routes in _modules(services.settings.function):
            bound = routes(services)
            self.register_blueprint(bound)
            methods |= bound.methods


def create_app(services: Services) -> Chalice:
    """Every route that ``services.settings.function`` serves."""
    return Application(services)


def _modules(function: Function | None) -> Iterator[Callable[[Services], Routes]]:
    """The route modules of ``function``. Those of issuers are most of the code, so only their function imports them."""
    if function in (None, Function.PUBLIC, Function.VERIFY):
        yield from _for_visitors()
    if function in (None, Function.ISSUER):
        yield from _for_issuers_and_holders()


def _for_visitors() -> Iterator[Callable[[Services], Routes]]:
    for module in (
        home,
        verify,
        credentials,
        documents,
        issuer,
        achievement,
        referral,
        holder_page,
        wall,
        sitemap,
        search,
        issuer_directory,
        images,
        widgets,
        oembed,
        builder,
        share_images,
        downloads,
        events,
    ):
        yield module.routes


def _for_issuers_and_holders() -> Iterator[Callable[[Services], Routes]]:
    from chalicelib.http import console
    from chalicelib.http.api import (
        achievements,
        analytics,
        credentials,
        domains,
        dry_runs,
        emails,
        erasures,
        export,
        issuers,
        jobs,
        members,
        pathways,
        takedowns,
        webhooks,
    )
    from chalicelib.http.directory import contact, saved
    from chalicelib.http.embed import wallets
    from chalicelib.http.holder import erasure, holder, lost_link, messages, profile
    from chalicelib.http.moderation import operator_list, report_form
    from chalicelib.http.sign_in import email_link, oidc

    for module in (
        email_link,
        oidc,
        issuers,
        jobs,
        dry_runs,
        export,
        domains,
        members,
        holder,
        lost_link,
        erasure,
        profile,
        contact,
        saved,
        messages,
        wallets,
        emails,
        erasures,
        pathways,
        takedowns,
        report_form,
        operator_list,
        webhooks,
        achievements,
        analytics,
        credentials,
    ):
        yield module.routes
    yield from console.ROUTES
