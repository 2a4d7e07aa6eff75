"""Subscriptions to summaries, in memory and on the real engine."""

from __future__ import annotations

import pytest

from chalicelib.delivery.summaries import Subscription, SubscriptionStore
from chalicelib.dynamo.stores.analytics.summaries import DynamoSubscriptionStore
from tests.delivery import summary_fakes

ADA, BEN = "ada@north.example", "ben@north.example"


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> SubscriptionStore:
    if request.param == "fake":
        return summary_fakes.SubscriptionStore()
    return DynamoSubscriptionStore(request.getfixturevalue("tables"))


def test_subscriptions_are_listed_by_issuer_and_removed(store: SubscriptionStore) -> None:
    for issuer_id, email in (("south", ADA), ("north", BEN), ("north", ADA)):
        store.add(Subscription(issuer_id, email))
    store.add(Subscription("north", ADA, "2026-11"))  # changes nothing
    assert [(one.issuer_id, one.email, one.sent) for one in store.subscriptions()] == [
        ("north", ADA, ""), ("north", BEN, ""), ("south", ADA, ""),
    ]  # fmt: skip
    for _ in range(2):
        store.remove("north", ADA)
    assert store.subscription("north", ADA) is None
    assert store.subscription("north", BEN) == Subscription("north", BEN)


def test_a_month_is_marked_once_and_not_for_who_has_left(store: SubscriptionStore) -> None:
    one = Subscription("north", ADA)
    store.add(one)
    assert store.mark(one, "2026-11")
    assert not store.mark(one, "2026-11")
    assert store.subscription("north", ADA) == Subscription("north", ADA, "2026-11")
    store.remove("north", ADA)
    assert not store.mark(Subscription("north", ADA, "2026-11"), "2026-12")
    assert store.subscription("north", ADA) is None
