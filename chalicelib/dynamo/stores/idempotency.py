"""The store of `Idempotency-Key` claims, which expire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.award.ports import Claim
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch, read
from chalicelib.dynamo.tables import ABSENT, ConditionFailed, Put, Tables


class ClaimItem(Item, discriminator="claim"):
    """A claim. ``expires`` is in epoch seconds and is also the TTL; DynamoDB may delete the item up to two days
    later."""

    issuer_id = UnicodeAttribute()
    key = UnicodeAttribute()
    request = BinaryAttribute(legacy_encoding=False)
    credential_id = UnicodeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, claim: Claim) -> Self:
        return cls(
            *keys.claim(claim.issuer_id, claim.key),
            issuer_id=claim.issuer_id,
            key=claim.key,
            request=claim.request,
            credential_id=claim.credential_id,
            expires=epoch(claim.expires),
        )

    def to_domain(self) -> Claim:
        expires = datetime.fromtimestamp(self.expires, UTC)
        return Claim(self.issuer_id, self.key, bytes(self.request), self.credential_id, expires)


class DynamoClaims:
    """`award.ports.Claims` on DynamoDB: one conditional put, which also returns an existing claim."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def claim(self, fresh: Claim, now: datetime) -> Claim:
        free = f"{ABSENT} OR expires <= :now"
        put = Put(ClaimItem.of(fresh).raw(), free, {":now": {"N": str(int(now.timestamp()))}})
        try:
            self._tables.put(self._tables.secrets, put)
        except ConditionFailed as error:
            return read(ClaimItem, error.found[0] or {})
        return fresh
