"""Signed links to enrolment pages: `/go/{token}`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.credential.achievement import achievement_url
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import request_context
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function

MISSING = phrase("This link is not complete. Go back to the page where you found it, and open it again.")


def routes(services: Services) -> Routes:
    """Create the route `/go/{token}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/go/{token}", access=PUBLIC, missing=MISSING)
    def go(request: Request, token: str) -> Reply:
        visit = request_context.visit_from_request(request, Kind.REFERRAL)
        achievement_id, enrolment = services.catalogue.follow(token, visit)
        # An expired link leads to the page of the achievement, which has a new one.
        target = enrolment or achievement_url(bound.base_url, achievement_id)
        headers = uncached(**{"X-Robots-Tag": "noindex, nofollow"})
        return Reply("", "text/plain", 303, {**headers, "Location": target})

    return bound


def referral_url(base_url: str, token: str) -> str:
    """The link to follow."""
    return f"{base_url}/go/{token}"
