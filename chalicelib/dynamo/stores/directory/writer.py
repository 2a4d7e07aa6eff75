"""The reads and writes of the directory's writer: strongly consistent; each change is applied only if no other change
came first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import TypeVar

from chalicelib.directory.ports import (
    Buffer,
    Buffered,
    Change,
    Entry,
    Generations,
    Indexed,
    Items,
    NameEntry,
    Piece,
    Slot,
    Suggestion,
)
from chalicelib.dynamo import keys
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.stores.directory import codec
from chalicelib.dynamo.tables import ABSENT, ConditionFailed, Delete, Put, Raw, Tables, key_of
from chalicelib.errors import Conflict, NotFound

T = TypeVar("T")
R = TypeVar("R")

THREADS = 10
"""Concurrent calls: the number of connections that botocore keeps open."""
_READS = 100
"""Items in one BatchGetItem; none of the index is larger than 10 KB."""
_UNCHANGED = "d = :old"
_BULK = 200
"""Items that one thread writes, in calls of 25, when many are written."""


class DynamoIndexWriter:
    """`directory.ports.IndexWriter` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, thread_name_prefix="directory")

    def generations(self) -> Generations | None:
        raw = self._tables.get(self._tables.directory, keys.directory_generations())
        return codec.read_generations(raw) if raw else None

    def replace_generations(self, old: Generations | None, new: Generations) -> None:
        if not self._replace(codec.generations_item(new), codec.generations_data(old) if old else None):
            raise Conflict("Another rebuild of the directory is running.", code="directory_busy")

    def allocate(self, generation: str, count: int) -> int:
        return self._tables.increase(self._tables.directory, keys.directory_size(generation), count) - count

    def next_version(self, holder_id: str) -> int:
        return self._tables.increase(self._tables.directory, keys.directory_updates(holder_id), 1)

    def versions(self, ids: Collection[str]) -> Mapping[str, int]:
        found = self._read([keys.directory_updates(one) for one in ids])
        return {keys.updated_holder(key_of(raw)): int(raw["times"]["N"]) for raw in found}

    def entries(self, generation: str, ids: Collection[str]) -> Mapping[str, Entry]:
        found = self._read([keys.directory_entry(generation, one) for one in ids])
        return {entry.id: entry for entry in map(codec.read_entry, found)}

    def replace_entry(self, generation: str, old: Entry | None, new: Entry) -> bool:
        return self._replace(codec.entry_item(generation, new), codec.entry_data(old) if old else None)

    def pieces(self, generation: str, slots: Collection[Slot]) -> Mapping[Slot, Piece]:
        found = self._read([keys.directory_piece(generation, *slot) for slot in slots])
        return {piece.slot: piece for piece in map(codec.read_piece, found)}

    def replace_pieces(self, generation: str, changes: Sequence[Change]) -> Sequence[bool]:
        def replace(change: Change) -> bool:
            old = codec.piece_data(change.old) if change.old else None
            item = codec.piece_item(generation, change.new)
            return self._remove(key_of(item), old) if change.new.is_empty else self._replace(item, old)

        return self._parallel(replace, changes)

    def buffer(self, generation: str) -> Buffer:
        raw = self._tables.get(self._tables.directory, keys.directory_buffer(generation))
        return codec.read_buffer(raw) if raw else Buffer()

    def replace_buffer(self, generation: str, old: Buffer, rows: Collection[Buffered]) -> bool:
        return self._replace(codec.buffer_item(generation, rows), old.stored or None)

    def put(self, generation: str, items: Items) -> None:
        raws: list[Raw] = [codec.piece_item(generation, piece) for piece in items.pieces]
        raws += (codec.entry_item(generation, entry) for entry in items.entries)
        raws += (codec.card_item(generation, *card) for card in items.cards.items())
        raws += (codec.name_item(generation, name) for name in items.names)
        raws += (codec.suggestion_item(generation, one) for one in {one[:3]: one for one in items.suggestions}.values())
        self._parallel(lambda some: self._tables.write_many(self._tables.directory, some), _batched(raws, _BULK))

    def delete(
        self,
        generation: str,
        cards: Collection[int] = (),
        names: Collection[NameEntry] = (),
        suggestions: Collection[Suggestion] = (),
    ) -> None:
        doomed = {keys.directory_card(generation, ordinal) for ordinal in cards}
        doomed |= {keys.directory_name(generation, *name) for name in names}
        doomed |= {keys.directory_suggestion(generation, *one[:3]) for one in suggestions}
        self._tables.write_many(self._tables.directory, (), list(doomed))

    def all_entries(self, generation: str) -> Iterator[Entry]:
        for shard in range(keys.DIRECTORY_SHARDS):
            part = keys.directory_entries(generation, shard)
            yield from map(codec.read_entry, self._tables.query(self._tables.directory, part))

    def indexed(self, generation: str) -> Iterator[Indexed]:
        for shard in range(keys.DIRECTORY_SHARDS):
            part = keys.directory_entries(generation, shard)
            raws = self._tables.query(self._tables.directory, part, attributes=codec.INDEXED)
            yield from map(codec.read_indexed, raws)

    def all_pieces(self, generation: str) -> Iterator[Piece]:
        for page in self._tables.scan(self._tables.directory, f"{keys.escape(generation)}#"):
            yield from (codec.read_piece(raw) for raw in page if keys.piece_in(key_of(raw)))

    def drop(self, generation: str) -> Iterator[int]:
        for page in self._tables.scan(self._tables.directory, f"{keys.escape(generation)}#"):
            doomed = _batched(map(key_of, page), _BULK)
            self._parallel(lambda some: self._tables.write_many(self._tables.directory, (), some), doomed)
            yield len(page)

    def _read(self, wanted: Iterable[Key]) -> list[Raw]:
        found = self._parallel(
            lambda some: self._tables.get_many({self._tables.directory: some}), _batched(wanted, _READS)
        )
        return [raw for some in found for raw in some.values()]

    def _replace(self, item: Raw, old: bytes | None) -> bool:
        condition, values = (ABSENT, None) if old is None else (_UNCHANGED, {":old": {"B": old}})
        try:
            self._tables.put(self._tables.directory, Put(item, condition, values))
        except ConditionFailed:
            return False
        return True

    def _remove(self, key: Key, old: bytes | None) -> bool:
        if old is None:
            raise NotFound("there is nothing to remove")
        try:
            self._tables.take(self._tables.directory, Delete(key, _UNCHANGED, {":old": {"B": old}}))
        except ConditionFailed:
            return False
        return True

    def _parallel(self, call: Callable[[T], R], arguments: Iterable[T]) -> list[R]:
        several = list(arguments)
        if len(several) <= 1:
            return list(map(call, several))
        return list(self._pool.map(call, several))


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
