"""The link in the email about an erasure: what will be deleted and when, and a button that cancels it."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.erasure import requests
from chalicelib.erasure.erasure import Erasure, State
from chalicelib.errors import Refused
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.holder.private_page import MISSING, page


def routes(services: Services) -> Routes:
    """Create the route `/mail/erasure/{token}`."""
    bound = Routes(__name__, services)

    @bound.bind("/mail/erasure/{token}", access=BY_SECRET, missing=MISSING)
    def show(_request: Request, secret: str) -> Reply:
        return erasure_page(services, requests.by_link(services.erasure_context, secret), secret)

    @bound.bind("/mail/erasure/{token}", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def cancel(_request: Request, secret: str) -> Reply:
        try:
            requests.cancel_by_link(services.erasure_context, secret)
        except Refused:
            return erasure_page(services, requests.by_link(services.erasure_context, secret), secret)
        return page(services, "not_erasing.html", 200)

    return bound


def erasure_page(services: Services, erasure: Erasure | None, secret: str | None) -> Reply:
    """The page about an erasure; ``secret`` is that of the link that cancels it."""
    if erasure is None:
        return page(services, "not_erasing.html", 200)
    is_waiting = erasure.state is State.WAITING
    is_all = erasure.issuer_id is None
    return page(services, "erasing.html", 200, due=erasure.due, is_waiting=is_waiting, is_all=is_all, secret=secret)
