"""Sign-in with OpenID Connect: redirect to the provider, and the callback."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.access import rate_limits
from chalicelib.access.rate_limits import Limit, NetworkLimit, TooMany
from chalicelib.access.sign_in import known, oidc, return_paths
from chalicelib.access.sign_in.oidc import LIFETIME
from chalicelib.access.sign_in.providers import Provider
from chalicelib.errors import NotFound, Refused
from chalicelib.http.core import authentication, cookies
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import request_context
from chalicelib.http.sign_in import email_link

MISSING = "Unknown sign-in provider."
SIGN_INS = NetworkLimit("oidc", 60, 120, 600, LIFETIME)
"""Maximum sign-ins started per network: allows for an office behind one address in the morning."""
KNOWN_BROWSER_SIGN_INS = Limit("oidc-known", 10, LIFETIME)
"""Maximum sign-ins started by a known browser, which does not count with its network."""


def routes(services: Services) -> Routes:
    """Create the routes `/oidc/{provider}` and `/oidc/{provider}/back`."""
    bound = Routes(__name__, services)
    base_url = services.settings.base_url

    @bound.bind("/oidc/{provider}", access=BY_SECRET, missing=MISSING)
    def begin(request: Request, name: str) -> Reply:
        provider = _provider(services, name)
        return_path = return_paths.local_path_or_default(_callback_query(request).get("next", ""))
        if not authentication.is_own_link(request, base_url):
            # Nothing is counted: images on another site must not use up the sign-ins of all its visitors' networks.
            return _redirect(f"{base_url}/sign-in?{urlencode({'next': return_path}, safe='/')}")
        try:
            _count(services, request)
        except TooMany as error:
            return email_link.answer(request, services, error, return_path)
        url, cookie = oidc.begin(services.access_context, services.oidc, provider, return_path)
        state_cookie = cookies.set_oidc_state(base_url, cookie, int(LIFETIME.total_seconds()))
        return _redirect(url, state_cookie)

    @bound.bind("/oidc/{provider}/back", access=BY_SECRET, missing=MISSING)
    def back(request: Request, name: str) -> Reply:
        provider = _provider(services, name)
        cookie = cookies.oidc_state(request, base_url)
        try:
            proven = oidc.finish(services.access_context, services.oidc, provider, cookie, _callback_query(request))
        except Refused as error:
            return email_link.answer(request, services, error, return_paths.HOME)
        done = cookies.set_oidc_state(base_url, "", 0)
        return email_link.sign_in(services, request, proven.email, proven.return_path, done)

    return bound


def _callback_query(request: Request) -> Mapping[str, str]:
    return request.query_params or {}


def _count(services: Services, request: Request) -> None:
    """Raises `TooMany`."""
    access_context = services.access_context
    browser = known.browser(access_context, cookies.known(request, services.settings.base_url))
    if browser is not None:
        rate_limits.enforce(access_context, KNOWN_BROWSER_SIGN_INS, browser.browser_id)
    else:
        rate_limits.enforce_networks(access_context, SIGN_INS, request_context.client_address(request))


def _provider(services: Services, name: str) -> Provider:
    for provider in services.oidc_providers.all():
        if provider.id == name:
            return provider
    raise NotFound("no such provider")


def _redirect(url: str, cookie: str | None = None) -> Reply:
    reply = Reply("", "text/plain", 303, uncached(Location=url))
    if cookie is not None:
        reply.headers["Set-Cookie"] = cookie
    reply.own_origin_only = True
    return reply
