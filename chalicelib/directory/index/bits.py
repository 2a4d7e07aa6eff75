"""Sets of ordinals. A listing has an ordinal, the newest the highest; 4,096 consecutive ordinals are a block.

In memory the part of a set in one block is an integer, one bit for each ordinal: ``&``, ``|`` and `int.bit_count` are
its operations. In storage it is the gaps between ordinals, one byte each; or the same in Huffman coding, which is near
the least that a random set of so many takes; or a bitmap. At a million listings this saves a fifth of what is read.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping

BLOCK = 4_096
"""A bitmap of this size is 512 bytes, half a write unit. Larger blocks are rewritten more often for the same reads."""
DENSE = BLOCK * 3 // 8
"""Number of ordinals from which a bitmap is mostly smaller than gaps."""
FULL = (1 << BLOCK) - 1
ORDINAL_BYTES = 3
"""16.7 million ordinals. They are not reused, and a rebuild numbers them from zero."""
MAX_ORDINAL = 256**ORDINAL_BYTES - 1

_BITMAP = BLOCK // 8
_GAPS, _PACKED = b"g", b"h"
"""What begins the gaps, and the gaps in Huffman coding. A bitmap is recognised by its size."""
_PACKED_FROM = 64
"""Gaps from which Huffman coding can be smaller, because it begins with the table of its codes."""
_LONG = 255
"""The byte for a gap of this size that continues in the next byte."""
_RUNS = (*(b"0" * gap + b"1" for gap in range(_LONG)), b"0" * _LONG)
"""What each byte stands for, as binary digits."""

Blocks = Mapping[int, int]
"""A set of ordinals: the number of each block, and its bits."""


def encode(bits: int) -> bytes:
    """Encode the part of a set in one block."""
    if bits.bit_count() < DENSE:
        gaps = bytes(_gaps(bits))
        shortest = min(_GAPS + gaps, _PACKED + _packed(gaps), key=len) if len(gaps) > _PACKED_FROM else _GAPS + gaps
        if len(shortest) < _BITMAP:
            return shortest
    return bits.to_bytes(_BITMAP, "little")


def decode(data: bytes) -> int:
    """The inverse of `encode`. Raises `ValueError` for anything else."""
    if len(data) == _BITMAP:
        return int.from_bytes(data, "little")
    digits = b"".join(map(_RUNS.__getitem__, _unpacked(data)))
    if len(digits) > BLOCK or digits.endswith(b"0"):
        raise ValueError("not the part of a set")
    return int(digits[::-1] or b"0", 2)  # as digits, because a loop over positions takes five times as long


def _gaps(bits: int) -> Iterator[int]:
    for run in f"{bits:b}"[::-1].split("1")[:-1]:
        longs, gap = divmod(len(run), _LONG)
        yield from (_LONG,) * longs
        yield gap


def _packed(gaps: bytes) -> bytes:
    coder = zlib.compressobj(9, wbits=-9, strategy=zlib.Z_HUFFMAN_ONLY)
    return coder.compress(gaps) + coder.flush()


def _unpacked(data: bytes) -> bytes:
    if data.startswith(_GAPS):
        return data[1:]
    if not data.startswith(_PACKED):
        raise ValueError("not the part of a set")
    try:
        return zlib.decompress(data[1:], wbits=-9)
    except zlib.error as error:
        raise ValueError("not the part of a set") from error


def of(positions: Iterable[int]) -> int:
    """The bits at ``positions``. Raises `ValueError` for a position outside a block."""
    bitmap = bytearray(_BITMAP)
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
