"""One page of results and the position of the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from chalicelib.directory.index import bits
from chalicelib.directory.ports import NameEntry
from chalicelib.directory.query import plan
from chalicelib.directory.query.budget import CARD_UNITS, HARD_CAP, INDEX_UNITS
from chalicelib.directory.query.by_name import MAX_SORTED, RESULT_UNITS, Walk
from chalicelib.directory.query.cursor import Position
from chalicelib.directory.query.expression import EVERYONE
from chalicelib.directory.query.hits import Hit
from chalicelib.directory.query.query import Order
from chalicelib.directory.query.run import Results, Run, results
from chalicelib.directory.query.scan import Spent, scan

_BATCH = 20
"""Listings that are read at once: 10 units, which `INDEX_UNITS` leaves."""


@dataclass(frozen=True, slots=True)
class PagePart:
    """Hits and where to continue, None at the end."""

    hits: tuple[Hit, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a result, or, without an ordinal, the position at which the units were spent."""

    position: Position
    ordinal: int | None


def page(run: Run, start: Position, limit: int, known: Results | None) -> PagePart:
    """At most ``limit`` hits from ``start``. ``known`` are all results, if they were counted."""
    places = _by_name(run, start, known) if run.query.order is Order.NAME else _by_tiers(run, start)
    hits: list[Hit] = []
    last = start
    while batch := _affordable(run, list(islice(places, min(limit - len(hits), _BATCH)))):
        results_only = [place.ordinal for place in batch if place.ordinal is not None]
        run.cards.load(results_only)
        hits += filter(None, (run.cards.hit(ordinal, run.query, run.similar) for ordinal in results_only))
        last = batch[-1].position
        spent = batch[-1].ordinal is None or run.meter.units + CARD_UNITS > HARD_CAP
        if spent or len(hits) == limit:
            more = spent or next(places, None) is not None
            return PagePart(tuple(hits), last if more else None)
    return PagePart(tuple(hits), None)


def _affordable(run: Run, places: list[_Place]) -> list[_Place]:
    """As many of ``places`` as listings can be read; at least one, so that every page gets further."""
    return places[: max(1, int((HARD_CAP - run.meter.units) / CARD_UNITS))]


def _by_tiers(run: Run, start: Position) -> Iterator[_Place]:
    for number, node in enumerate(plan.tiers(run.query, run.similar)):
        if number < start.tier:
            continue
        before = start.before if number == start.tier else (run.top + 1) * bits.BLOCK
        for one in scan(run.postings, node, (before - 1) // bits.BLOCK, INDEX_UNITS):
            if isinstance(one, Spent):
                below = min(before, (one.block + 1) * bits.BLOCK)
                yield _Place(Position(start.generation, number, below), None)
                return
            for place in bits.descending(one.bits):
                ordinal = one.block * bits.BLOCK + place
                if ordinal < before:
                    yield _Place(Position(start.generation, number, ordinal), ordinal)


def _by_name(run: Run, start: Position, known: Results | None) -> Iterator[_Place]:
    index, meter = run.postings.index, run.meter
    walk = Walk(index, start.generation, meter, run.cards, INDEX_UNITS)
    after = None if start.name_key is None else NameEntry(start.name_key, start.before)
    everyone = run.whole == EVERYONE
    found = known or (Results({}, 0) if everyone else results(run, RESULT_UNITS))
    if not everyone and not found.unread and found.count <= MAX_SORTED and meter.units <= RESULT_UNITS:
        yield from (_Place(_position(start, one), one.ordinal) for one in walk.sorted(found.found, after))
        return
    contains = _contains(run, found, everyone=everyone)
    last = start
    for entry in walk.walked(after):
        if entry is None:
            yield _Place(last, None)
            return
        last = _position(start, entry)
        if contains(entry.ordinal):
            yield _Place(last, entry.ordinal)


def _contains(run: Run, found: Results, *, everyone: bool) -> Callable[[int], bool]:
    def contains(ordinal: int) -> bool:
        block, place = divmod(ordinal, bits.BLOCK)
        if everyone:
            return True
        if block < found.unread:  # the index was too expensive to read, so the listing itself decides
            run.cards.load([ordinal])
            return run.cards.hit(ordinal, run.query, run.similar) is not None
        return bool(found.found.get(block, 0) >> place & 1)

    return contains


def _position(start: Position, entry: NameEntry) -> Position:
    return Position(start.generation, 0, entry.ordinal, entry.name_key)
