"""Hosts of issuers: an operator can give an issuer a host of its own for the pages of its credentials (decision 28).

A request's host is only compared with what is configured. It never becomes part of a URL.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import CATCH_ALL, READ

PAGE = "/c/{id}"
"""The only path that is served on the host of an issuer: nothing else there would be about this issuer."""
_OF_AWS = ".amazonaws.com"
"""API Gateway's own names for the API, which a deployment without a domain uses."""


def other_host(request: Request, base_url: str) -> str | None:
    """The host of ``request``, if it is a custom domain of API Gateway; None for that of ``base_url``."""
    found, own = str(request.context.get("domainName") or "").lower(), urlsplit(base_url)
    if own.scheme != "https" or found in ("", own.hostname) or _OF_AWS in found:
        return None
    return found


def redirect(request: Request, base_url: str) -> Reply | None:
    """Redirect a request that the host of an issuer does not serve to the same path at ``base_url``; None otherwise."""
    served = request.path == CATCH_ALL or (request.path == PAGE and request.method in READ)
    if served or other_host(request, base_url) is None:
        return None
    from chalicelib.http.core.authentication import address  # imported here, because pages do not need it

    return to(f"{base_url}{address(request)}")


def to(url: str) -> Reply:
    """Redirect to ``url``, with the same method. Temporary, because an issuer's host can change."""
    return Reply("", "text/plain", 307, uncached(Location=url))
