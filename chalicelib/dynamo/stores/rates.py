"""The store of what networks and callers have used of their limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.analytics.rate_store import Taken
from chalicelib.dynamo import keys
from chalicelib.dynamo.tables import ConditionFailed, Tables
from chalicelib.errors import Unavailable

_MILLISECOND = timedelta(milliseconds=1)
_ATTEMPTS = 4
"""Each failed attempt means that another request changed the moment between two conditions: that it passed, or was
moved again from the past. Two in a row are already rare."""


class DynamoRateStore:
    """`analytics.rate_store.RateStore` on DynamoDB, in the table without
    point-in-time recovery or a stream; ``key`` says in which partitions.

    Each change is one conditional update, so concurrent requests cannot take more than there is. A lost reply may take
    or give back once too often.
    """

    def __init__(self, tables: Tables, key: Callable[[str], keys.Key] = keys.fetch_time) -> None:
        self._tables = tables
        self._table = tables.secrets
        self._key = key

    def take(self, name: str, now: datetime, span: timedelta, limit: timedelta) -> Taken:
        current, length = _milliseconds_since_1970(now), span // _MILLISECOND
        latest = current + limit // _MILLISECOND - length
        free_at: int | None = None
        for _ in range(_ATTEMPTS):
            if free_at is not None and free_at > latest:
                return Taken((free_at - latest) * _MILLISECOND, (free_at - current) * _MILLISECOND)
            after, found = self._move(self._key(name), free_at, current, length, latest)
            if after is not None:
                return Taken(timedelta(), (after - current) * _MILLISECOND)
            free_at = found
        raise Unavailable("Storage is busy with the same caller.", code="storage_busy")

    def _move(
        self, key: keys.Key, free_at: int | None, current: int, length: int, latest: int
    ) -> tuple[int | None, int | None]:
        """Move the moment, expected in the future if it was last found there and in the past otherwise. Returns where
        it is then, or None and where it was found instead."""
        expires = (latest + length) // 1000 + 1
        if free_at is None or free_at <= current:
            expression, condition = ":later", "attribute_not_exists(free_at) OR free_at <= :now"
            values = {":now": current, ":later": current + length}
        else:
            expression, condition = "free_at + :length", "free_at BETWEEN :now AND :latest"
            values = {":now": current, ":latest": latest, ":length": length}
        try:
            after = self._tables.change(
                self._table,
                key,
                f"SET free_at = {expression}, expires = :expires",
                condition,
                {**values, ":expires": expires},
            )
        except ConditionFailed as error:
            item = error.found[0]
            return None, None if item is None else int(item["free_at"]["N"])
        return int(after["free_at"]["N"]), None

    def give_back(self, name: str, span: timedelta) -> None:
        length = span // _MILLISECOND
        self._tables.change_if_possible(
            self._table,
            self._key(name),
            "SET free_at = free_at - :length",
            "attribute_exists(free_at)",
            {":length": length},
        )


def _milliseconds_since_1970(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
