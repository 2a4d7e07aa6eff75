"""How a posting is stored: whole while it is small, then in blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from chalicelib.directory.index import bits, spelling
from chalicelib.directory.index.terms import Kind
from chalicelib.directory.ports import Piece, Slot, State

MAX_WHOLE = 300
"""Maximum ordinals of a posting that is stored whole: 900 bytes, so that a change of it is one write unit."""
SPELLING = "spelling"
"""The kind of the dictionary's slots."""


class Edit(NamedTuple):
    """Add an ordinal to a posting, or remove it."""

    field: str
    ordinal: int
    add: bool


def block_slot(kind: str, value: str, block: int) -> Slot:
    """The slot of one block of a posting."""
    return Slot(kind, value, block_part(block))


def block_part(block: int) -> str:
    """The part of a posting that is one block: three digits for `bits.MAX_ORDINAL`, whose text order is their order."""
    return f"{block:03x}"


def block_of(slot: Slot) -> int:
    """The block of a slot that is not whole."""
    return int(slot.part, 16)


def edited(piece: Piece, edits: Iterable[Edit]) -> Piece:
    """``piece`` after ``edits``; those of other blocks are ignored."""
    blocked = piece.state is State.BLOCK
    block = block_of(piece.slot) if blocked else 0
    sets = {name: _ordinals(data, block, blocked=blocked) for name, data in piece.fields.items()}
    for edit in edits:
        if not blocked or edit.ordinal // bits.BLOCK == block:
            found = sets.setdefault(edit.field, set())
            (found.add if edit.add else found.discard)(edit.ordinal)
    return Piece(piece.slot, piece.state, {name: _encoded(sets[name], blocked=blocked) for name in sets if sets[name]})


def size(piece: Piece) -> int:
    """How many ordinals a whole posting has."""
    return sum(len(data) // bits.ORDINAL_BYTES for data in piece.fields.values())


def blocks_of(whole: Piece) -> Iterator[Piece]:
    """The pieces by block of a whole posting."""
    blocks: dict[int, dict[str, int]] = {}
    for name, data in whole.fields.items():
        for block, found in bits.by_block(bits.decode_all(data)).items():
            blocks.setdefault(block, {})[name] = found
    for block, fields in sorted(blocks.items()):
        encoded = {name: bits.encode(found) for name, found in fields.items()}
        yield Piece(block_slot(whole.slot.kind, whole.slot.value, block), State.BLOCK, encoded)


def whole_piece(kind: str, value: str, fields: Mapping[str, Iterable[int]]) -> Piece:
    """A posting as one piece."""
    return Piece(Slot(kind, value), State.LIST, {name: bits.encode_all(found) for name, found in fields.items()})


def stored_pieces(whole: Piece) -> Iterator[Piece]:
    """The pieces in which a complete posting is stored."""
    if whole.slot.kind == Kind.ISSUED:
        yield from blocks_of(whole)
    elif size(whole) <= MAX_WHOLE:
        yield whole
    else:
        yield Piece(whole.slot, State.SPLIT)
        yield from blocks_of(whole)


def spelling_slots(kind: str, value: str) -> tuple[Slot, ...]:
    """The slots of the dictionary that contain a word of the index."""
    return tuple(Slot(SPELLING, key) for key in spelling.stored_under(value)) if kind == Kind.WORD else ()


def words_in(piece: Piece) -> frozenset[str]:
    """The words of a piece of the dictionary."""
    return frozenset(piece.fields.get("", b"").decode().split())


def words_piece(slot: Slot, words: Iterable[str]) -> Piece:
    """A piece of the dictionary."""
    packed = " ".join(sorted(words)).encode()
    return Piece(slot, State.LIST, {"": packed} if packed else {})


def _ordinals(data: bytes, block: int, *, blocked: bool) -> set[int]:
    if blocked:
        return {block * bits.BLOCK + place for place in bits.ascending(bits.decode(data))}
    return set(bits.decode_all(data))


def _encoded(ordinals: Iterable[int], *, blocked: bool) -> bytes:
    if blocked:
        return bits.encode(bits.of(ordinal % bits.BLOCK for ordinal in ordinals))
    return bits.encode_all(ordinals)
