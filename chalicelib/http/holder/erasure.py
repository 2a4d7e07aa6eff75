"""The page of a scheduled erasure, linked from the email about it: what will be deleted and when, and how to cancel."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.rate_limits import TooMany
from chalicelib.delivery.holder import link_requests
from chalicelib.delivery.links import Purpose
from chalicelib.erasure import requests
from chalicelib.erasure.erasure import Erasure, State
from chalicelib.errors import Refused
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.holder.private_page import MISSING, page
from chalicelib.http.html import request_language
from chalicelib.http.input import body, form


def routes(services: Services) -> Routes:
    """Create the route `/mail/erasure/{token}`."""
    bound = Routes(__name__, services)

    @bound.bind("/mail/erasure/{token}", access=BY_SECRET, missing=MISSING)
    def show(_request: Request, secret: str) -> Reply:
        return erasure_page(services, requests.by_link(services.erasure_context, secret), secret)

    @bound.bind("/mail/erasure/{token}", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def perform(request: Request, secret: str) -> Reply:
        found = requests.by_link(services.erasure_context, secret)
        if form.as_text(form.sent(request, body.MAX_ADDRESS_FORM).fields).get("do") == "link":
            return _send_link(services, secret)
        return cancel(services, found, secret)

    return bound


def cancel(
    services: Services, erasure: Erasure | None, secret: str | None = None, own_page: str | None = None
) -> Reply:
    """Cancel an erasure, if there is one, and confirm it."""
    try:
        if erasure is not None:
            requests.cancel(services.erasure_context, erasure.issuer_id, erasure.subject)
    except Refused:
        return erasure_page(services, erasure, secret, own_page)
    return erasure_page(services, None, secret, own_page)


def erasure_page(
    services: Services, erasure: Erasure | None, secret: str | None = None, own_page: str | None = None
) -> Reply:
    """The page about an erasure; ``secret`` is that of the link that cancels it, ``own_page`` the URL of the holder's
    page if it was opened there."""
    if erasure is None:
        return page(services, "erasure_cancelled.html", 200, secret=secret, own_page=own_page)
    is_waiting, is_all = erasure.state is State.WAITING, erasure.issuer_id is None
    links = {"secret": secret, "own_page": own_page}
    return page(
        services, "erasure_scheduled.html", 200, (), due=erasure.due, is_waiting=is_waiting, is_all=is_all, **links
    )


def _send_link(services: Services, secret: str) -> Reply:
    status, error = 200, None
    try:
        link_requests.send_link_to_all(
            services.delivery_context, secret, request_language.current().code, Purpose.ERASURE
        )
    except (Refused, TooMany) as refused:
        status, error = 429 if isinstance(refused, TooMany) else 422, refused.detail
    return page(services, "link.html", status, wanted="all", error=error, address=None, ends_earlier=False)
