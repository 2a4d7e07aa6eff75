"""The storage of the directory in memory, with the read units that DynamoDB would charge."""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from chalicelib.directory.index import pieces
from chalicelib.directory.index.terms import Kind
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import (
    Buffer,
    Buffered,
    Change,
    Entry,
    Generations,
    Head,
    Indexed,
    Items,
    Meter,
    NameEntry,
    Piece,
    Slot,
    Span,
    Suggestion,
)
from chalicelib.directory.query.by_name import order
from chalicelib.errors import Conflict

_KEY_BYTES = 60


class _Generation:
    def __init__(self) -> None:
        self.size = 0
        self.entries: dict[str, Entry] = {}
        self.pieces: dict[Slot, Piece] = {}
        self.cards: dict[int, Listing] = {}
        self.names: set[NameEntry] = set()
        self.buffered: tuple[Buffered, ...] = ()
        self.suggestions: dict[tuple[str, str, str], Suggestion] = {}


class DirectoryIndex:
    """`IndexReader` and `IndexWriter` in memory."""

    def __init__(self) -> None:
        self.stored: Generations | None = None
        self.content: dict[str, _Generation] = {}
        self.lock = threading.Lock()
        self.numbers: Counter[str] = Counter()

    def of(self, generation: str) -> _Generation:
        return self.content.setdefault(generation, _Generation())

    def next_version(self, holder_id: str) -> int:
        with self.lock:
            self.numbers[holder_id] += 1
            return self.numbers[holder_id]

    def versions(self, ids: Collection[str]) -> Mapping[str, int]:
        return {one: self.numbers[one] for one in ids if one in self.numbers}

    # --- reader

    def generations(self, meter: Meter | None = None) -> Generations | None:
        if meter is not None:
            meter.units += 0.5
        return self.stored

    def head(self, generation: str, meter: Meter) -> Head:
        meter.units += 1
        return Head(self.of(generation).size, self.of(generation).buffered)

    def spans(self, generation: str, spans: Sequence[Span], meter: Meter) -> list[list[Piece]]:
        return [self._span(self.of(generation), span, meter) for span in spans]

    def _span(self, content: _Generation, span: Span, meter: Meter) -> list[Piece]:
        low, high = pieces.block_part(span.low), "~" if span.high is None else pieces.block_part(span.high)
        found = [
            piece
            for slot, piece in sorted(content.pieces.items())
            if slot.kind == span.kind
            and (slot.value == span.value or span.kind == Kind.ISSUED)
            and low <= slot.part <= high
        ]
        meter.units += _units(found)
        return found

    def words_from(self, generation: str, beginning: str, units: float, meter: Meter) -> tuple[list[Piece], bool]:
        found: list[Piece] = []
        for slot, piece in sorted(self.of(generation).pieces.items()):
            if slot.kind == Kind.WORD and slot.value.startswith(beginning):
                if _units([*found, piece]) > units:
                    whole = {one.slot.value for one in found} - {slot.value}
                    meter.units += units
                    return [one for one in found if one.slot.value in whole], False
                found.append(piece)
        meter.units += _units(found)
        return found, True

    def spellings(self, generation: str, keys: Collection[str], meter: Meter) -> Mapping[str, Collection[str]]:
        meter.units += 0.5 * len(keys)
        stored = self.of(generation).pieces
        slots = {key: Slot(pieces.SPELLING, key) for key in keys}
        return {key: pieces.words_in(stored[slot]) for key, slot in slots.items() if slot in stored}

    def cards(self, generation: str, ordinals: Sequence[int], meter: Meter) -> Mapping[int, Listing]:
        meter.units += 0.5 * len(ordinals)
        stored = self.of(generation).cards
        return {ordinal: stored[ordinal] for ordinal in ordinals if ordinal in stored}

    def names(self, generation: str, after: NameEntry | None, limit: int, meter: Meter) -> list[NameEntry]:
        ordered = sorted(self.of(generation).names, key=order)
        start = 0 if after is None else bisect_right(ordered, order(after), key=order)
        meter.units += math.ceil(limit * _KEY_BYTES / 4096) / 2
        return ordered[start : start + limit]

    def suggestions(self, generation: str, beginning: str, limit: int, meter: Meter) -> list[Suggestion]:
        meter.units += 1
        found = sorted(one for one in self.of(generation).suggestions.values() if one.word.startswith(beginning))
        return found[:limit]

    # --- writer

    def replace_generations(self, old: Generations | None, new: Generations) -> None:
        with self.lock:
            if self.stored != old:
                raise Conflict("changed")
            self.stored = new

    def allocate(self, generation: str, count: int) -> int:
        with self.lock:
            content = self.of(generation)
            content.size += count
            return content.size - count

    def entries(self, generation: str, ids: Collection[str]) -> Mapping[str, Entry]:
        stored = self.of(generation).entries
        return {one: stored[one] for one in ids if one in stored}

    def replace_entry(self, generation: str, old: Entry | None, new: Entry) -> bool:
        with self.lock:
            stored = self.of(generation).entries
            if stored.get(new.id) != old:
                return False
            stored[new.id] = new
            return True

    def pieces(self, generation: str, slots: Collection[Slot]) -> Mapping[Slot, Piece]:
        with self.lock:
            stored = self.of(generation).pieces
            return {slot: stored[slot] for slot in slots if slot in stored}

    def replace_pieces(self, generation: str, changes: Sequence[Change]) -> Sequence[bool]:
        return [self._replace(self.of(generation).pieces, change) for change in changes]

    def _replace(self, stored: dict[Slot, Piece], change: Change) -> bool:
        with self.lock:
            if stored.get(change.new.slot) != change.old:
                return False
            if change.new.is_empty:
                stored.pop(change.new.slot, None)
            else:
                stored[change.new.slot] = change.new
            return True

    def buffer(self, generation: str) -> Buffer:
        return Buffer(self.of(generation).buffered)

    def replace_buffer(self, generation: str, old: Buffer, rows: Collection[Buffered]) -> bool:
        with self.lock:
            content = self.of(generation)
            if content.buffered != old.rows:
                return False
            content.buffered = tuple(rows)
            return True

    def put(self, generation: str, items: Items) -> None:
        with self.lock:
            content = self.of(generation)
            content.pieces.update((piece.slot, piece) for piece in items.pieces)
            content.entries.update((entry.id, entry) for entry in items.entries)
            content.cards.update(items.cards)
            content.names.update(items.names)
            content.suggestions.update((one[:3], one) for one in items.suggestions)

    def delete(
        self,
        generation: str,
        cards: Collection[int] = (),
        names: Collection[NameEntry] = (),
        suggestions: Collection[Suggestion] = (),
    ) -> None:
        with self.lock:
            content = self.of(generation)
            content.names.difference_update(names)
            for ordinal in cards:
                content.cards.pop(ordinal, None)
            for one in suggestions:
                content.suggestions.pop(one[:3], None)

    def all_entries(self, generation: str) -> Iterator[Entry]:
        return iter([entry for _, entry in sorted(self.of(generation).entries.items())])

    def indexed(self, generation: str) -> Iterator[Indexed]:
        return (Indexed(one.id, one.version, one.listing is not None) for one in self.all_entries(generation))

    def all_pieces(self, generation: str) -> Iterator[Piece]:
        return iter([piece for _, piece in sorted(self.of(generation).pieces.items())])

    def drop(self, generation: str) -> Iterator[int]:
        yield len(self.content.pop(generation, _Generation()).pieces)


def _units(found: Sequence[Piece]) -> float:
    size = sum(_KEY_BYTES + sum(len(data) for data in piece.fields.values()) for piece in found)
    return max(1, math.ceil(size / 4096)) / 2
