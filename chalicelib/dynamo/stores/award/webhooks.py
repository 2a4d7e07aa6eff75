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
from chalicelib.dynamo.items.base import Item, epoch
from chalicelib.dynamo.tables import UNCONDITIONAL, Put, Tables

RETENTION = timedelta(days=30)
"""How long a delivery is kept: longer than the days for which a sender retries."""


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
            id=webhook.id,
            issuer_id=webhook.issuer_id,
            name=webhook.name,
            fields=json.dumps([*named, fields.completed_at, fields.evidence]),
            courses=json.dumps(dict(webhook.courses), ensure_ascii=False),
            dry_run=webhook.dry_run,
            secrets=[_secret_map(secret) for secret in webhook.secrets],
            seed=webhook.seed,
            created=webhook.created,
            version=webhook.version,
        )

    def to_domain(self) -> Webhook:
        name, *rest = json.loads(self.fields)
        return Webhook(
            id=self.id,
            issuer_id=self.issuer_id,
            name=self.name,
            fields=Fields(tuple(name), *rest),
            courses=json.loads(self.courses),
            dry_run=self.dry_run,
            secrets=tuple(Secret(bytes(each.value), each.created, each.expires) for each in self.secrets),
            seed=bytes(self.seed),
            created=self.created,
            version=int(self.version),
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
        return Delivery(
            at=self.at,
            message_id=self.message_id,
            outcome=Outcome(self.outcome),
            code=self.code,
            course=self.course,
            credential_id=self.credential_id,
            size=int(self.size),
        )


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
        before = {":before": {"N": str(webhook.version - 1)}}
        put = Put(WebhookItem.of(webhook).raw(), "version = :before", before)
        self._tables.transact(self._tables.credentials, [put])

    def remove_webhook(self, webhook: Webhook) -> None:
        self._tables.delete(self._tables.credentials, keys.webhook(webhook.issuer_id, webhook.id))

    def add_delivery(self, webhook: Webhook, delivery: Delivery) -> None:
        item = WebhookDeliveryItem(
            *keys.webhook_delivery(webhook.issuer_id, webhook.id, delivery.at, delivery.message_id),
            at=delivery.at,
            message_id=delivery.message_id,
            outcome=delivery.outcome,
            code=delivery.code,
            course=delivery.course,
            credential_id=delivery.credential_id,
            size=delivery.size,
            expires=epoch(delivery.at + RETENTION),
        )
        self._tables.put(self._tables.secrets, Put(item.raw(), UNCONDITIONAL))

    def deliveries(self, issuer_id: str, webhook_id: str, now: datetime, limit: int) -> Sequence[Delivery]:
        part = keys.webhook_deliveries(issuer_id, webhook_id)
        newest = reads.list_range(self._tables, self._tables.secrets, WebhookDeliveryItem, part, limit)
        # Expired deliveries are left out here because DynamoDB may delete them days late.
        return [delivery for delivery in newest if now < delivery.at + RETENTION]


def _secret_map(secret: Secret) -> SecretMap:
    secret_map: SecretMap = SecretMap(  # type: ignore[no-untyped-call] # PynamoDB's maps are untyped
        value=secret.value, created=secret.created, expires=secret.expires
    )
    return secret_map
