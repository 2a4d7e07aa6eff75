"""Request context for analytics."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.analytics.event import Kind, Visit

_PAGE = re.compile(r"https?://(?:[^/?#\\\s]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d*)?(?:[/?#].*)?", re.ASCII)
_PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_AHEAD = re.compile(r"prefetch|prerender|preview")
_PROGRAMS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|fetch|monitor|headless|http-?client|python|curl|wget|java/|okhttp"
    r"|proofpoint|mimecast|barracuda|urldefense|safelinks|googleimageproxy|yahoomailproxy|facebookexternalhit|whatsapp"
)
"""User agent substrings of programs that open links."""
MAX_HOST = 253
"""Longest domain name, in characters (RFC 1035, 2.3.4, in text form)."""


def of(request: Request, kind: Kind) -> Visit | None:
    """Create the visit for ``request``; None for HEAD, which shows no content."""
    return None if request.method == "HEAD" else create(request, kind)


def create(request: Request, kind: Kind) -> Visit:
    """Create the visit for ``request``, which is not a HEAD request.

    The client address is the one that API Gateway saw: the caller controls `X-Forwarded-For`.
    """
    identity = request.context.get("identity") or {}
    return Visit(
        kind=kind,
        address=str(identity.get("sourceIp") or ""),
        user_agent=request.headers.get("user-agent", ""),
        referrer=_referrer(request.headers.get("referer")),
    )


def by_person(request: Request) -> bool:
    """Whether a person probably opened the requested page.

    Machines read email first: scanners open every link, and clients prefetch pages. They declare it (by method,
    `Purpose` and `Sec-Purpose`), do not navigate a tab (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`), or have a program's user
    agent. A scanner that imitates a browser in every respect is counted as a person.
    """
    headers = request.headers
    if request.method != "GET" or any(_AHEAD.search(headers.get(name, "").lower()) for name in _PURPOSES):
        return False
    shown = headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")
    agent = headers.get("user-agent", "").lower()
    return shown == ("navigate", "document") and agent.startswith("mozilla/") and not _PROGRAMS.search(agent)


def _referrer(header: str | None) -> str | None:
    """Return the host of the referring page, or None if there is none or it is not a web page."""
    match = _PAGE.fullmatch((header or "").lower())
    return match[1] if match is not None and len(match[1]) <= MAX_HOST else None
