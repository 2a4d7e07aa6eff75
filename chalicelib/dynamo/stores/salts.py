"""The secret of each day: made once, and really deleted when the day is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute

from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch, read
from chalicelib.dynamo.tables import ConditionFailed, Put, Tables, key_of

KEPT = timedelta(days=2)
"""TTL of a salt from the start of its day. DynamoDB may take two more days, so this is the belt beside the braces:
what keeps the promise is `destroy_before`."""


class SaltItem(Item, discriminator="salt"):
    """The salt of a day. ``expires`` (epoch seconds) is the second belt only: the salt is deleted by its own job."""

    salt = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()

    def to_domain(self) -> bytes:
        return bytes(self.salt)


class DynamoSalts:
    """`analytics.ports.Salts` on DynamoDB. Its table has neither point-in-time recovery nor a stream."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def create(self, day: date, fresh: bytes) -> bytes:
        key = keys.salt(day)
        expires = epoch(datetime.combine(day, time(), UTC) + KEPT)
        try:
            self._tables.put(self._tables.secrets, Put(SaltItem(*key, salt=fresh, expires=expires).raw()))
        except ConditionFailed as error:
            return read(SaltItem, error.found[0] or {})
        return fresh

    def destroy_before(self, day: date) -> int:
        destroyed = 0
        for raw in self._tables.query(self._tables.secrets, keys.salts_before(day)):
            self._tables.delete(self._tables.secrets, key_of(raw))
            destroyed += 1
        return destroyed
