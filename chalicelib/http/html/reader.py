"""The language of the request that is being answered: `lang` in its URL, then `Accept-Language`, then English.

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

from chalicelib.language.languages import DEFAULT, LANGUAGES, PARAMETER, accepted, in_language, known
from chalicelib.language.translation import Translation, translation

_SEARCH = ("q", "sort", "skill", "achievement", "place", "open_to", "issued_after")
_KEPT = ("kind", "size", "theme", "language", "issuer", "before", "after", "cursor", *_SEARCH)
"""The parameters of pages; a link to the same page in another language keeps them, and no others."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of the response: a language, and whether the URL named it."""

    code: str = DEFAULT
    chosen: bool = False
    query: tuple[tuple[str, str], ...] | None = None
    """The other parameters of the page; None if the page cannot be opened again by its URL."""

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """The links to this page in every language: code, name and URL."""
        if self.query is None:
            return []
        return [(code, name, "?" + urlencode([*self.query, (PARAMETER, code)])) for code, name in LANGUAGES.items()]


_reader: ContextVar[Reader] = ContextVar("reader", default=Reader())  # noqa: B039 - it is frozen
_translation: ContextVar[Translation] = ContextVar("translation", default=translation(DEFAULT))  # noqa: B039 - as above


@contextmanager
def of(request: Request) -> Iterator[None]:
    """Answer ``request`` in the language of its reader."""
    given = request.query_params
    pairs = [(name, value) for name in given for value in given.getlist(name)] if given else []
    wanted = next((known(value) for name, value in pairs if name == PARAMETER and known(value)), None)
    again = tuple(pair for pair in pairs if pair[0] in _KEPT) if request.method in ("GET", "HEAD") else None
    code = wanted or accepted(request.headers.get("accept-language"))
    token = _reader.set(Reader(code, wanted is not None, again))
    try:
        yield
    finally:
        _reader.reset(token)


@contextmanager
def preferring(code: str | None) -> Iterator[None]:
    """Answer in the language ``code``, which the reader has stored, unless the URL names one. Links then keep it."""
    found = _reader.get()
    token = _reader.set(found if found.chosen or code is None else replace(found, code=code, chosen=True))
    try:
        yield
    finally:
        _reader.reset(token)


def current() -> Reader:
    """Return the reader of the current request."""
    return _reader.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Translate everything that is rendered within the context into the language ``code``."""
    token = _translation.set(translation(code))
    try:
        yield
    finally:
        _translation.reset(token)


def spoken() -> Translation:
    """Return the translation of what is being rendered."""
    return _translation.get()


def with_language(url: str) -> str:
    """Keep the language that the URL names, because no cookie stores it."""
    reader = _reader.get()
    return in_language(url, reader.code) if reader.chosen else url


def headers(code: str, more: dict[str, str]) -> dict[str, str]:
    """Return ``more`` with `Content-Language` and, if `Accept-Language` decided, `Vary`."""
    found = {"Content-Language": code, **more}
    if not _reader.get().chosen:
        found["Vary"] = ", ".join(filter(None, (more.get("Vary"), "Accept-Language")))
    return found
