"""The suggestions that a listing gives rise to: the values that others can filter by."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from chalicelib.directory import text
from chalicelib.directory.index.places import place_parts
from chalicelib.directory.index.terms import Field, Kind, Term
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Suggestion


def suggestions_of(listing: Listing) -> dict[Term, frozenset[Suggestion]]:
    """The suggestions of each value of ``listing``, by its term."""
    return {term: _suggestions(kind, term.value, label) for term, kind, label in _values(listing)}


@lru_cache(4_096)
def _suggestions(kind: str, value: str, label: str) -> frozenset[Suggestion]:
    # A country is also suggested by its English name, whatever the holder called it.
    words = text.indexed_words(label) | (text.indexed_words(value) if kind == "place" else frozenset())
    return frozenset(Suggestion(word, kind, value, label) for word in words)


def _values(listing: Listing) -> Iterator[tuple[Term, str, str]]:
    for skill in listing.skills:
        yield Term(Kind.WORD, text.key(skill), Field.SKILL), "skill", skill
    for achievement in listing.achievements:
        yield Term(Kind.ACHIEVEMENT, achievement.id), "achievement", achievement.name
    for issuer in listing.issuers:
        yield Term(Kind.ISSUER, issuer.id), "issuer", issuer.name
    for part in listing.place.split(","):
        # A part without a comma before its country, which is two parts, would be a suggestion of two values.
        if len(values := place_parts(part)) == 1:
            yield Term(Kind.PLACE, *values), "place", part.strip()
