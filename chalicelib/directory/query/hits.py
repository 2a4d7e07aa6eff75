"""Read the listings of results, and leave out those that have changed since they were indexed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import IndexReader, Meter
from chalicelib.directory.query.matching import Match, Similar, explain
from chalicelib.directory.query.query import Query

_BATCH = 100
"""Listings in one call (BatchGetItem)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A result: the listing, and why it matched."""

    listing: Listing
    matches: tuple[Match, ...]


@dataclass(slots=True)
class Cards:
    """The listings that one request has read."""

    index: IndexReader
    generation: str
    meter: Meter
    _read: dict[int, Listing | None] = field(default_factory=dict)

    def load(self, ordinals: Sequence[int]) -> None:
        """Read the listings with these ordinals that were not read yet."""
        missing = iter([ordinal for ordinal in ordinals if ordinal not in self._read])
        while batch := list(islice(missing, _BATCH)):
            found = self.index.cards(self.generation, batch, self.meter)
            self._read.update((ordinal, found.get(ordinal)) for ordinal in batch)

    def hit(self, ordinal: int, query: Query, similar: Similar) -> Hit | None:
        """The result with ``ordinal``; None if the holder was delisted or no longer matches."""
        listing = self._read[ordinal]
        matches = None if listing is None else explain(query, listing, similar)
        return None if listing is None or matches is None else Hit(listing, matches)

    def found(self, ordinals: Iterable[int]) -> Iterator[tuple[int, Listing]]:
        """Each of ``ordinals``, which have been read, with its listing; without those that are gone."""
        return ((ordinal, listing) for ordinal in ordinals if (listing := self._read[ordinal]) is not None)
