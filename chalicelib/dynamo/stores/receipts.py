"""The store of receipts."""

from __future__ import annotations

import json
import zlib
from typing import Self

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, read
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Delete, Put, Tables
from chalicelib.errors import NotFound
from chalicelib.receipts.receipt import Json, Receipt, ReceiptKey


class ReceiptItem(Item, discriminator="receipt"):
    """What is signed of a receipt."""

    jws = UnicodeAttribute()

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        return cls(*keys.receipt(receipt.id), jws=receipt.jws)

    def to_domain(self) -> str:
        return str(self.jws)


class ReceiptViewItem(Item, discriminator="receipt_view"):
    """The readable part of a receipt, as compressed JSON."""

    content = BinaryAttribute(legacy_encoding=False)

    @classmethod
    def of(cls, receipt_id: str, readable: Json) -> Self:
        written = json.dumps(readable, ensure_ascii=False, separators=(",", ":"))
        return cls(*keys.receipt_view(receipt_id), content=zlib.compress(written.encode("utf-8")))

    def to_domain(self) -> Json:
        found: Json = json.loads(zlib.decompress(self.content))
        return found


class ReceiptKeyItem(Item, discriminator="receipt_key"):
    """A public key that signs receipts or has signed some, as JSON."""

    kid = UnicodeAttribute()
    jwk = UnicodeAttribute()

    @classmethod
    def of(cls, key: ReceiptKey) -> Self:
        return cls(*keys.receipt_key(key.kid), kid=key.kid, jwk=json.dumps(dict(key.jwk), sort_keys=True))

    def to_domain(self) -> ReceiptKey:
        return ReceiptKey(self.kid, json.loads(self.jwk))


class DynamoReceiptStore:
    """`receipts.receipt.ReceiptStore` on DynamoDB: both parts are in the permanent table, each in a partition of its
    own, and the second is deleted with whom it names (`dynamo.erasing`)."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def add(self, receipt: Receipt) -> None:
        puts = [Put(ReceiptItem.of(receipt).raw())]
        if receipt.readable is not None:
            puts.append(Put(ReceiptViewItem.of(receipt.id, receipt.readable).raw()))
        self._tables.transact(self._table, puts)

    def receipt(self, receipt_id: str) -> Receipt:
        signed, view = keys.receipt(receipt_id), keys.receipt_view(receipt_id)
        found = self._tables.get_many({self._table: [signed, view]})
        if signed not in found:
            raise NotFound("no such receipt")
        readable = read(ReceiptViewItem, found[view]) if view in found else None
        return Receipt(receipt_id, read(ReceiptItem, found[signed]), readable)

    def erase_readable(self, receipt_id: str) -> bool:
        try:
            self._tables.take(self._table, Delete(keys.receipt_view(receipt_id)))
        except ConditionFailed:
            return False
        return True

    def stored_keys(self) -> list[ReceiptKey]:
        return list(reads.list_range(self._tables, self._table, ReceiptKeyItem, keys.receipt_keys()))

    def add_key(self, key: ReceiptKey) -> None:
        self._tables.put(self._table, Put(ReceiptKeyItem.of(key).raw(), UNCONDITIONAL))
