"""The reads of searches: eventually consistent, at half the price, and in parallel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import TypeVar

from chalicelib.directory.index import pieces
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import WHOLE, Generations, Head, Meter, NameEntry, Piece, Slot, Span, Suggestion
from chalicelib.dynamo import keys
from chalicelib.dynamo.keys import Range
from chalicelib.dynamo.stores.directory import codec
from chalicelib.dynamo.tables import Raw, Tables

T = TypeVar("T")
R = TypeVar("R")

THREADS = 10
"""Concurrent reads: the number of connections that botocore keeps open."""
_WORDS = 40
"""Postings in one read of the words with a prefix: at most 64 KB, and mostly one unit."""


class DynamoIndexReader:
    """`directory.ports.IndexReader` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, thread_name_prefix="directory")

    def generations(self, meter: Meter) -> Generations | None:
        found, meter_units = self._tables.metered_get_many(self._tables.directory, [keys.directory_generations()])
        meter.units += meter_units
        return next(map(codec.read_generations, found.values()), None)

    def head(self, generation: str, meter: Meter) -> Head:
        size, buffer = keys.directory_size(generation), keys.directory_buffer(generation)
        found, units = self._tables.metered_get_many(self._tables.directory, [size, buffer])
        meter.units += units
        rows = codec.read_buffer(found[buffer]).rows if buffer in found else ()
        return Head(int(found[size]["times"]["N"]) if size in found else 0, rows)

    def spans(self, generation: str, spans: Sequence[Span], meter: Meter) -> list[list[Piece]]:
        def read(span: Span) -> tuple[list[Raw], float]:
            low, high = pieces.block_part(span.low), WHOLE if span.high is None else pieces.block_part(span.high)
            return self._all(keys.directory_pieces(generation, span.kind, span.value, low, high))

        found = self._parallel(read, spans)
        meter.units += sum(units for _, units in found)
        return [list(map(codec.read_piece, raws)) for raws, _ in found]

    def words_from(self, generation: str, beginning: str, units: float, meter: Meter) -> tuple[list[Piece], bool]:
        found: list[Raw] = []
        used, complete = 0.0, True
        for page, cost in self._tables.metered_query(
            self._tables.directory, keys.directory_words(generation, beginning), _WORDS
        ):
            if used >= units:
                complete = False
                break
            found += page
            used += cost
        meter.units += used
        read = list(map(codec.read_piece, found))
        # The last word may have more blocks that were not read.
        return (read if complete else [piece for piece in read if piece.slot.value != read[-1].slot.value]), complete

    def spellings(self, generation: str, keys_: Collection[str], meter: Meter) -> Mapping[str, Collection[str]]:
        wanted = [keys.directory_piece(generation, *Slot(pieces.SPELLING, key)) for key in keys_]
        found, units = self._tables.metered_get_many(self._tables.directory, wanted)
        meter.units += units
        return {piece.slot.value: pieces.words_in(piece) for piece in map(codec.read_piece, found.values())}

    def cards(self, generation: str, ordinals: Sequence[int], meter: Meter) -> Mapping[int, Listing]:
        wanted = [keys.directory_card(generation, ordinal) for ordinal in ordinals]
        found, units = self._tables.metered_get_many(self._tables.directory, wanted)
        meter.units += units
        return dict(map(codec.read_card, found.values()))

    def names(self, generation: str, after: NameEntry | None, limit: int, meter: Meter) -> list[NameEntry]:
        found: list[NameEntry] = []
        first = 0 if after is None else keys.name_shard(after.name_key)
        for shard in range(first, keys.NAME_SHARDS):
            start = keys.directory_name(generation, *after).sk if after and shard == first else None
            missing = limit - len(found)
            part = keys.directory_names(generation, shard, start)
            for page, units in self._tables.metered_query(self._tables.directory, part, missing):
                meter.units += units
                found += islice(map(codec.read_name, page), limit - len(found))
                if len(found) >= limit:
                    return found
        return found

    def suggestions(self, generation: str, beginning: str, limit: int, meter: Meter) -> list[Suggestion]:
        part = keys.directory_suggestions(generation, beginning)
        for page, units in self._tables.metered_query(self._tables.directory, part, limit):
            meter.units += units
            return list(map(codec.read_suggestion, page))
        return []

    def _all(self, part: Range) -> tuple[list[Raw], float]:
        found: list[Raw] = []
        used = 0.0
        for page, units in self._tables.metered_query(self._tables.directory, part):
            found += page
            used += units
        return found, used

    def _parallel(self, call: Callable[[T], R], arguments: Iterable[T]) -> list[R]:
        several = list(arguments)
        if len(several) == 1:
            return [call(several[0])]
        return list(self._pool.map(call, several))
