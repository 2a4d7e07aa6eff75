"""Tombstones: that something with a certain id was erased, in a table that is not restored with the others.

The ids of credentials and profiles are 130 random bits, so their plain hash identifies no one. An address can be
guessed, so the hash of a mailbox needs a key, which is in another table.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import datetime

from pynamodb.attributes import BinaryAttribute, UTCDateTimeAttribute

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, read
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, ConditionFailed, Put, Tables
from chalicelib.erasure.tombstone import Tombstone

KEY_BYTES = 32


class TombstoneItem(Item, discriminator="tombstone"):
    """Records that something was erased, and when."""

    at = UTCDateTimeAttribute()

    def to_domain(self) -> datetime:
        return self.at


class KeyItem(Item, discriminator="erasure_key"):
    """The key of the tombstones of mailboxes."""

    key = BinaryAttribute(legacy_encoding=False)

    def to_domain(self) -> bytes:
        return bytes(self.key)


def exists(tables: Tables, kind: Tombstone, name: str) -> bool:
    """Whether the credential or profile ``name`` was erased, strongly consistent. Raises `Unavailable`."""
    return tables.get(tables.erasures, keys.tombstone(kind.value, hashed(kind, name))) is not None


def erased_credentials(tables: Tables, credential_ids: Collection[str]) -> set[str]:
    """Those of ``credential_ids`` that were erased, strongly consistent. Raises `Unavailable`."""
    hashes = {(Tombstone.CREDENTIAL, hashed(Tombstone.CREDENTIAL, one)): one for one in credential_ids}
    return {hashes[found] for found in times(tables, list(hashes))}


def hashed(kind: Tombstone, name: str, key: bytes = b"") -> str:
    """The hash of an id."""
    return hmac.digest(key, f"{kind.value} {name}".encode(), hashlib.sha256).hex()


def times(tables: Tables, hashes: list[tuple[Tombstone, str]]) -> dict[tuple[Tombstone, str], datetime]:
    """When those of ``hashes`` that have a tombstone were erased. Raises `Unavailable`."""
    wanted = {keys.tombstone(kind.value, digest): (kind, digest) for kind, digest in hashes}
    found = reads.existing(tables, tables.erasures, wanted)
    return {wanted[keys.Key(raw["pk"]["S"], raw["sk"]["S"])]: read(TombstoneItem, raw) for raw in found}


def add_tombstone(tables: Tables, kind: Tombstone, name: str, at: datetime, key: bytes = b"") -> None:
    """Store a tombstone. A repeated tombstone overwrites the time."""
    item = TombstoneItem(*keys.tombstone(kind.value, hashed(kind, name, key)), at=at)
    tables.put(tables.erasures, Put(item.raw(), UNCONDITIONAL))


def mailbox_key(tables: Tables, entropy: Callable[[int], bytes]) -> bytes:
    """The key of the tombstones of mailboxes, created when it is first needed. Raises `Unavailable`."""
    found = reads.find(tables, tables.secrets, KeyItem, keys.erasure_key())
    if found is not None:
        return found
    fresh = entropy(KEY_BYTES)
    try:
        tables.put(tables.secrets, Put(KeyItem(*keys.erasure_key(), key=fresh).raw(), ABSENT))
    except ConditionFailed as error:
        return read(KeyItem, error.found[0] or {})
    return fresh
