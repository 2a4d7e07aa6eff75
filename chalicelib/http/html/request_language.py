"""The language of the current request (`lang` in the URL, then `Accept-Language`, then English), and whether its
browser has a session.

It is kept for the duration of a request instead of being passed to every view, because every page depends on it, but no
view decides anything by it. `response_headers.middleware` sets it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.http.core import cookies
from chalicelib.language.languages import DEFAULT, LANGUAGES, PARAMETER, accepted, in_language, known
from chalicelib.language.translation import Translation, translation

_SEARCH = ("q", "sort", "skill", "achievement", "place", "open_to", "issued_after")
_KEPT = ("kind", "size", "theme", "language", "issuer", "before", "after", "cursor", "saved", *_SEARCH)
"""The parameters of pages; a link to the same page in another language keeps them, and no others."""


@dataclass(frozen=True, slots=True)
class RequestLanguage:
    """The language of the response, and whether the URL named it."""

    code: str = DEFAULT
    chosen: bool = False
    query: tuple[tuple[str, str], ...] | None = None
    """The other parameters of the page; None if the page cannot be opened again by its URL."""
    has_session: bool = False
    """Whether the browser sent a cookie of a session, which may have ended: it changes a link, and proves nothing."""

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """The links to this page in every language: code, name and URL."""
        if self.query is None:
            return []
        return [(code, name, "?" + urlencode([*self.query, (PARAMETER, code)])) for code, name in LANGUAGES.items()]


_language: ContextVar[RequestLanguage] = ContextVar("language", default=RequestLanguage())  # noqa: B039 - it is frozen
_translation: ContextVar[Translation] = ContextVar("translation", default=translation(DEFAULT))  # noqa: B039 - as above


@contextmanager
def from_request(request: Request, base_url: str) -> Iterator[None]:
    """Answer ``request`` in its language."""
    given = request.query_params
    pairs = [(name, value) for name in given for value in given.getlist(name)] if given else []
    wanted = next((known(value) for name, value in pairs if name == PARAMETER and known(value)), None)
    again = tuple(pair for pair in pairs if pair[0] in _KEPT) if request.method in ("GET", "HEAD") else None
    code = wanted or accepted(request.headers.get("accept-language"))
    has_session = cookies.session(request, base_url) is not None
    token = _language.set(RequestLanguage(code, wanted is not None, again, has_session))
    try:
        yield
    finally:
        _language.reset(token)


@contextmanager
def prefer_language(code: str | None) -> Iterator[None]:
    """Answer in the language ``code``, which the reader has stored, unless the URL names one. Links then keep it."""
    found = _language.get()
    token = _language.set(found if found.chosen or code is None else replace(found, code=code, chosen=True))
    try:
        yield
    finally:
        _language.reset(token)


def current() -> RequestLanguage:
    """Return the language of the current request."""
    return _language.get()


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Translate everything that is rendered within the context into the language ``code``."""
    token = _translation.set(translation(code))
    try:
        yield
    finally:
        _translation.reset(token)


def current_translation() -> Translation:
    """Return the translation of what is being rendered."""
    return _translation.get()


def with_language(url: str) -> str:
    """Keep the language that the URL names, because no cookie stores it."""
    found = _language.get()
    return in_language(url, found.code) if found.chosen else url


def headers(code: str, more: dict[str, str]) -> dict[str, str]:
    """Return ``more`` with `Content-Language` and, if `Accept-Language` decided, `Vary`."""
    found = {"Content-Language": code, **more}
    if not _language.get().chosen:
        found["Vary"] = ", ".join(filter(None, (more.get("Vary"), "Accept-Language")))
    return found
