"""Reads of typed items that several stores share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from chalicelib.dynamo.items.base import Readable, read
from chalicelib.dynamo.keys import Key, Range
from chalicelib.dynamo.tables import Raw, Tables
from chalicelib.errors import NotFound

N = TypeVar("N")

BATCH = 25
"""Items per BatchGetItem: 25 of the largest stay below its limit of 16 MB."""


def find(tables: Tables, table: str, model: type[Readable[N]], key: Key, *, consistent: bool = True) -> N | None:
    """The object under ``key``, or None. Raises `Unavailable`."""
    raw = tables.get(table, key, consistent=consistent)
    return None if raw is None else read(model, raw)


def require(tables: Tables, table: str, model: type[Readable[N]], key: Key, absent: str) -> N:
    """The object under ``key``. Raises `NotFound` with the sentence ``absent``, `Unavailable`."""
    found = find(tables, table, model, key)
    if found is None:
        raise NotFound(absent)
    return found


def list_range(
    tables: Tables, table: str, model: type[Readable[N]], part: Range, limit: int | None = None
) -> Iterator[N]:
    """The objects in ``part`` of a partition, in order; at most ``limit``. Raises `Unavailable`."""
    return (read(model, raw) for raw in islice(tables.query(table, part, limit), limit))


def existing(tables: Tables, table: str, wanted: Iterable[Key], *, consistent: bool = True) -> Iterator[Raw]:
    """The items under the ``wanted`` keys, in the same order, `BATCH` at a time; missing ones are left out.

    Raises `Unavailable`.
    """
    remaining = iter(wanted)
    while batch := list(islice(remaining, BATCH)):
        found = tables.get_many({table: batch}, consistent=consistent)
        yield from (found[key] for key in batch if key in found)
