"""The store of subscriptions to monthly summaries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Self

from pynamodb.attributes import UnicodeAttribute

from chalicelib.delivery.summaries import Subscription
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item
from chalicelib.dynamo.tables import ABSENT, ConditionFailed, Put, Tables


class SubscriptionItem(Item, discriminator="summary_subscription"):
    """Records that a member subscribed to the monthly summary of an issuer."""

    issuer_id = UnicodeAttribute()
    email = UnicodeAttribute()
    sent = UnicodeAttribute()

    @classmethod
    def of(cls, one: Subscription) -> Self:
        return cls(
            *keys.summary_subscription(one.issuer_id, one.email),
            issuer_id=one.issuer_id,
            email=one.email,
            sent=one.sent,
        )

    def to_domain(self) -> Subscription:
        return Subscription(str(self.issuer_id), str(self.email), str(self.sent))


class DynamoSubscriptionStore:
    """`delivery.summaries.SubscriptionStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def subscriptions(self) -> Iterator[Subscription]:
        return reads.list_range(self._tables, self._table, SubscriptionItem, keys.summary_subscriptions())

    def subscription(self, issuer_id: str, email: str) -> Subscription | None:
        return reads.find(self._tables, self._table, SubscriptionItem, keys.summary_subscription(issuer_id, email))

    def add(self, subscription: Subscription) -> None:
        with suppress(ConditionFailed):
            self._tables.put(self._table, Put(SubscriptionItem.of(subscription).raw(), ABSENT))

    def remove(self, issuer_id: str, email: str) -> None:
        self._tables.delete(self._table, keys.summary_subscription(issuer_id, email))

    def mark(self, subscription: Subscription, month: str) -> bool:
        after = SubscriptionItem.of(replace(subscription, sent=month)).raw()
        try:
            self._tables.put(self._table, Put(after, "sent = :sent", {":sent": {"S": subscription.sent}}))
        except ConditionFailed:
            return False
        return True
