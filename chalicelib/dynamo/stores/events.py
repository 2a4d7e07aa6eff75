"""The store of events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import to_wire
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch
from chalicelib.dynamo.tables import ConditionFailed, Put, Tables

RETENTION = timedelta(days=400)
"""How long a single event is kept: a year, plus a month to compare with the year before. Counts are aggregated long
before that, and the visitor id is meaningless once the salt of its day is destroyed."""


class EventItem(Item, discriminator="event"):
    """An event in its JSON form (`analytics.event_json`), one attribute per member. ``expires`` is in epoch seconds."""

    id = UnicodeAttribute()
    kind = UnicodeAttribute()
    at = UnicodeAttribute()
    credential_id = UnicodeAttribute(null=True)
    issuer_id = UnicodeAttribute()
    achievement_id = UnicodeAttribute()
    verdict = UnicodeAttribute()
    visitor = UnicodeAttribute(null=True)
    referrer = UnicodeAttribute(null=True)
    target = UnicodeAttribute(null=True)
    widget = UnicodeAttribute(null=True)
    visitor_class = UnicodeAttribute(null=True)
    recipient_check = UnicodeAttribute(null=True)
    channel = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class DynamoEventStore:
    """`analytics.ports.EventStore` on DynamoDB: one conditional put and no read."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def write(self, event: Event) -> None:
        members: dict[str, Any] = {**to_wire(event), "expires": epoch(event.at + RETENTION)}
        item = EventItem(*keys.event(event.id, event.at), **members)
        try:
            self._tables.put(self._tables.events, Put(item.raw()))
        except ConditionFailed:
            return  # already stored, by an attempt whose reply was lost or by an earlier replay
