"""What can be asked of the directory, and its limits."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.directory import text
from chalicelib.directory.index.places import place_parts
from chalicelib.directory.profiles.profile import OpenTo
from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

MAX_FILTERS = 5
"""Maximum kinds of filter in a query. Each is read apart, so this bounds what the smallest step of a query costs."""
MAX_VALUES = 10
"""Maximum values of one kind of filter."""
MAX_VALUES_IN_ALL = 30
"""Maximum values of all filters: at half a read unit each, 15 units for a step."""
MAX_WORDS = 6
"""Maximum words of free text: no name that people search for has more."""
MAX_TEXT = 200
"""Maximum characters of free text."""
CODE = "directory_query"

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class Order(StrEnum):
    """The order of results. Each is total, so the same directory always gives the same pages."""

    RECENCY = "recency"
    """Newest first, by when a holder was listed or received their newest credential."""
    NAME = "name"
    """By name; equal names newest first."""
    CREDENTIALS = "credentials"
    """Most valid credentials first, where eight or more are equal; then newest first."""
    RELEVANCE = "relevance"
    """The whole name, then every word in the name, then every word exact, then by prefix, then with a typo; newest
    first within each."""


class FilterKind(StrEnum):
    """What results can be filtered by."""

    SKILL = "skill"
    ACHIEVEMENT = "achievement"
    ISSUER = "issuer"
    PLACE = "place"
    LANGUAGE = "language"
    OPEN_TO = "open_to"
    ISSUED_AFTER = "issued_after"
    """The newest credential is of this month, ``YYYY-MM``, or of a later one."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition: at least one of the values ``any_of``, if there are any, and none of ``none_of``.

    Values are normalised; a place is its parts, joined by commas.
    """

    kind: FilterKind
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A normalised query. All words and all filters must match; the last word may be a prefix of one."""

    words: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    order: Order = Order.RECENCY

    @property
    def digest(self) -> str:
        """What identifies the query in a cursor."""
        parts = [self.words, [(one.kind, one.any_of, one.none_of) for one in self.filters], self.order]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def read_query(searched: str, conditions: Iterable[tuple[str, str]], order: str | None = None) -> Query:
    """Build a query from free text and ``conditions``, pairs of a kind of filter and a value. A value that starts with
    ``-`` excludes. Without ``order`` it is by relevance if there is free text, otherwise by recency.

    Raises `Refused` (`directory_query`) with what is wrong.
    """
    if len(searched) > MAX_TEXT:
        raise Refused(phrase("A search can contain at most {limit} characters.", limit=MAX_TEXT), code=CODE)
    words = text.searched_words(searched)
    if len(words) > MAX_WORDS:
        raise Refused(phrase("A search can contain at most {limit} words.", limit=MAX_WORDS), code=CODE)
    if order is not None and order not in set(Order):
        raise Refused(phrase("Results can be sorted by {orders}.", orders=", ".join(Order)), code=CODE)
    chosen = Order(order) if order else Order.RELEVANCE if words else Order.RECENCY
    return Query(words, tuple(_filters(list(conditions))), chosen)


def _filters(conditions: Sequence[tuple[str, str]]) -> Iterable[Filter]:
    kinds = {kind for kind, _ in conditions}
    if unknown := kinds - set(FilterKind):
        raise Refused(phrase("Unknown filter: {kind}.", kind=min(unknown)), code=CODE)
    if len(kinds) > MAX_FILTERS:
        raise Refused(phrase("A search can have at most {limit} kinds of filter.", limit=MAX_FILTERS), code=CODE)
    if len(conditions) > MAX_VALUES_IN_ALL:
        raise Refused(
            phrase("A search can have at most {limit} values in all its filters.", limit=MAX_VALUES_IN_ALL), code=CODE
        )
    for kind in sorted(map(FilterKind, kinds)):
        values = [value for one, value in conditions if one == kind]
        if len(values) > MAX_VALUES:
            raise Refused(
                phrase("The filter {kind} can have at most {limit} values.", kind=kind.value, limit=MAX_VALUES),
                code=CODE,
            )
        yield _filter(kind, values)


def _filter(kind: FilterKind, values: Sequence[str]) -> Filter:
    wanted = {_normalised(kind, value) for value in values if not value.startswith("-")}
    excluded = {_normalised(kind, value[1:]) for value in values if value.startswith("-")}
    if kind is FilterKind.ISSUED_AFTER and (excluded or len(wanted) > 1):
        raise Refused(phrase("Enter one month, as in 2026-03."), code=CODE)
    return Filter(kind, tuple(sorted(wanted)), tuple(sorted(excluded)))


def _normalised(kind: FilterKind, value: str) -> str:
    if kind is FilterKind.ISSUED_AFTER:
        if not _MONTH.fullmatch(value):
            raise Refused(phrase("Enter one month, as in 2026-03."), code=CODE)
        return value
    normal = _NORMAL.get(kind, _plain)(value)
    if not normal:
        raise Refused(phrase("The filter {kind} has an empty value.", kind=kind.value), code=CODE)
    if kind is FilterKind.OPEN_TO and normal not in set(OpenTo):
        raise Refused(
            phrase("The filter {kind} must be one of: {values}.", kind=kind.value, values=", ".join(OpenTo)), code=CODE
        )
    return normal


def _place(value: str) -> str:
    return ",".join(sorted(place_parts(value)))


def _plain(value: str) -> str:
    return value.strip()[: text.MAX_KEY]


def _lower(value: str) -> str:
    return _plain(value).lower()


_NORMAL: Mapping[FilterKind, Callable[[str], str]] = {
    FilterKind.SKILL: text.key,
    FilterKind.PLACE: _place,
    FilterKind.LANGUAGE: _lower,
    FilterKind.OPEN_TO: _lower,
}
