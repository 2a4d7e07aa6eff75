"""Build a new generation of the index beside the current one, and switch to it while searches go on.

First the generation is loaded in bulk. Then the writer starts to keep it up to date, what has changed since is applied,
and it becomes the current one. Because a change may still have been on its way to the former one only, differences are
applied once more after that, and the former one is deleted: it would keep what holders withdraw. An interrupted
rebuild is continued by the next one if it had been loaded, otherwise it is started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from chalicelib.directory.index.build import Builder
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Entry, Generations, IndexWriter, Items, NameEntry
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.directory.writing.writer import apply_to

N = TypeVar("N")

BATCH = 100
"""Listings in one write: four BatchWriteItem calls for each kind of item."""
Source = Callable[[], Iterable[ListingChange]]
"""Reads every listing, strongly consistent; delistings may be among them."""


def rebuild(store: IndexWriter, source: Source, name: str) -> Iterator[int]:
    """Rebuild the index as generation ``name``. Yields how many items were written so far, as it goes.

    Raises `Conflict` if another rebuild runs, and `Unavailable`.
    """
    generations = store.generations()
    if generations is None or generations.building is None:
        if generations and generations.loading:
            yield from store.drop(generations.loading)
        loading = replace(generations, loading=name) if generations else None
        if loading:
            store.replace_generations(generations, loading)
        yield from _load(store, name, source())
        # Without a current generation no one searches yet, so the first one is current at once.
        built = replace(loading, building=name, loading=None) if loading else Generations(name)
        store.replace_generations(loading, built)
        generations = built
    yield from _finish(store, source, generations)


def _finish(store: IndexWriter, source: Source, generations: Generations) -> Iterator[int]:
    current = generations.building or generations.current
    yield reconcile(store, source, current)
    if generations.building:
        switched = Generations(current, previous=generations.current)
        store.replace_generations(generations, switched)
        yield reconcile(store, source, current)
        for former in filter(None, (generations.previous, generations.current)):
            yield from store.drop(former)
        store.replace_generations(switched, Generations(current))


def reconcile(store: IndexWriter, source: Source, generation: str) -> int:
    """Apply every difference between the listings and ``generation``; return how many there were."""
    # The index is read first: what is in it and not in the listings afterwards was really removed.
    indexed = {one.id: (one.version, one.listed) for one in store.indexed(generation)}
    found = 0
    for changes in _batched(_differences(source(), indexed), BATCH):
        apply_to(store, generation, changes)
        found += len(changes)
    return found


def _differences(source: Iterable[ListingChange], indexed: dict[str, tuple[int, bool]]) -> Iterator[ListingChange]:
    seen = set()
    for change in source:
        seen.add(change.id)
        version, listed = indexed.get(change.id, (-1, False))
        if version < change.version and (listed or isinstance(change, Listing)):
            yield change
    for holder_id, (version, listed) in indexed.items():
        if listed and holder_id not in seen:
            yield Delisting(holder_id, version)


def _load(store: IndexWriter, generation: str, source: Iterable[ListingChange]) -> Iterator[int]:
    listings = [change for change in source if isinstance(change, Listing)]
    listings.sort(key=lambda one: (one.recent_at, one.id))
    first = store.allocate(generation, len(listings)) if listings else 0
    builder, written = Builder(), 0
    for batch in _batched(enumerate(listings, first), BATCH):
        store.put(generation, _joined([builder.add(ordinal, listing) for ordinal, listing in batch]))
        written += len(batch)
        yield written
    for pieces in _batched(builder.pieces(), BATCH * 10):
        store.put(generation, Items(pieces=pieces))
        written += len(pieces)
        yield written
    store.put(generation, Items(suggestions=list(builder.suggestions())))


def _joined(several: Iterable[Items]) -> Items:
    cards: dict[int, Listing] = {}
    entries: list[Entry] = []
    names: list[NameEntry] = []
    for items in several:
        cards |= items.cards
        entries += items.entries
        names += items.names
    return Items(entries=entries, cards=cards, names=names)


def _batched(items: Iterable[N], size: int) -> Iterator[list[N]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
