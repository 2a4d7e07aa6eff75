"""Fakes of the ports of `chalicelib.receipts`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chalicelib.errors import Conflict, NotFound
from chalicelib.receipts.receipt import Receipt, ReceiptKey


@dataclass
class ReceiptStore:
    """`receipts.receipt.ReceiptStore`."""

    by_id: dict[str, Receipt] = field(default_factory=dict)
    by_kid: dict[str, ReceiptKey] = field(default_factory=dict)

    def add(self, receipt: Receipt) -> None:
        if receipt.id in self.by_id:
            raise Conflict("exists")
        self.by_id[receipt.id] = receipt

    def receipt(self, receipt_id: str) -> Receipt:
        if receipt_id not in self.by_id:
            raise NotFound("no such receipt")
        return self.by_id[receipt_id]

    def erase_readable(self, receipt_id: str) -> bool:
        found = self.by_id.get(receipt_id)
        if found is None or found.readable is None:
            return False
        self.by_id[receipt_id] = replace(found, readable=None)
        return True

    def stored_keys(self) -> list[ReceiptKey]:
        return list(self.by_kid.values())

    def add_key(self, key: ReceiptKey) -> None:
        self.by_kid[key.kid] = key
