"""`award.webhooks.webhook.WebhookStore`, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.award.webhooks.webhook import (
    MAX_COURSE,
    Delivery,
    Fields,
    Outcome,
    Secret,
    Webhook,
    WebhookStore,
)
from chalicelib.award.webhooks.webhook_actions import MAX_COURSES
from chalicelib.dynamo.stores.award.webhooks import RETENTION, DynamoWebhookStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from tests.award.pathways import fakes

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FIELDS = Fields(("/first", "/last"), "/e-mail", "/course/0", "/done", True, None, "/proof")
WEBHOOK = Webhook(
    "h" * 26,
    "acme",
    "Moodle",
    FIELDS,
    {"42": "a1", "Übung #7": "a2"},
    dry_run=True,
    secrets=(Secret(b"\0" * 32, NOW), Secret(b"\xff" * 32, NOW, NOW + timedelta(hours=24))),
    seed=b"\x01" * 32,
    created=NOW,
)
DELIVERY = Delivery(NOW, "msg_1", Outcome.REFUSED, "course_unknown", "43", None, 120)


@pytest.fixture(params=["fake", "real"])
def webhooks(request: pytest.FixtureRequest) -> WebhookStore:
    return fakes.WebhookStore() if request.param == "fake" else DynamoWebhookStore(request.getfixturevalue("tables"))


@pytest.mark.parametrize("value", [True, False, 1, 0, "1", "completed", "course#x"])
def test_webhook_round_trips(webhooks: WebhookStore, value: str | int | bool) -> None:
    webhook = replace(WEBHOOK, fields=replace(FIELDS, completed_value=value))
    webhooks.add_webhook(webhook)
    found = webhooks.webhook("acme", WEBHOOK.id)
    assert found == webhook
    assert type(found.fields.completed_value) is type(value)
    assert list(webhooks.webhooks("acme")) == [webhook]


def test_webhook_of_another_issuer_is_not_found(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(WEBHOOK)
    assert list(webhooks.webhooks("other")) == []
    with pytest.raises(NotFound):
        webhooks.webhook("other", WEBHOOK.id)
    assert webhooks.deliveries("other", WEBHOOK.id, NOW, 50) == []


def test_webhook_id_is_unique(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(WEBHOOK)
    with pytest.raises(Conflict):
        webhooks.add_webhook(replace(WEBHOOK, name="Another"))
    assert webhooks.webhook("acme", WEBHOOK.id) == WEBHOOK


def test_stale_webhook_write_conflicts(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(WEBHOOK)
    after = replace(WEBHOOK, name="Canvas", version=2, courses={}, secrets=WEBHOOK.secrets[:1])
    webhooks.replace_webhook(after)
    assert webhooks.webhook("acme", WEBHOOK.id) == after
    for late in (replace(WEBHOOK, name="Late", version=2), replace(WEBHOOK, version=4)):
        with pytest.raises(Conflict):
            webhooks.replace_webhook(late)
    assert webhooks.webhook("acme", WEBHOOK.id) == after


def test_deleted_webhook_cannot_be_replaced(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(WEBHOOK)
    webhooks.remove_webhook(WEBHOOK)
    webhooks.remove_webhook(WEBHOOK)
    with pytest.raises(NotFound):
        webhooks.webhook("acme", WEBHOOK.id)
    with pytest.raises(Conflict):
        webhooks.replace_webhook(replace(WEBHOOK, version=2))


def test_latest_deliveries_are_listed_newest_first(webhooks: WebhookStore) -> None:
    deliveries = [replace(DELIVERY, at=NOW + timedelta(seconds=n), message_id=f"msg_{n}") for n in range(7)]
    for each in deliveries:
        webhooks.add_delivery(WEBHOOK, each)
    webhooks.add_delivery(replace(WEBHOOK, id="i" * 26), DELIVERY)
    assert webhooks.deliveries("acme", WEBHOOK.id, NOW, 5) == deliveries[:1:-1]


def test_deliveries_a_microsecond_apart_are_separate(webhooks: WebhookStore) -> None:
    for after in (0, 1):
        webhooks.add_delivery(WEBHOOK, replace(DELIVERY, at=NOW + timedelta(microseconds=after)))
    webhooks.add_delivery(WEBHOOK, DELIVERY)
    assert len(webhooks.deliveries("acme", WEBHOOK.id, NOW, 50)) == 2


def test_webhook_delivery_round_trips(webhooks: WebhookStore) -> None:
    for outcome in Outcome:
        webhooks.add_delivery(WEBHOOK, replace(DELIVERY, message_id=f"m#{outcome}", outcome=outcome))
    bare = replace(DELIVERY, message_id="~", outcome=Outcome.ISSUED, code=None, course=None, credential_id="c" * 26)
    webhooks.add_delivery(WEBHOOK, bare)
    found = webhooks.deliveries("acme", WEBHOOK.id, NOW, 50)
    assert {each.outcome for each in found} == set(Outcome)
    assert bare in found


def test_expired_delivery_is_not_listed_before_it_is_deleted(webhooks: WebhookStore) -> None:
    webhooks.add_delivery(WEBHOOK, DELIVERY)
    assert webhooks.deliveries("acme", WEBHOOK.id, NOW + RETENTION - timedelta(seconds=1), 50) == [DELIVERY]
    assert webhooks.deliveries("acme", WEBHOOK.id, NOW + RETENTION, 50) == []


def test_deliveries_are_stored_in_the_secrets_table_with_a_ttl(tables: Tables) -> None:
    DynamoWebhookStore(tables).add_delivery(WEBHOOK, DELIVERY)
    items = tables.client.scan(TableName=tables.secrets)["Items"]
    assert [item["expires"]["N"] for item in items] == [str(int((NOW + RETENTION).timestamp()))]
    assert tables.client.scan(TableName=tables.credentials)["Items"] == []


def test_largest_course_table_can_be_stored(tables: Tables) -> None:
    webhooks = DynamoWebhookStore(tables)
    courses = {f"{n:04}".rjust(MAX_COURSE, "ü"): "6f4c1a4e-6d83-4e6e-9a53-0a2c5a0d9f11" for n in range(MAX_COURSES)}
    webhooks.add_webhook(replace(WEBHOOK, courses=courses))
    assert webhooks.webhook("acme", WEBHOOK.id).courses == courses
