"""How many results have each value, exactly or estimated from a random sample."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from chalicelib.directory import text
from chalicelib.directory.index import bits
from chalicelib.directory.listing import Listing
from chalicelib.directory.query.budget import FACET_CARDS
from chalicelib.directory.query.query import FilterKind

KINDS: tuple[FilterKind, ...] = tuple(kind for kind in FilterKind if kind is not FilterKind.ISSUED_AFTER)
VALUES = 20
"""Values of a facet, most frequent first."""
_CONFIDENCE = 1.96
"""Standard deviations of a normal distribution within which 95% of all samples are."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value by which the results can be filtered, as it is shown, and how many of them have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The most frequent values of each kind among the results. ``within`` is 0 if the counts are exact; otherwise 95%
    of estimated counts differ from the true ones by at most this much."""

    exact: bool
    within: int
    values: Mapping[FilterKind, tuple[FacetValue, ...]]


def chosen(found: Mapping[int, int], digest: str) -> tuple[Sequence[int], bool]:
    """The ordinals to read for facets of the results ``found`` (bits by block), and whether they are all.

    A sample depends on the query alone, so that the same search shows the same numbers.
    """
    count = sum(one.bit_count() for one in found.values())
    picked = range(count) if count <= FACET_CARDS else sorted(Random(digest).sample(range(count), FACET_CARDS))
    return list(_nth(found, picked)), count <= FACET_CARDS


def facets_of(listings: Sequence[Listing], total: int, *, exact: bool) -> Facets:
    """Count the values of ``listings``, a sample of ``total`` results or all of them."""
    scale = 1 if exact or not listings else total / len(listings)
    counted: dict[FilterKind, tuple[FacetValue, ...]] = {kind: _values(kind, listings, scale) for kind in KINDS}
    return Facets(exact, 0 if exact else _margin(len(listings), total), counted)


def _values(kind: FilterKind, listings: Sequence[Listing], scale: float) -> tuple[FacetValue, ...]:
    counts: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for listing in listings:
        found = dict(_labelled(kind, listing))
        counts.update(found.keys())
        for value, label in found.items():
            labels[value] = min(label, labels.get(value, label))
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:VALUES]
    return tuple(FacetValue(value, labels[value], round(count * scale)) for value, count in ranked)


def _labelled(kind: FilterKind, listing: Listing) -> Iterator[tuple[str, str]]:
    match kind:
        case FilterKind.SKILL:
            yield from ((text.key(skill), skill) for skill in listing.skills)
        case FilterKind.ACHIEVEMENT:
            yield from ((one.id, one.name) for one in listing.achievements)
        case FilterKind.ISSUER:
            yield from ((one.id, one.name) for one in listing.issuers)
        case FilterKind.PLACE if listing.place:
            yield listing.place, listing.place
        case FilterKind.LANGUAGE:
            yield from ((tag.lower(), tag) for tag in listing.languages)
        case FilterKind.OPEN_TO:
            yield from ((one.lower(), one) for one in listing.open_to)


def _margin(sample: int, total: int) -> int:
    """The margin of a count whose share is one half, for which it is largest, in a sample without replacement."""
    if not sample or total <= 1:
        return total
    error = _CONFIDENCE * math.sqrt(0.25 / sample * (total - sample) / (total - 1))
    return math.ceil(error * total)


def _nth(found: Mapping[int, int], picked: Sequence[int]) -> Iterator[int]:
    """The ordinals at the positions ``picked``, ascending, of the results, newest first."""
    wanted = iter(picked)
    position = next(wanted, None)
    passed = 0
    for block in sorted(found, reverse=True):
        if position is None:
            return
        if position >= passed + found[block].bit_count():
            passed += found[block].bit_count()
            continue
        for place in bits.descending(found[block]):
            if passed == position:
                yield block * bits.BLOCK + place
                position = next(wanted, None)
            passed += 1
