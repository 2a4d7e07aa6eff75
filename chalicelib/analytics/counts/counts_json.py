"""The stored form of counts: compressed JSON, equal for equal counts."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.analytics.counts.counts import Cell, Counts, Dimension, Seen, Step, Touch, Visit
from chalicelib.errors import Malformed

_FORM = 1
"""Written first, so that later formats can be distinguished."""


def to_bytes(counts: Counts) -> bytes:
    """Serialize ``counts``."""
    value = [
        _FORM,
        # By achievement first: repeating an id within a few rows costs nothing, and further apart it is not compressed.
        sorted(([*cell, many] for cell, many in counts.cells.items()), key=lambda row: (row[2], row)),
        _grouped(counts.touches),
        sorted(counts.visits),
        sorted([*dimension, many] for dimension, many in counts.visitors.items()),
        sorted(([*step, many] for step, many in counts.journeys.items()), key=lambda row: (row[1], row)),
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
            dict(_ungrouped(touches)),
            frozenset(Visit(*row) for row in visits),
            {Dimension(*row[:-1]): int(row[-1]) for row in visitors},
            {Step(*row[:-1]): int(row[-1]) for row in steps},
        )
    except (ValueError, TypeError, zlib.error) as error:
        raise Malformed("These are not stored counts.", code="not_counts") from error


def _grouped(touches: Mapping[Touch, Seen]) -> list[Any]:
    """By achievement, a row for each credential: its id, its first time, and for each kind its name, how often it
    happened and the seconds since the first time. A third smaller than a row for each touch, even when compressed."""
    found: dict[str, dict[str, list[tuple[str, Seen]]]] = defaultdict(lambda: defaultdict(list))
    for touch, seen in sorted(touches.items()):
        found[touch.achievement][touch.credential].append((touch.kind, seen))
    return [[achievement, [_row(*each) for each in credentials.items()]] for achievement, credentials in found.items()]


def _row(credential: str, kinds: list[tuple[str, Seen]]) -> list[Any]:
    first = min(seen.first for _, seen in kinds)
    return [credential, first, *(value for kind, seen in kinds for value in (kind, seen.times, seen.first - first))]


def _ungrouped(groups: list[Any]) -> Iterator[tuple[Touch, Seen]]:
    for achievement, rows in groups:
        for credential, first, *kinds in rows:
            for kind, times, later in zip(kinds[::3], kinds[1::3], kinds[2::3], strict=True):
                yield Touch(achievement, credential, kind), Seen(times, first + later)
