"""Build a new generation of the index beside the current one, and switch to it while searches go on.

First the generation is loaded in bulk. Then the writer starts to keep it up to date, what has changed since is applied,
and it becomes the current one. Because a change may still have been on its way to the former one only, differences are
applied once more after that, and the former one is deleted: it would keep what holders withdraw. An interrupted
rebuild is continued by the next one if it had been loaded, otherwise it is started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from chalicelib.directory.index.build import Builder
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Entry, Generations, IndexWriter, Items, NameEntry, Piece
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.directory.writing.writer import apply_to

N = TypeVar("N")

BATCH = 100
"""Listings in one write: four BatchWriteItem calls for each kind of item."""
Source = Callable[[], Iterable[ListingChange]]
"""Reads every listing, strongly consistent; delistings may be among them."""


class Stage(StrEnum):
    """A stage of a rebuild. Applying what has changed meanwhile and deleting come once more at the end."""

    READ = "Read people"
    WRITE = "Write people"
    INDEX = "Write the index"
    CHANGES = "Apply changes made meanwhile"
    DELETE = "Delete the old index"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is, in people, items of the index, or changes. ``total`` is None if it is unknown."""

    stage: Stage
    done: int
    total: int | None = None


def rebuild(store: IndexWriter, source: Source, name: str) -> Iterator[Progress]:
    """Rebuild the index as generation ``name``. Yields its progress as it goes.

    Raises `Conflict` if another rebuild runs, and `Unavailable`.
    """
    generations = store.generations()
    if generations is None or generations.building is None:
        if generations and generations.loading:
            yield from _drop(store, generations.loading)
        loading = replace(generations, loading=name) if generations else None
        if loading:
            store.replace_generations(generations, loading)
        yield from _load(store, name, source())
        # Without a current generation no one searches yet, so the first one is current at once.
        built = replace(loading, building=name, loading=None) if loading else Generations(name)
        store.replace_generations(loading, built)
        generations = built
    yield from _finish(store, source, generations)


def _finish(store: IndexWriter, source: Source, generations: Generations) -> Iterator[Progress]:
    current = generations.building or generations.current
    yield Progress(Stage.CHANGES, reconcile(store, source, current))
    if generations.building:
        switched = Generations(current, previous=generations.current)
        store.replace_generations(generations, switched)
        yield Progress(Stage.CHANGES, reconcile(store, source, current))
        for former in filter(None, (generations.previous, generations.current)):
            yield from _drop(store, former)
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


def _load(store: IndexWriter, generation: str, source: Iterable[ListingChange]) -> Iterator[Progress]:
    listings: list[Listing] = []
    for changes in _batched(source, BATCH):
        listings += (change for change in changes if isinstance(change, Listing))
        yield Progress(Stage.READ, len(listings))
    listings.sort(key=lambda one: (one.recent_at, one.id))
    first = store.allocate(generation, len(listings)) if listings else 0
    builder, written = Builder(), 0
    for batch in _batched(enumerate(listings, first), BATCH):
        store.put(generation, _joined([builder.add(ordinal, listing) for ordinal, listing in batch]))
        written += len(batch)
        yield Progress(Stage.WRITE, written, len(listings))
    yield from _put_pieces(store, generation, list(builder.pieces()))
    store.put(generation, Items(suggestions=list(builder.suggestions())))


def _put_pieces(store: IndexWriter, generation: str, pieces: Sequence[Piece]) -> Iterator[Progress]:
    written = 0
    for batch in _batched(pieces, BATCH * 10):
        store.put(generation, Items(pieces=batch))
        written += len(batch)
        yield Progress(Stage.INDEX, written, len(pieces))


def _drop(store: IndexWriter, generation: str) -> Iterator[Progress]:
    deleted = 0
    for count in store.drop(generation):
        deleted += count
        yield Progress(Stage.DELETE, deleted)


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
