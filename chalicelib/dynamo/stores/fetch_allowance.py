"""The store of how long each network has kept Laurel waiting for other hosts."""

from __future__ import annotations

from datetime import datetime

from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import epoch
from chalicelib.dynamo.tables import Tables


class DynamoAllowanceStore:
    """`reports.fetch_allowance.AllowanceStore` on DynamoDB, in the table without point-in-time recovery or a stream."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets

    def reserve(self, network: str, start: datetime, milliseconds: int, limit: int, expires: datetime) -> bool:
        return self._tables.add(self._table, keys.fetch_time(network, start), milliseconds, limit, epoch(expires))

    def give_back(self, network: str, start: datetime, milliseconds: int) -> None:
        self._tables.subtract(self._table, keys.fetch_time(network, start), milliseconds)
