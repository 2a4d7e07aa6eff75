"""A saved search: the query string of the directory, without what is not part of the search."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from chalicelib.directory.query.query import CODE, FilterKind, Order, Query, read_query
from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

MAX_SEARCH = 400
"""Maximum characters of a saved search: a name, a place and a dozen skills. The sign-in page cannot return to a longer
URL."""


def canonical(text: str) -> str:
    """The query string ``text`` without order, cursor and language. Raises `Refused` (`directory_query`)."""
    if len(text) > MAX_SEARCH:
        raise Refused(phrase("This search is too long to save. Use fewer filters."), code=CODE)
    pairs = [(name, value) for name, value in _pairs(text) if name == "q" or name in set(FilterKind)]
    kept = urlencode([(name, value.strip()) for name, value in pairs if value.strip()])
    if not kept:
        raise Refused(phrase("Enter a name, a skill or a filter before you save the search."), code=CODE)
    query_of(kept)
    return kept


def query_of(search: str) -> Query:
    """The query of a saved search, the most recent people first. Raises `Refused` (`directory_query`)."""
    pairs = _pairs(search)
    text = " ".join(value for name, value in pairs if name == "q")
    return replace(read_query(text, [pair for pair in pairs if pair[0] != "q"]), order=Order.RECENCY)


def label(search: str) -> str:
    """The values of a search, by which a person recognizes it."""
    return ", ".join(value for _, value in _pairs(search))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, max_num_fields=100)
    except ValueError as error:
        raise Refused(phrase("This search is too long to save. Use fewer filters."), code=CODE) from error
