"""The store of daily salts: each is created once and deleted when its day is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, read
from chalicelib.dynamo.tables import ConditionFailed, Put, Tables, key_of

RETENTION = timedelta(days=2)
"""TTL of a salt from the start of its day. It is only a fallback, because DynamoDB may take two more days:
`destroy_before` deletes the salt on time."""


class SaltItem(Item, discriminator="salt"):
    """The salt of a day. ``expires`` (epoch seconds) is only a fallback: a scheduled job deletes the salt."""

    salt = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()

    def to_domain(self) -> bytes:
        return bytes(self.salt)


class DynamoSalts:
    """`analytics.ports.Salts` on DynamoDB, in the table without point-in-time recovery or a stream."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def create(self, day: date, fresh: bytes) -> bytes:
        key = keys.salt(day)
        expires = epoch(datetime.combine(day, time(), UTC) + RETENTION)
        try:
            self._tables.put(self._tables.secrets, Put(SaltItem(*key, salt=fresh, expires=expires).raw()))
        except ConditionFailed as error:
            return read(SaltItem, error.found[0] or {})
        return fresh

    def find(self, day: date) -> bytes | None:
        """The salt of ``day``, None if there is none. Raises `Unavailable`."""
        return reads.find(self._tables, self._tables.secrets, SaltItem, keys.salt(day))

    def destroy_before(self, day: date) -> int:
        destroyed = 0
        for raw in self._tables.query(self._tables.secrets, keys.salts_before(day)):
            self._tables.delete(self._tables.secrets, key_of(raw))
            destroyed += 1
        return destroyed
