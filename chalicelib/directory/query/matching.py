"""Whether and why one listing matches a query. The index must find exactly the listings that match here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from chalicelib.directory import text
from chalicelib.directory.index import terms
from chalicelib.directory.index.places import place_parts
from chalicelib.directory.listing import Listing
from chalicelib.directory.query.query import Filter, FilterKind, Query

LONG_PREFIX = 4
"""Minimum prefix length for searching all words; shorter prefixes are searched in names only."""

Similar = Mapping[str, Collection[str]]
"""For each word of the query, the words of the directory that may be meant by it."""


class Fit(IntEnum):
    """How well a word matches, best first. After whole names, the order by relevance depends on the worst word."""

    NAME = 1
    EXACT = 2
    BEGINNING = 3
    SIMILAR = 4


@dataclass(frozen=True, slots=True)
class Match:
    """Why a listing is among the results: the field that matched, as it is shown, and how."""

    field: str
    value: str
    fit: Fit


def explain(query: Query, listing: Listing, similar: Similar) -> tuple[Match, ...] | None:
    """Why ``listing`` matches ``query``, without repetitions; None if it does not match."""
    reasons: list[Match] = []
    for position, word in enumerate(query.words):
        found = list(_word_matches(word, position == len(query.words) - 1, listing, similar.get(word, ())))
        if not found:
            return None
        best = min(match.fit for match in found)
        reasons += (match for match in found if match.fit == best)
    for one in query.filters:
        if not _passes(one, listing):
            return None
        reasons += _filter_matches(one, listing)
    return tuple(dict.fromkeys(reasons))


def _word_matches(word: str, last: bool, listing: Listing, similar: Collection[str]) -> Iterator[Match]:
    for field, value, words in _searched(listing):
        in_name = field == "name"
        if word in words:
            yield Match(field, value, Fit.NAME if in_name else Fit.EXACT)
        elif last and may_be_beginning(word, in_name) and any(one.startswith(word) for one in words):
            yield Match(field, value, Fit.BEGINNING)
        elif not words.isdisjoint(similar):
            yield Match(field, value, Fit.SIMILAR)


def may_be_beginning(word: str, in_name: bool) -> bool:
    """Whether ``word`` is also searched as a prefix of longer words, in names or in other text."""
    if text.is_cjk(word):
        return in_name and len(word) == 1
    return len(word) >= (2 if in_name else LONG_PREFIX)


def _searched(listing: Listing) -> Iterator[tuple[str, str, frozenset[str]]]:
    yield "name", listing.name, text.indexed_words(listing.name)
    yield "headline", listing.headline, text.indexed_words(listing.headline)
    for achievement in listing.achievements:
        yield "achievement", achievement.name, text.indexed_words(achievement.name)
    for skill in listing.skills:
        yield "skill", skill, text.indexed_words(skill) | {text.key(skill)}


def _passes(condition: Filter, listing: Listing) -> bool:
    if condition.kind is FilterKind.ISSUED_AFTER:
        return terms.issued_month(listing) >= condition.any_of[0]
    has = {key for _, keys in _values(condition.kind, listing) for key in keys}
    wanted = not condition.any_of or any(_holds(value, condition.kind, has) for value in condition.any_of)
    return wanted and not any(_holds(value, condition.kind, has) for value in condition.none_of)


def _holds(value: str, kind: FilterKind, has: Collection[str]) -> bool:
    return all(part in has for part in value.split(",")) if kind is FilterKind.PLACE else value in has


def _filter_matches(condition: Filter, listing: Listing) -> Iterator[Match]:
    if condition.kind is FilterKind.ISSUED_AFTER:
        yield Match(condition.kind, terms.issued_month(listing), Fit.EXACT)
        return
    for shown, keys in _values(condition.kind, listing):
        if any(_holds(value, condition.kind, keys) for value in condition.any_of):
            yield Match(condition.kind, shown, Fit.EXACT)


def _values(kind: FilterKind, listing: Listing) -> Iterable[tuple[str, Collection[str]]]:
    """The values of one kind as they are shown, each with the keys by which it is filtered."""
    match kind:
        case FilterKind.SKILL:
            return ((skill, {text.key(skill)}) for skill in listing.skills)
        case FilterKind.ACHIEVEMENT:
            return ((one.name, {one.id}) for one in listing.achievements)
        case FilterKind.ISSUER:
            return ((one.name, {one.id}) for one in listing.issuers)
        case FilterKind.PLACE:
            return ((listing.place, place_parts(listing.place)),)
        case FilterKind.LANGUAGE:
            return ((tag, terms.language_tags(tag)) for tag in listing.languages)
        case _:
            return ((one, {one.lower()}) for one in listing.open_to)
