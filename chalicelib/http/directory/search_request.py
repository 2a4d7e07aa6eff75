"""What a URL asks of the directory. The pages and the API have the same parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.directory.query.query import FilterKind, Query, read_query
from chalicelib.directory.search import MAX_PAGE, PAGE, SearchRequest
from chalicelib.http.input import query
from chalicelib.language.languages import PARAMETER

INCLUDED = ("total", "facets")
"""Parts that cost more than the results themselves, so a program must request them."""
FORMATS = ("json", "csv")
"""Formats of results for programs, which `Accept` can choose as well."""
_ONCE = ("q", "sort", "cursor", "limit", "include", "format")
_KNOWN = (*_ONCE, *FilterKind, PARAMETER)
_MAX_VALUES = 100
"""Maximum values read per parameter; the query has a lower limit and reports it."""
_MAX_CURSOR = 2_000
"""Maximum characters of a cursor; it contains a position in the order by name, which can be long."""


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """The parameters of a search, in their order. Empty ones, which a form sends, are left out."""

    text: str
    conditions: tuple[tuple[str, str], ...]
    sort: str | None
    cursor: str | None
    limit: int
    include: tuple[str, ...]
    format: str | None
    path: str = "/directory"
    """The path of the page."""
    fixed: tuple[str, ...] = ()
    """The kinds of filter that the page itself sets. Its URL and its form do not contain them."""

    @property
    def query(self) -> Query:
        """Raises `Refused` (`directory_query`)."""
        return read_query(self.text, self.conditions, self.sort)

    def values(self, kind: str) -> list[str]:
        """The values of one kind of filter."""
        return [value for name, value in self.conditions if name == kind]

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The conditions that the visitor chose."""
        return tuple((name, value) for name, value in self.conditions if name not in self.fixed)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everyone on the page."""
        return not self.text.strip() and not self.chosen

    def request(self, *, limit: int, total: bool, facets: bool) -> SearchRequest:
        """Raises `Refused` (`directory_query`)."""
        return SearchRequest(self.query, self.cursor, limit, total, facets)

    def with_filter(self, kind: str, value: str, text: str) -> SearchParameters:
        """The same search for ``text``, with one more filter."""
        return replace(self, text=text, conditions=(*self.conditions, (kind, value)), cursor=None)

    def without_filter(self, kind: str, value: str) -> SearchParameters:
        """The same search without one of its filters."""
        return replace(self, conditions=tuple(one for one in self.conditions if one != (kind, value)), cursor=None)

    def first_url(self, base_url: str) -> str:
        """The URL of the first page of results."""
        query = self._query(self.chosen, None)
        return f"{base_url}{self.path}?{query}" if query else f"{base_url}{self.path}"

    def save_url(self, base_url: str) -> str | None:
        """The URL of the page that saves the search; None if the search is for everyone."""
        pairs = [("q", self.text), *self.conditions] if self.text.strip() else self.conditions
        return f"{base_url}/directory/saved?{urlencode({'search': urlencode(pairs)})}" if pairs else None

    def next_url(self, base_url: str, cursor: str) -> str:
        """The URL of the page of results that begins at ``cursor``."""
        return f"{base_url}{self.path}?{self._query(self.chosen, cursor)}"

    def csv_url(self, base_url: str, cursor: str | None, limit: int) -> str:
        """The URL of the same search as CSV, from ``cursor``."""
        return f"{base_url}/v1/directory?{self._query(self.conditions, cursor, limit=str(limit), format='csv')}"

    def _query(self, conditions: Iterable[tuple[str, str]], cursor: str | None, **more: str) -> str:
        once = {"sort": self.sort, "cursor": cursor, **more}
        pairs = [("q", self.text), *conditions, *once.items()]
        return urlencode([(name, value) for name, value in pairs if value])


def read_for(request: Request, issuer_id: str, path: str, ignored: tuple[str, ...] = ()) -> SearchParameters:
    """Read the parameters of ``request`` for the directory of one issuer at ``path``. Raises `Problem`."""
    asked = read(request, ignored)
    if asked.values(FilterKind.ISSUER):
        raise query.refused(FilterKind.ISSUER, "This directory shows people with credentials from one issuer.")
    kind = FilterKind.ISSUER.value
    return replace(asked, path=path, conditions=(*asked.conditions, (kind, issuer_id)), fixed=(kind,))


def read(request: Request, ignored: tuple[str, ...] = ()) -> SearchParameters:
    """Read the parameters of ``request`` without those ``ignored``. Raises `Problem` (`invalid_request`)."""
    given = request.query_params
    all_ = [(name, value) for name in given for value in given.getlist(name)[:_MAX_VALUES]] if given else []
    return of_pairs([(name, value) for name, value in all_ if name not in ignored])


def of_pairs(pairs: Iterable[tuple[str, str]]) -> SearchParameters:
    """Read parameters given as pairs of name and value. Raises `Problem` (`invalid_request`)."""
    once: dict[str, str] = {}
    conditions: list[tuple[str, str]] = []
    for name, value in pairs:
        _check(name, value, repeated=name in once)
        if name in _ONCE:
            once[name] = value
        elif name != PARAMETER and value:
            conditions.append((name, value))
    return SearchParameters(
        once.get("q", ""),
        tuple(conditions),
        once.get("sort") or None,
        once.get("cursor") or None,
        query.limit(once, MAX_PAGE) if "limit" in once else PAGE,
        _included(once.get("include", "")),
        _format(once.get("format") or None),
    )


def _check(name: str, value: str, *, repeated: bool) -> None:
    if name not in _KNOWN:
        raise query.refused(name, f"Unknown parameter. Known parameters: {', '.join(_KNOWN)}.")
    longest = _MAX_CURSOR if name == "cursor" else query.MAX_LENGTH
    if repeated or len(value) > longest:
        raise query.refused(name, f"This must be given once, with at most {longest} characters.")


def _included(text: str) -> tuple[str, ...]:
    wanted = tuple(filter(None, text.split(",")))
    if not set(wanted) <= set(INCLUDED):
        raise query.refused("include", f"This must be a list of {', '.join(INCLUDED)}.")
    return wanted


def _format(text: str | None) -> str | None:
    if text is not None and text not in FORMATS:
        raise query.refused("format", f"This must be one of {', '.join(FORMATS)}.")
    return text
