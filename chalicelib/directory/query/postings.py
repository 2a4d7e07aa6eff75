"""The postings that one request has read, and the reads for more of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.directory.index import bits
from chalicelib.directory.index.pieces import block_of
from chalicelib.directory.index.terms import Kind
from chalicelib.directory.ports import Buffered, IndexReader, Meter, Piece, Span, State
from chalicelib.directory.query.expression import All, Beginning, Leaf, Node, Since, Some, Without, leaves

MIN_UNITS = 0.5
"""What the smallest eventually consistent read costs (DynamoDB developer guide, "Read request units")."""
BLOCKS_PER_UNIT = 14
"""Blocks of one posting that a read unit covers: two times 4 KB, in bitmaps of 512 bytes with their keys."""
GAP = BLOCKS_PER_UNIT // 2
"""Number of blocks that are cheaper to read than to skip, because another read costs at least half a unit."""
BEGINNING_UNITS = 10
"""Units for the words that start with some letters. They reach 35,000 names; words after that are not found until
another letter is typed, and the result says so."""

_Fields = Mapping[str, int]
_Buffered = Mapping[tuple[str, str], Sequence[tuple[str, int]]]
"""By kind and value of a posting, the field and the ordinal of each listing that is still in the write buffer."""


@dataclass(slots=True)
class _Loaded:
    """What has been read of one posting."""

    blocks: dict[int, dict[str, int]] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    complete: bool = False
    """Whether ``blocks`` is all of it."""

    def add(self, piece: Piece) -> None:
        for name, data in piece.fields.items():
            if piece.slot.kind == Kind.ISSUED:
                self._merge(block_of(piece.slot), piece.slot.value, bits.decode(data))
            elif piece.state is State.BLOCK:
                self._merge(block_of(piece.slot), name, bits.decode(data))
            else:
                for block, found in bits.by_block(bits.decode_all(data)).items():
                    self._merge(block, name, found)

    def add_ordinal(self, name: str, ordinal: int) -> None:
        block, place = divmod(ordinal, bits.BLOCK)
        self._merge(block, name, 1 << place)

    def _merge(self, block: int, name: str, found: int) -> None:
        fields = self.blocks.setdefault(block, {})
        fields[name] = fields.get(name, 0) | found


@dataclass(slots=True)
class Postings:
    """Reads postings of one generation and evaluates expressions over what was read."""

    index: IndexReader
    generation: str
    blocks: int
    """How many blocks the generation has."""
    meter: Meter
    buffered: _Buffered = field(default_factory=dict)
    rounds: int = 0
    """How often `load` has read something."""
    truncated: bool = False
    """Whether a prefix matched too many words to read them all."""
    _loaded: dict[tuple[str, str], _Loaded] = field(default_factory=dict)

    def load(self, node: Node, wanted: Sequence[int]) -> None:
        """Read what `evaluate` needs of ``node`` in the blocks ``wanted``, in one round of reads."""
        spans = list(self._missing(node, wanted))
        for span, pieces in zip(spans, self.index.spans(self.generation, spans, self.meter), strict=True):
            self._store(span, pieces)
        beginnings = list(self._unread_beginnings(node))
        for leaf in beginnings:
            self._load_beginning(leaf)
        self.rounds += bool(spans or beginnings)

    def estimate(self, node: Node, wanted: Sequence[int]) -> float:
        """About how many units `load` would use."""
        spans = self._missing(node, wanted)
        known = sum(MIN_UNITS * -(-_size(span, self.blocks) // GAP) for span in spans)
        return known + BEGINNING_UNITS * len(list(self._unread_beginnings(node)))

    def evaluate(self, node: Node, block: int) -> int:
        """The listings of ``node`` in ``block``, which has been read."""
        match node:
            case All(nodes):
                found = bits.FULL
                for one in nodes:
                    found &= self.evaluate(one, block)
                return found
            case Some(nodes):
                found = 0
                for one in nodes:
                    found |= self.evaluate(one, block)
                return found
            case Without(kept, excluded):
                return self.evaluate(kept, block) & ~self.evaluate(excluded, block)
            case Leaf(_, _, fields):
                return _union(self._fields(node, block), fields)
            case Since(month):
                return _union({name: one for name, one in self._fields(node, block).items() if name >= month}, None)
            case Beginning():
                return _union(self._fields(node, block), None)

    def candidates(self, node: Node) -> Collection[int] | None:
        """The blocks that may contain listings of ``node``, as far as is known from what was read; None for all."""
        match node:
            case All(nodes):
                known = [found for one in nodes if (found := self.candidates(one)) is not None]
                return set(known[0]).intersection(*known[1:]) if known else None
            case Some(nodes):
                every = [self.candidates(one) for one in nodes]
                return None if None in every else set().union(*filter(None, every))
            case Without(kept, _):
                return self.candidates(kept)
            case _:
                loaded = self._loaded.get(_key(node))
                return loaded.blocks.keys() if loaded and loaded.complete else None

    def _missing(self, node: Node, wanted: Sequence[int]) -> Iterator[Span]:
        for leaf in sorted(_stored(node), key=repr):
            loaded = self._loaded.get(_key(leaf))
            if loaded is None:
                yield from self._first_spans(leaf, wanted)
            elif not loaded.complete:
                for low, high in runs(block for block in wanted if block not in loaded.known):
                    yield Span(*_key(leaf), low, high)

    def _first_spans(self, leaf: Leaf | Since, wanted: Sequence[int]) -> Iterator[Span]:
        """The first read also finds whether the posting is stored whole, which sorts behind the newest block."""
        ranges = list(runs(wanted))
        if ranges and self.blocks - ranges[-1][1] <= GAP:
            yield Span(*_key(leaf), ranges.pop()[0], None)
        else:
            yield Span(*_key(leaf), self.blocks, None)
        for low, high in ranges:
            yield Span(*_key(leaf), low, high)

    def _unread_beginnings(self, node: Node) -> Iterator[Beginning]:
        return (leaf for leaf in leaves(node) if isinstance(leaf, Beginning) and _key(leaf) not in self._loaded)

    def _store(self, span: Span, pieces: Sequence[Piece]) -> None:
        key = span.kind, span.value
        loaded = self._loaded.get(key) or self._begun(key, self.buffered.get(key, ()))
        high = self.blocks if span.high is None else span.high
        loaded.known.update(range(span.low, high + 1))
        for piece in pieces:
            loaded.add(piece)
        # A posting that is split into blocks has an empty whole, which the first read of it finds.
        if span.high is None and span.kind != Kind.ISSUED:
            loaded.complete = not any(piece.state in (State.SPLIT, State.BLOCK) for piece in pieces)

    def _load_beginning(self, leaf: Beginning) -> None:
        pieces, complete = self.index.words_from(self.generation, leaf.letters, BEGINNING_UNITS, self.meter)
        words = (key for key in self.buffered if key[0] == Kind.WORD and key[1].startswith(leaf.letters))
        loaded = self._begun(_key(leaf), [one for key in words for one in self.buffered[key]])
        loaded.complete = True
        for piece in pieces:
            loaded.add(piece)
        self.truncated |= not complete

    def _begun(self, key: tuple[str, str], buffered: Iterable[tuple[str, int]]) -> _Loaded:
        loaded = self._loaded[key] = _Loaded()
        for name, ordinal in buffered:
            loaded.add_ordinal(name, ordinal)
        return loaded

    def _fields(self, leaf: Leaf | Since | Beginning, block: int) -> _Fields:
        return self._loaded[_key(leaf)].blocks.get(block, {})


def grouped(rows: Iterable[Buffered]) -> _Buffered:
    """The write buffer by posting. The months are one posting, with the month as field."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in rows:
        for kind, value, name in row.placed.terms:
            key, field_name = ((kind, ""), value) if kind is Kind.ISSUED else ((kind, value), name)
            found.setdefault(key, []).append((field_name, row.placed.ordinal))
    return found


def runs(blocks: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The ranges that cover ``blocks``, with gaps of at most `GAP`."""
    ordered = sorted(blocks)
    start = 0
    for at in range(1, len(ordered) + 1):
        if at == len(ordered) or ordered[at] - ordered[at - 1] > GAP:
            yield ordered[start], ordered[at - 1]
            start = at


def _stored(node: Node) -> Collection[Leaf | Since]:
    return [leaf for leaf in leaves(node) if not isinstance(leaf, Beginning)]


def _key(leaf: Leaf | Since | Beginning) -> tuple[str, str]:
    match leaf:
        case Leaf(kind, value):
            return kind, value
        case Since():
            return Kind.ISSUED, ""
        case Beginning(letters):
            return "beginning", letters


def _size(span: Span, blocks: int) -> int:
    return (blocks if span.high is None else span.high) - span.low + 1


def _union(fields: _Fields, wanted: Collection[str] | None) -> int:
    found = 0
    for name, one in fields.items():
        if wanted is None or name in wanted:
            found |= one
    return found
