"""Search the directory: the single entry point for HTTP, widgets and exports.

A request costs at most `budget.HARD_CAP` read units for a page and about 140 with total and facets, at any size of the
directory. What does not fit is continued by the cursor, or marked as not exact. Results are those of the index, a few
seconds old; the listings of a page are checked now, and those that no longer match are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.directory import text
from chalicelib.directory.index import bits
from chalicelib.directory.ports import Meter, Ports, Suggestion
from chalicelib.directory.query import cursor, facets, suggest
from chalicelib.directory.query.budget import TOTAL_UNITS
from chalicelib.directory.query.cursor import Position
from chalicelib.directory.query.facets import Facets
from chalicelib.directory.query.hits import Hit
from chalicelib.directory.query.matching import explain, may_be_beginning
from chalicelib.directory.query.pages import page
from chalicelib.directory.query.query import Query
from chalicelib.directory.query.run import Results, Run, generation_of, results, start

PAGE = 20
"""Results of a page unless the caller asks for fewer or more."""
MAX_PAGE = 50
"""Maximum results per page."""
MAX_DEPTH = 1_000
"""Maximum results per search: recruiters narrow a search; only scrapers read further."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query and the part of its results to return."""

    query: Query
    cursor: str | None = None
    limit: int = PAGE
    total: bool = False
    facets: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """How many results there are: exactly, or at least ``value`` and at most ``at_most``."""

    value: int
    exact: bool
    at_most: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results. It can be shorter than asked for, even empty, although there is a next one."""

    hits: tuple[Hit, ...]
    next: str | None
    """The cursor of the next page; None at the end, and after `MAX_DEPTH` results."""
    seen: int
    """Results on this and the earlier pages: there are at least as many."""
    total: Total | None = None
    facets: Facets | None = None
    complete: bool = True
    """False if a word is so short that not all words that start with it could be searched."""
    units: float = 0
    """The read units that the page cost."""


def search(request: SearchRequest, ports: Ports, now: datetime) -> Page:
    """Answer ``request``. Raises `Refused` (`bad_cursor`), `Unavailable`."""
    query, meter = request.query, Meter()
    position = cursor.read(request.cursor, query, now, ports.secret) if request.cursor else None
    generations = ports.index.generations(meter)
    if generations is None:
        return Page((), None, 0, Total(0, exact=True, at_most=0) if request.total else None)
    generation = generation_of(position, generations)
    if generation is None:
        raise cursor.refused()
    run = start(ports.index, query, generation, meter)
    known = results(run, TOTAL_UNITS) if request.total or request.facets else None
    first = position or Position(generation, 0, (run.top + 1) * bits.BLOCK)
    part = page(run, first, min(request.limit, MAX_PAGE, MAX_DEPTH - first.seen), known)
    seen = first.seen + len(part.hits)
    following = replace(part.next, seen=seen) if part.next and seen < MAX_DEPTH else None
    return Page(
        tuple(_checked(part.hits, run, ports)),
        cursor.write(following, query, now, ports.secret) if following else None,
        seen,
        _total(known) if known and request.total else None,
        _facets(run, known) if known and request.facets else None,
        not (run.postings.truncated or _is_short(query)),
        meter.units,
    )


def _is_short(query: Query) -> bool:
    """Whether the last word may be the beginning of words that are searched only for a longer one."""
    last = query.words[-1] if query.words else ""
    return bool(last) and not may_be_beginning(last, in_name=False) and not text.is_cjk(last)


def _checked(hits: Sequence[Hit], run: Run, ports: Ports) -> Iterator[Hit]:
    for listing in ports.shown_now([hit.listing for hit in hits]):
        matches = None if listing is None else explain(run.query, listing, run.similar)
        if listing is not None and matches is not None:
            yield Hit(listing, matches)


def suggestions(typed: str, ports: Ports) -> list[Suggestion]:
    """What a person who has typed ``typed`` may want to filter by. Raises `Unavailable`."""
    meter = Meter()
    generations = ports.index.generations(meter)
    return suggest.suggestions(ports.index, generations.current, typed, meter) if generations else []


def _total(known: Results) -> Total:
    return Total(known.count, known.unread == 0, known.count + known.unread * bits.BLOCK)


def _facets(run: Run, known: Results) -> Facets:
    ordinals, everyone = facets.chosen(known.found, run.query.digest)
    run.cards.load(ordinals)
    listings = [listing for _, listing in run.cards.found(ordinals)]
    return facets.facets_of(listings, known.count, exact=everyone and known.unread == 0)
