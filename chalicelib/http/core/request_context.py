"""Who asked, as the analytics may know it."""

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
"""Words by which programs that open links name themselves."""
MAX_HOST = 253
"""The longest domain name (RFC 1035, 2.3.4, in text form)."""


def of(request: Request, kind: Kind) -> Visit | None:
    """The visit that ``request`` is; None for HEAD, which shows nobody anything."""
    return None if request.method == "HEAD" else made(request, kind)


def made(request: Request, kind: Kind) -> Visit:
    """The visit that ``request`` is, where it is no HEAD.

    The address is the one that API Gateway saw: `X-Forwarded-For` is the caller's own word.
    """
    identity = request.context.get("identity") or {}
    return Visit(
        kind=kind,
        address=str(identity.get("sourceIp") or ""),
        user_agent=request.headers.get("user-agent", ""),
        referrer=_referrer(request.headers.get("referer")),
    )


def by_person(request: Request) -> bool:
    """Whether a person seems to have opened the page that ``request`` asks for.

    Mail is read by machines first: scanners open every link, programs fetch pages ahead. These say so themselves (by
    method, `Purpose` and `Sec-Purpose`), are seen to show nothing in a tab (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`), or
    bear the name of a program. A scanner that behaves as a browser in everything is taken for a person.
    """
    headers = request.headers
    if request.method != "GET" or any(_AHEAD.search(headers.get(name, "").lower()) for name in _PURPOSES):
        return False
    shown = headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")
    agent = headers.get("user-agent", "").lower()
    return shown == ("navigate", "document") and agent.startswith("mozilla/") and not _PROGRAMS.search(agent)


def _referrer(header: str | None) -> str | None:
    """The host of the referring page, None when there is none or it is no web page."""
    match = _PAGE.fullmatch((header or "").lower())
    return match[1] if match is not None and len(match[1]) <= MAX_HOST else None
