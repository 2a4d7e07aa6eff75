"""The store of `Idempotency-Key` claims, which expire."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.award.ports import Claim
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch, from_epoch, members, read
from chalicelib.dynamo.tables import ABSENT, ConditionFailed, Put, Raw, Tables


class ClaimItem(Item, discriminator="claim"):
    """A claim. ``expires`` is in epoch seconds and is also the TTL; DynamoDB may delete the item up to two days
    later."""

    issuer_id = UnicodeAttribute()
    key = UnicodeAttribute()
    request = BinaryAttribute(legacy_encoding=False)
    credential_id = UnicodeAttribute()
    expires = NumberAttribute()
    version = NumberAttribute(default=1)

    @classmethod
    def of(cls, claim: Claim) -> Self:
        return cls(
            *keys.claim(claim.issuer_id, claim.key),
            expires=epoch(claim.expires),
            **members(claim, Claim, exclude=("expires",)),
        )

    def to_domain(self) -> Claim:
        return Claim(expires=from_epoch(self.expires), **members(self, Claim, exclude=("expires",)))


class DynamoClaims:
    """`award.ports.Claims` on DynamoDB: conditional puts, which also return an existing claim."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def claim(self, fresh: Claim, now: datetime) -> Claim:
        return self._put(fresh, f"{ABSENT} OR expires <= :now", {":now": {"N": str(int(now.timestamp()))}})

    def take_over(self, before: Claim, after: Claim) -> Claim:
        same = "version = :version AND credential_id = :credential"
        values: Raw = {":version": {"N": str(before.version)}, ":credential": {"S": before.credential_id}}
        return self._put(after, same, values)

    def _put(self, claim: Claim, condition: str, values: Raw) -> Claim:
        """Store ``claim`` if ``condition`` holds, and return the stored claim."""
        try:
            self._tables.put(self._tables.secrets, Put(ClaimItem.of(claim).raw(), condition, values))
        except ConditionFailed as error:
            return read(ClaimItem, error.found[0] or {})
        return claim
