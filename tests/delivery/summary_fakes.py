"""In-memory store of subscriptions to summaries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chalicelib.delivery.summaries import Subscription


@dataclass
class SubscriptionStore:
    """`delivery.summaries.SubscriptionStore`."""

    stored: dict[tuple[str, str], Subscription] = field(default_factory=dict)

    def subscriptions(self) -> Iterator[Subscription]:
        return iter([self.stored[key] for key in sorted(self.stored)])

    def subscription(self, issuer_id: str, email: str) -> Subscription | None:
        return self.stored.get((issuer_id, email))

    def add(self, subscription: Subscription) -> None:
        self.stored.setdefault((subscription.issuer_id, subscription.email), subscription)

    def remove(self, issuer_id: str, email: str) -> None:
        self.stored.pop((issuer_id, email), None)

    def mark(self, subscription: Subscription, month: str) -> bool:
        key = subscription.issuer_id, subscription.email
        if self.stored.get(key) != subscription:
            return False
        self.stored[key] = replace(subscription, sent=month)
        return True
