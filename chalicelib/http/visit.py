"""Who asked, as the analytics may know it."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.analytics.event import Kind, Visit

_PAGE = re.compile(r"https?://(?:[^/?#\\\s]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d*)?(?:[/?#].*)?", re.ASCII)
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


def _referrer(header: str | None) -> str | None:
    """The host of the referring page, None when there is none or it is no web page."""
    match = _PAGE.fullmatch((header or "").lower())
    return match[1] if match is not None and len(match[1]) <= MAX_HOST else None
