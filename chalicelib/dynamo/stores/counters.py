"""The store of daily counters, which expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import epoch
from chalicelib.dynamo.tables import Tables


class DynamoCounters:
    """`analytics.limit_counters.LimitCounters` on DynamoDB, in the table whose items expire; ``key`` says in which
    partitions."""

    def __init__(self, tables: Tables, key: Callable[[str], keys.Key] = keys.count) -> None:
        self._tables = tables
        self._table = tables.secrets
        self._key = key

    def add(self, name: str, amount: int, limit: int, expires: datetime) -> bool:
        return self._tables.add(self._table, self._key(name), amount, limit, epoch(expires))

    def give_back(self, name: str, amount: int) -> None:
        self._tables.subtract(self._table, self._key(name), amount)

    def value(self, name: str) -> int:
        found = self._tables.get(self._table, self._key(name))
        return 0 if found is None else int(found["times"]["N"])
