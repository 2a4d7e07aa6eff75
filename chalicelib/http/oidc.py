"""Signing in with somebody else's word: to them, and back."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request

from chalicelib.access import limits, oidc, paths
from chalicelib.access.limits import Limit, TooMany
from chalicelib.access.oidc import LIFE
from chalicelib.access.providers import Provider
from chalicelib.errors import NotFound, Refused
from chalicelib.http import admission, cookies, sign_in
from chalicelib.http.access import BY_SECRET
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply, uncached
from chalicelib.http.routing import Routes

MISSING = "Nobody of that name signs people in here."
ASKED = Limit("oidc", 60, LIFE)
"""Begun from one network: an office behind one address, in the morning."""


def routes(services: Services) -> Routes:
    """`/oidc/{provider}` and `/oidc/{provider}/back`."""
    bound = Routes(__name__, services)
    base_url = services.settings.base_url

    @bound.bind("/oidc/{provider}", access=BY_SECRET, missing=MISSING)
    def begin(request: Request, name: str) -> Reply:
        provider = _provider(services, name)
        following = paths.local(_asked(request).get("next", ""))
        try:
            limits.insist(services.gate, ASKED, limits.network(admission.network(request)))
        except TooMany as error:
            return sign_in.answer(request, services, error, following)
        url, cookie = oidc.begin(services.gate, services.oidc, provider, following)
        held = cookies.set_question(base_url, cookie, int(LIFE.total_seconds()))
        return _sent_on(url, held)

    @bound.bind("/oidc/{provider}/back", access=BY_SECRET, missing=MISSING)
    def back(request: Request, name: str) -> Reply:
        provider = _provider(services, name)
        cookie = cookies.question(request, base_url)
        try:
            proven = oidc.finish(services.gate, services.oidc, provider, cookie, _asked(request))
        except Refused as error:
            return sign_in.answer(request, services, error, paths.HOME)
        done = cookies.set_question(base_url, "", 0)
        return sign_in.sign_in(services, request, proven.email, proven.following, done)

    return bound


def _asked(request: Request) -> Mapping[str, str]:
    return request.query_params or {}


def _provider(services: Services, name: str) -> Provider:
    for provider in services.settings.oidc_providers:
        if provider.id == name:
            return provider
    raise NotFound("no such provider")


def _sent_on(url: str, cookie: str) -> Reply:
    reply = Reply("", "text/plain", 303, uncached(Location=url, **{"Set-Cookie": cookie}))
    reply.own_origin_only = True
    return reply
