"""Who asked, as the analytics may know it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib.analytics.event import Kind, Visit

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
MAX_HOST = 253
"""The longest domain name (RFC 1035, 2.3.4, in text form)."""


def of(request: Request, kind: Kind) -> Visit | None:
    """The visit that ``request`` is; None for HEAD, which shows nobody anything.

    The address is the one that API Gateway saw: `X-Forwarded-For` is the caller's own word.
    """
    if request.method == "HEAD":
        return None
    identity = request.context.get("identity") or {}
    return Visit(
        kind=kind,
        address=str(identity.get("sourceIp") or ""),
        user_agent=request.headers.get("user-agent", ""),
        referrer=_referrer(request.headers.get("referer")),
    )


def _referrer(header: str | None) -> str | None:
    """The host of the referring page, None when there is none or it is no web page."""
    try:
        parts = urlsplit(header or "")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or len(host) > MAX_HOST or not _HOST.fullmatch(host):
        return None
    return host
