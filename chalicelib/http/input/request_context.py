"""The sender of a request, for analytics and rate limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib.analytics.channel import PARAMETER, Channel, channel_of
from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.http.input import visitor_class, visitor_facts

_NAVIGATION = ("navigate", "document")
_OTHER_SITES = ("cross-site", "same-site")
"""Values of `Sec-Fetch-Site` for a request by a page of another origin (Fetch Metadata, 2.4)."""
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
_PAGE = re.compile(r"https?://(?:[^/?#\\\s]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d*)?(?:[/?#].*)?", re.ASCII)
MAX_HOST = 253
"""Longest domain name, in characters (RFC 1035, 2.3.4, in text form)."""


def visit_from_request(request: Request, kind: Kind) -> Visit | None:
    """Create the visit for ``request``; None for HEAD, which shows no content."""
    return None if request.method == "HEAD" else create(request, kind)


def create(request: Request, kind: Kind) -> Visit:
    """Create the visit for ``request``, which is not a HEAD request."""
    return Visit(
        kind=kind,
        address=client_address(request),
        user_agent=request.headers.get("user-agent", ""),
        referrer=_referrer(request.headers.get("referer")),
        visitor_class=visitor_class.classify_visitor(request),
        by_other_site=by_other_site(request),
        channel=channel(request),
        **visitor_facts.facts_from_request(request),
    )


def is_preview(visit: Visit, base_url: str) -> bool:
    """Whether one of our own pages shows what is made for other websites: the page that generates its code."""
    return visit.referrer == urlsplit(base_url).hostname


def channel(request: Request) -> Channel | None:
    """The channel in the URL, as `channel.PARAMETER`; None for any other text, so that nothing else is stored."""
    query: Mapping[str, str] = request.query_params or {}
    return channel_of(query.get(PARAMETER))


def host(text: str) -> str | None:
    """Return the host name that a widget reports as its website's, None for any other text."""
    return _referrer(f"https://{text}") if _HOST.fullmatch(text) else None


def client_address(request: Request) -> str:
    """Return the client address as API Gateway saw it: the caller controls `X-Forwarded-For`."""
    return str((request.context.get("identity") or {}).get("sourceIp") or "")


def by_other_site(request: Request) -> bool:
    """Whether a page of another website sends this request."""
    return request.headers.get("sec-fetch-site") in _OTHER_SITES


def embedded_by_other_site(request: Request) -> bool:
    """Whether a page of another website requests this in a frame, as an image or by script, without its visitor."""
    headers = request.headers
    opened = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == _NAVIGATION
    return headers.get("sec-fetch-site") in _OTHER_SITES and not opened


def by_person(request: Request) -> bool:
    """Whether a person probably opened the requested page.

    Machines read email first: scanners open every link, and clients prefetch pages. They declare it (see
    `visitor_class`), or they do not navigate a tab (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`).
    """
    headers = request.headers
    if request.method != "GET" or visitor_class.classify_visitor(request) is not VisitorClass.PERSON:
        return False
    return (headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")) == _NAVIGATION


def _referrer(header: str | None) -> str | None:
    """Return the host of the referring page, or None if there is none or it is not a web page."""
    match = _PAGE.fullmatch((header or "").lower())
    return match[1] if match is not None and len(match[1]) <= MAX_HOST else None
