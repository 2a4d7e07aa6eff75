"""Filters to suggest when no one matches the words of a search: people often type a place or an issuer there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.directory.index.places import country
from chalicelib.directory.ports import Suggestion
from chalicelib.directory.query.query import FilterKind

MAX_ALTERNATIVES = 4
"""Maximum filters suggested: few enough to read them all."""
MAX_LOOKUPS = 4
"""Maximum suggestions looked up for one search: two read units each."""
_KINDS = (FilterKind.PLACE, FilterKind.ISSUER)
"""Kinds of filter that free text does not search."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A filter that part of the free text names, and the rest of the text."""

    kind: FilterKind
    value: str
    label: str
    rest: str
    replaces: str | None = None
    """The value of the same kind that it replaces."""


def alternatives(searched: str, suggest: Callable[[str], Sequence[Suggestion]]) -> tuple[Alternative, ...]:
    """The places and issuers whose name starts with ``searched``, or else with one of its words. A country may have any
    of its names. Raises what ``suggest`` raises."""
    words = searched.split()
    parts = [(searched, "")]
    if len(words) > 1:
        parts += [(word, " ".join(words[:place] + words[place + 1 :])) for place, word in enumerate(words)]
    for part, rest in parts[:MAX_LOOKUPS]:
        found = tuple(_named(rest, suggest(country(part) or part)))
        if found:
            return found[:MAX_ALTERNATIVES]
    return ()


def similar_skills(value: str, suggest: Callable[[str], Sequence[Suggestion]]) -> tuple[Alternative, ...]:
    """The skills whose name contains the words of ``value``, which someone has entered as a skill. Raises what
    ``suggest`` raises."""
    found = (one for one in suggest(value) if one.kind == FilterKind.SKILL and one.value != value)
    skills = [Alternative(FilterKind.SKILL, one.value, one.label, "", replaces=value) for one in found]
    return tuple(skills[:MAX_ALTERNATIVES])


def _named(rest: str, suggested: Sequence[Suggestion]) -> Iterator[Alternative]:
    for one in suggested:
        if one.kind in _KINDS:
            yield Alternative(FilterKind(one.kind), one.value, one.label, rest)
