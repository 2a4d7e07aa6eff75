"""JSON of receipts. docs/receipts.md describes it; its members are never removed."""

from __future__ import annotations

from chalicelib.receipts import jws
from chalicelib.receipts.keys import PATH
from chalicelib.receipts.receipt import Receipt, receipt_url


def link(receipt: Receipt, base_url: str) -> dict[str, object]:
    """What a report says about its receipt: where it is, and the signed token."""
    return {"id": receipt.id, "url": receipt_url(base_url, receipt.id), "jws": receipt.jws, "keys": f"{base_url}{PATH}"}


def document(receipt: Receipt, base_url: str) -> dict[str, object]:
    """Serialize a receipt: the same, the claims of the signed part, and the readable part, null after it was erased."""
    return {**link(receipt, base_url), "claims": jws.claims_of(receipt.jws), "readable": receipt.readable}
