"""The store of webhooks, and of their recent deliveries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.award.webhooks.webhook import (
    Delivery,
    Fields,
    Outcome,
    Secret,
    Webhook,
)
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, mapped, members
from chalicelib.dynamo.tables import UNCONDITIONAL, Put, Tables
from chalicelib.dynamo.writes import replacing

RETENTION = timedelta(days=30)
"""How long a delivery is kept: longer than the days for which a sender retries."""


_CONVERTED = ("fields", "courses", "secrets")
"""Members of a webhook that its item stores in another form."""


class SecretMap(MapAttribute[str, Any]):
    """A secret inside its webhook."""

    value = BinaryAttribute(legacy_encoding=False)
    created = UTCDateTimeAttribute()
    expires = UTCDateTimeAttribute(null=True)


class WebhookItem(Item, discriminator="webhook"):
    """A webhook. Its field mapping and course table are stored as JSON, because they are always read as a whole."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    fields = UnicodeAttribute()
    courses = UnicodeAttribute()
    dry_run = BooleanAttribute()
    secrets = ListAttribute(of=SecretMap)
    seed = BinaryAttribute(legacy_encoding=False)
    created = UTCDateTimeAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        fields = webhook.fields
        named = [fields.name, fields.email, fields.course, fields.completed, fields.completed_value]
        return cls(
            *keys.webhook(webhook.issuer_id, webhook.id),
            fields=json.dumps([*named, fields.completed_at, fields.evidence]),
            courses=json.dumps(dict(webhook.courses), ensure_ascii=False),
            secrets=[mapped(SecretMap, **members(secret, Secret)) for secret in webhook.secrets],
            **members(webhook, Webhook, exclude=_CONVERTED),
        )

    def to_domain(self) -> Webhook:
        name, *rest = json.loads(self.fields)
        return Webhook(
            fields=Fields(tuple(name), *rest),
            courses=json.loads(self.courses),
            secrets=tuple(Secret(**members(each, Secret)) for each in self.secrets),
            **members(self, Webhook, exclude=_CONVERTED),
        )


class WebhookDeliveryItem(Item, discriminator="delivery"):
    """A delivery: what is stored of a received message. ``expires`` is in epoch seconds."""

    at = UTCDateTimeAttribute()
    message_id = UnicodeAttribute()
    outcome = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    course = UnicodeAttribute(null=True)
    credential_id = UnicodeAttribute(null=True)
    size = NumberAttribute()
    expires = NumberAttribute()

    def to_domain(self) -> Delivery:
        return Delivery(outcome=Outcome(self.outcome), **members(self, Delivery, exclude=("outcome",)))


class DynamoWebhookStore:
    """`award.webhooks.webhook.WebhookStore` on DynamoDB: webhooks in the permanent table, deliveries in the table
    without backups."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def webhook(self, issuer_id: str, webhook_id: str) -> Webhook:
        key = keys.webhook(issuer_id, webhook_id)
        return reads.require(self._tables, self._tables.credentials, WebhookItem, key, "This webhook does not exist.")

    def webhooks(self, issuer_id: str) -> Iterator[Webhook]:
        return reads.list_range(self._tables, self._tables.credentials, WebhookItem, keys.webhooks(issuer_id))

    def add_webhook(self, webhook: Webhook) -> None:
        self._tables.transact(self._tables.credentials, [Put(WebhookItem.of(webhook).raw())])

    def replace_webhook(self, webhook: Webhook) -> None:
        self._tables.transact(self._tables.credentials, [replacing(WebhookItem.of(webhook).raw(), webhook.version - 1)])

    def remove_webhook(self, webhook: Webhook) -> None:
        self._tables.delete(self._tables.credentials, keys.webhook(webhook.issuer_id, webhook.id))

    def add_delivery(self, webhook: Webhook, delivery: Delivery) -> None:
        item = WebhookDeliveryItem(
            *keys.webhook_delivery(webhook.issuer_id, webhook.id, delivery.at, delivery.message_id),
            **members(delivery, Delivery),
            expires=epoch(delivery.at + RETENTION),
        )
        self._tables.put(self._tables.secrets, Put(item.raw(), UNCONDITIONAL))

    def deliveries(self, issuer_id: str, webhook_id: str, now: datetime, limit: int) -> Sequence[Delivery]:
        part = keys.webhook_deliveries(issuer_id, webhook_id)
        newest = reads.list_range(self._tables, self._tables.secrets, WebhookDeliveryItem, part, limit)
        # Expired deliveries are left out here because DynamoDB may delete them days late.
        return [delivery for delivery in newest if now < delivery.at + RETENTION]
