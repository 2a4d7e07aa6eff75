"""The oEmbed endpoint, `/oembed`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.embed import discovery, oembed
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.http.embed.opening import parameter
from chalicelib.http.input import query
from chalicelib.settings import Function

MAX_URL = 2048
"""Maximum characters of a link; browsers and chats truncate longer ones."""
MAX_DIGITS = 7
"""Maximum digits of a limit: more pixels than any screen has."""


def routes(services: Services) -> Routes:
    """Create the route `/oembed`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/oembed", access=PUBLIC, missing="Laurel embeds only the pages of its own credentials, /c/{id}.")
    def embed(request: Request) -> Reply:
        form = parameter(request, "format") or discovery.JSON
        if form not in oembed.MEDIA_TYPES:
            raise Problem("format_not_supported", f"Supported formats: {', '.join(oembed.MEDIA_TYPES)}.")
        url = _url(request)
        limits = _pixels(request, "maxwidth"), _pixels(request, "maxheight")
        # No visit: a program that prepares a preview has shown nothing yet. The frame counts its own impression.
        opened = services.hosted_reports.open(_credential_id(url), None)
        hosts = {bound.base_url, opened.issuer.pages_url(bound.base_url) if opened.issuer else bound.base_url}
        if not any(oembed.credential_id(url, host) for host in hosts):
            raise NotFound("not a page of this deployment")
        view = badge_of(opened, bound.base_url)
        found = oembed.response(view, bound.base_url, *limits)
        media_type = f"{oembed.MEDIA_TYPES[form]}; charset=utf-8"
        return public(request, Reply(oembed.write(found, form), media_type), oembed.CACHE_SECONDS)

    bound.preflight("/oembed")
    return bound


def _url(request: Request) -> str:
    url = parameter(request, "url")
    if not url or len(url) > MAX_URL:
        raise query.refused("url", f"This must be the URL of a credential's page, of at most {MAX_URL} characters.")
    return url


def _credential_id(url: str) -> str:
    found = oembed.credential_id_on_any_host(url)
    if found is None:
        raise NotFound("not a page of this deployment")
    return found


def _pixels(request: Request, name: str) -> int | None:
    """Return a limit in pixels, None without one. Raises `Problem` (`invalid_request`)."""
    text = parameter(request, name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and int(text) > 0):
        raise query.refused(name, "This must be a number of pixels.")
    return int(text)
