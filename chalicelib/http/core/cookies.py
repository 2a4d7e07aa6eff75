"""Cookies: the session, and those that bind a sign-in attempt to the browser that started it."""

from __future__ import annotations

import re

from chalice.app import Request

_SESSION = "laurel_session"
_BROWSER = "laurel_browser"
_QUESTION = "laurel_question"
_KNOWN = "laurel_known"
_VALUE = re.compile(r"[A-Za-z0-9._-]{1,2048}", re.ASCII)
"""The longest value is an OpenID request with a long return path (`access.oidc.MAX_COOKIE`). Each reader has its own
limit."""


def session(request: Request, base_url: str) -> str | None:
    """Return the session cookie, if present."""
    return _read(request, _name(_SESSION, base_url))


def browser(request: Request, base_url: str) -> str | None:
    """Return the browser secret, if present."""
    return _read(request, _name(_BROWSER, base_url))


def oidc_state(request: Request, base_url: str) -> str | None:
    """Return the OpenID request state, if present."""
    return _read(request, _name(_QUESTION, base_url))


def known(request: Request, base_url: str) -> str | None:
    """Return the cookie of a browser that has signed in before, if present."""
    return _read(request, _name(_KNOWN, base_url))


def set_known(base_url: str, value: str, seconds: int) -> str:
    """Create the `Set-Cookie` header for a browser that has signed in."""
    return _set(_name(_KNOWN, base_url), base_url, value, seconds)


def set_oidc_state(base_url: str, value: str, seconds: int) -> str:
    """Create the `Set-Cookie` header for the OpenID request state."""
    return _set(_name(_QUESTION, base_url), base_url, value, seconds)


def set_session(base_url: str, value: str, seconds: int) -> str:
    """Create the `Set-Cookie` header for the session."""
    return _set(_name(_SESSION, base_url), base_url, value, seconds)


def set_browser(base_url: str, value: str, seconds: int) -> str:
    """Create the `Set-Cookie` header for the browser secret."""
    return _set(_name(_BROWSER, base_url), base_url, value, seconds)


def _name(name: str, base_url: str) -> str:
    # The prefix makes browsers reject such a cookie from a sibling domain or over http (RFC 6265bis, 4.1.3.2). They
    # also reject it on http://localhost, where the prefix is not needed.
    return f"__Host-{name}" if base_url.startswith("https://") else name


def _set(name: str, base_url: str, value: str, seconds: int) -> str:
    secure = "; Secure" if base_url.startswith("https://") else ""
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _read(request: Request, name: str) -> str | None:
    found = [
        value.strip()
        for pair in str(request.headers.get("cookie", "")).split(";")
        for key, _, value in [pair.partition("=")]
        if key.strip() == name
    ]
    # Two cookies with one name: one was planted, and there is no way to know which is ours.
    return found[0] if len(found) == 1 and _VALUE.fullmatch(found[0]) else None
