"""The store of the waiting time that each network has used."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.dynamo import keys
from chalicelib.dynamo.tables import ConditionFailed, Tables

_MILLISECOND = timedelta(milliseconds=1)


class DynamoAllowanceStore:
    """`reports.fetch_allowance.AllowanceStore` on DynamoDB, in the table without point-in-time recovery or a stream.

    A lost reply may reserve or give back the time of one request once too often.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets

    def reserve(self, network: str, now: datetime, span: timedelta, limit: timedelta) -> timedelta:
        key, current, length = keys.fetch_time(network), _milliseconds_since_1970(now), span // _MILLISECOND
        latest = current + limit // _MILLISECOND - length
        expires = {":expires": (latest + length) // 1000 + 1}
        try:
            self._tables.change(
                self._table,
                key,
                "SET free_at = :later, expires = :expires",
                "attribute_not_exists(free_at) OR free_at <= :now",
                {":later": current + length, ":now": current, **expires},
            )
        except ConditionFailed:
            return self._reserve_more(key, length, latest, expires)
        return timedelta()

    def _reserve_more(self, key: keys.Key, length: int, latest: int, expires: dict[str, int]) -> timedelta:
        try:
            self._tables.change(
                self._table,
                key,
                "SET free_at = free_at + :length, expires = :expires",
                "free_at <= :latest",
                {":length": length, ":latest": latest, **expires},
            )
        except ConditionFailed as error:
            item = error.found[0]
            free_at = latest if item is None else int(item["free_at"]["N"])  # None if it has just been deleted
            return max(free_at - latest, 1) * _MILLISECOND
        return timedelta()

    def give_back(self, network: str, span: timedelta) -> None:
        length = span // _MILLISECOND
        self._tables.change_if_possible(
            self._table,
            keys.fetch_time(network),
            "SET free_at = free_at - :length",
            "attribute_exists(free_at)",
            {":length": length},
        )


def _milliseconds_since_1970(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
