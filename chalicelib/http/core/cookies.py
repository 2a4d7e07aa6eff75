"""The cookies: the session's, and those that tie a way of signing in to the browser that began it."""

from __future__ import annotations

import re

from chalice.app import Request

_SESSION = "laurel_session"
_BROWSER = "laurel_browser"
_QUESTION = "laurel_question"
_VALUE = re.compile(r"[A-Za-z0-9._-]{1,2048}", re.ASCII)
"""The longest is an OpenID question with a long way back (`access.oidc.MAX_COOKIE`); each reader has a bound."""


def session(request: Request, base_url: str) -> str | None:
    """The session's cookie, if one came along."""
    return _read(request, _name(_SESSION, base_url))


def browser(request: Request, base_url: str) -> str | None:
    """The browser's secret, if one came along."""
    return _read(request, _name(_BROWSER, base_url))


def question(request: Request, base_url: str) -> str | None:
    """What was asked of an OpenID provider, if it came along."""
    return _read(request, _name(_QUESTION, base_url))


def set_question(base_url: str, value: str, seconds: int) -> str:
    """The header that hands the browser what it has to bring back from an OpenID provider."""
    return _set(_name(_QUESTION, base_url), base_url, value, seconds)


def set_session(base_url: str, value: str, seconds: int) -> str:
    """The header that hands the browser its session."""
    return _set(_name(_SESSION, base_url), base_url, value, seconds)


def set_browser(base_url: str, value: str, seconds: int) -> str:
    """The header that hands the browser its secret."""
    return _set(_name(_BROWSER, base_url), base_url, value, seconds)


def _name(name: str, base_url: str) -> str:
    # The prefix makes browsers refuse such a cookie from a sister domain or over http (RFC 6265bis, 4.1.3.2). They
    # refuse it on http://localhost as well, where there is no other site to keep out.
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
    # Two of one name: somebody planted one, and which is ours cannot be told.
    return found[0] if len(found) == 1 and _VALUE.fullmatch(found[0]) else None
