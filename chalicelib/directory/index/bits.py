"""Sets of ordinals. A listing has an ordinal, the newest the highest; 4,096 consecutive ordinals are a block.

In memory the part of a set in one block is an integer, one bit for each ordinal: ``&``, ``|`` and `int.bit_count` are
its operations. In storage it is a sorted list of 16-bit numbers, or a bitmap where that is smaller.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping

BLOCK = 4_096
"""A bitmap of this size is 512 bytes, half a write unit. Larger blocks are rewritten more often for the same reads."""
DENSE = BLOCK // 16
"""Ordinals from which a bitmap is smaller than a list."""
FULL = (1 << BLOCK) - 1
ORDINAL_BYTES = 3
"""16.7 million ordinals. They are not reused, and a rebuild numbers them from zero."""
MAX_ORDINAL = 256**ORDINAL_BYTES - 1

Blocks = Mapping[int, int]
"""A set of ordinals: the number of each block, and its bits."""


def encode(bits: int) -> bytes:
    """Encode the part of a set in one block."""
    if bits.bit_count() >= DENSE:
        return bits.to_bytes(BLOCK // 8, "little")
    return _little(array("H", ascending(bits))).tobytes()


def decode(data: bytes) -> int:
    """The inverse of `encode`. Raises `ValueError` for anything else."""
    if len(data) == BLOCK // 8:
        return int.from_bytes(data, "little")
    positions = array("H")
    positions.frombytes(data)
    return of(_little(positions))


def of(positions: Iterable[int]) -> int:
    """The bits at ``positions``. Raises `ValueError` for a position outside a block."""
    bitmap = bytearray(BLOCK // 8)
    for position in positions:
        if position >= BLOCK:
            raise ValueError("a position outside its block")
        bitmap[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(bitmap, "little")


def ascending(bits: int) -> Iterator[int]:
    """The positions of ``bits``, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def descending(bits: int) -> Iterator[int]:
    """The positions of ``bits``, highest first."""
    while bits:
        highest = bits.bit_length() - 1
        yield highest
        bits ^= 1 << highest


def encode_all(ordinals: Iterable[int]) -> bytes:
    """Encode a small set of ordinals of any block."""
    return b"".join(ordinal.to_bytes(ORDINAL_BYTES, "big") for ordinal in sorted(ordinals))


def decode_all(data: bytes) -> tuple[int, ...]:
    """The inverse of `encode_all`. Raises `ValueError`."""
    if len(data) % ORDINAL_BYTES:
        raise ValueError("half an ordinal")
    return tuple(int.from_bytes(data[at : at + ORDINAL_BYTES], "big") for at in range(0, len(data), ORDINAL_BYTES))


def by_block(ordinals: Iterable[int]) -> dict[int, int]:
    """A set of ordinals as bits by block."""
    blocks: dict[int, int] = {}
    for ordinal in ordinals:
        block, position = divmod(ordinal, BLOCK)
        blocks[block] = blocks.get(block, 0) | 1 << position
    return blocks


def _little(positions: array[int]) -> array[int]:
    if sys.byteorder == "big":
        positions.byteswap()
    return positions
