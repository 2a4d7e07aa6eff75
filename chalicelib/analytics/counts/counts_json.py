"""The stored form of counts: compressed JSON, equal for equal counts."""

from __future__ import annotations

import json
import zlib

from chalicelib.analytics.counts.counts import Cell, Counts, Dimension, Seen, Step, Touch, Visit
from chalicelib.errors import Malformed

_FORM = 1
"""Written first, so that later formats can be distinguished."""


def to_bytes(counts: Counts) -> bytes:
    """Serialize ``counts``."""
    value = [
        _FORM,
        sorted([*cell, many] for cell, many in counts.cells.items()),
        sorted([*touch, *seen] for touch, seen in counts.touches.items()),
        sorted(counts.visits),
        sorted([*dimension, many] for dimension, many in counts.visitors.items()),
        sorted([*step, many] for step, many in counts.journeys.items()),
    ]
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 6)


def from_bytes(data: bytes) -> Counts:
    """Parse the output of `to_bytes`. Raises `Malformed`."""
    try:
        form, cells, touches, visits, visitors, steps = json.loads(zlib.decompress(data))
        if form != _FORM:
            raise ValueError(f"form {form}")
        return Counts(
            {Cell(*row[:-1]): int(row[-1]) for row in cells},
            {Touch(*row[:3]): Seen(*row[3:]) for row in touches},
            frozenset(Visit(*row) for row in visits),
            {Dimension(*row[:-1]): int(row[-1]) for row in visitors},
            {Step(*row[:-1]): int(row[-1]) for row in steps},
        )
    except (ValueError, TypeError, zlib.error) as error:
        raise Malformed("These are not stored counts.", code="not_counts") from error
