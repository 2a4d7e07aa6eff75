"""The order by name: a few results are read and sorted; many are found quickly by scanning all names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.directory.index import bits
from chalicelib.directory.index.terms import name_key
from chalicelib.directory.ports import IndexReader, Meter, NameEntry
from chalicelib.directory.query.hits import Cards

RESULT_UNITS = 20
"""Units for finding the results before they are put in order; in blocks beyond that, each listing is read instead."""
MAX_SORTED = 60
"""Maximum number of results that are all read and sorted: 30 units, with `RESULT_UNITS` the hard cap."""
_STEP = 200
"""Names in one read: about 16 KB, two units."""
_STEP_UNITS = 2.5


@dataclass(frozen=True, slots=True)
class Walk:
    """The results in the order by name."""

    index: IndexReader
    generation: str
    meter: Meter
    cards: Cards
    units: float

    def sorted(self, found: Mapping[int, int], after: NameEntry | None) -> Iterator[NameEntry]:
        """The few results ``found`` (bits by block), after ``after``."""
        ordinals = [block * bits.BLOCK + place for block, one in found.items() for place in bits.ascending(one)]
        self.cards.load(ordinals)
        entries = [NameEntry(name_key(listing), ordinal) for ordinal, listing in self.cards.found(ordinals)]
        entries.sort(key=order)
        return (entry for entry in entries if after is None or order(entry) > order(after))

    def walked(self, after: NameEntry | None) -> Iterator[NameEntry | None]:
        """Every name after ``after``; None, and nothing more, when the units are spent."""
        first = True
        while True:
            if not first and self.meter.units + _STEP_UNITS > self.units:
                yield None
                return
            entries = self.index.names(self.generation, after, _STEP, self.meter)
            for entry in entries:
                if self.meter.units > self.units and not first:
                    yield None
                    return
                yield entry
                first = False
            if len(entries) < _STEP:
                return
            after = entries[-1]


def order(entry: NameEntry) -> tuple[str, int]:
    """The sort key of the order by name: equal names newest first."""
    return entry.name_key, -entry.ordinal
