"""Make receipts, and find them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib import VERSION
from chalicelib.credential import public_id
from chalicelib.errors import NotFound
from chalicelib.receipts import jws, payload, readable
from chalicelib.receipts.digests import SALT_BYTES, Digests
from chalicelib.receipts.keys import ReceiptKeys
from chalicelib.receipts.limits import ReceiptLimit, ReceiptQuota
from chalicelib.receipts.receipt import Receipt, ReceiptStore, VerificationRequest
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Report

SOFTWARE = f"Laurel {VERSION}"


@dataclass(frozen=True, slots=True)
class Receipts:
    """What making receipts needs. ``entropy(n)`` returns n random bytes."""

    store: ReceiptStore
    keys: ReceiptKeys
    limit: ReceiptLimit
    base_url: str
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def make(
        self, request: VerificationRequest, report: Report, options: VerificationOptions, quota: ReceiptQuota
    ) -> Receipt:
        """Sign and store what ``report`` found. Raises `TooMany` when the quota is used up, `Unavailable`."""
        with quota.take():
            receipt_id = public_id.new(self.entropy)
            digests = Digests(self.entropy(SALT_BYTES))
            readable_part = readable.build(request, report, options, digests)
            claims = payload.build(
                receipt_id=receipt_id,
                base_url=self.base_url,
                software=SOFTWARE,
                now=self.clock(),
                request=request,
                report=report,
                options=options,
                readable=readable_part,
                digests=digests,
            )
            handle, signer = self.keys.handle, self.keys.signer
            token = jws.write(claims, self.keys.current().kid, lambda signed: signer.sign_p256(handle, signed))
            receipt = Receipt(receipt_id, token, readable_part)
            self.store.add(receipt)
            return receipt

    def find(self, receipt_id: str) -> Receipt:
        """Read a receipt. Raises `NotFound`, `Unavailable`."""
        if not public_id.PUBLIC_ID.fullmatch(receipt_id):
            raise NotFound("no such receipt")
        return self.store.receipt(receipt_id)
