"""The store of events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.analytics.counts.periods import Period, bucket_of, is_late
from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import MEMBERS, from_wire, to_wire
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Delete, Put, Raw, Tables
from chalicelib.errors import Malformed, Unavailable

if TYPE_CHECKING:
    from chalicelib.analytics.archive import LateDay
    from chalicelib.analytics.counts.ports import Late

_OWN = {"pk", "sk", "type", "expires"}
"""Attributes of an item that are not members of its event."""


class EventItem(Item, discriminator="event"):
    """An event in its JSON form (`analytics.event_json`), one attribute per member. ``expires`` is in epoch seconds."""

    id = UnicodeAttribute()
    kind = UnicodeAttribute()
    at = UnicodeAttribute()
    credential_id = UnicodeAttribute(null=True)
    issuer_id = UnicodeAttribute()
    achievement_id = UnicodeAttribute(null=True)
    verdict = UnicodeAttribute()
    visitor = UnicodeAttribute(null=True)
    referrer = UnicodeAttribute(null=True)
    target = UnicodeAttribute(null=True)
    widget = UnicodeAttribute(null=True)
    visitor_class = UnicodeAttribute(null=True)
    recipient_check = UnicodeAttribute(null=True)
    channel = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    utm_source = UnicodeAttribute(null=True)
    utm_medium = UnicodeAttribute(null=True)
    utm_campaign = UnicodeAttribute(null=True)
    valid_until = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class LateItem(Item, discriminator="late"):
    """A note that an event was stored after its bucket may have been folded."""

    event_id = UnicodeAttribute()
    bucket = UTCDateTimeAttribute()
    expires = NumberAttribute()

    def to_domain(self) -> Late:
        from chalicelib.analytics.counts.ports import Late  # only counting reads notes; recording an event does not

        return Late(self.bucket.astimezone(UTC), str(self.event_id))


class LateDayItem(Item, discriminator="late_day"):
    """A note that a day got an event after it was over, so that it is archived again."""

    event_id = UnicodeAttribute()
    expires = NumberAttribute()

    def to_domain(self) -> LateDay:
        from chalicelib.analytics.archive import LateDay  # only archiving reads notes

        return LateDay(date.fromisoformat(str(self.sk)), str(self.event_id))


class DynamoEventStore:
    """`analytics.ports.EventStore`, `analytics.counts.ports.BucketReader` and `analytics.archive.LateDays` on DynamoDB:
    one conditional put and no read for an event, and a transaction for one that comes late."""

    def __init__(self, tables: Tables, clock: Callable[[], datetime], retention: timedelta) -> None:
        self._tables = tables
        self._clock = clock
        self._retention = retention

    def write(self, event: Event) -> None:
        expires = epoch(event.at + self._retention)
        members: dict[str, Any] = {**to_wire(event), "expires": expires}
        put = Put(EventItem(*keys.event(event.id, event.at), **members).raw())
        notes = self._notes(event, expires)
        # In one transaction: an event that is stored has its notes, so repeating it writes none. Otherwise whoever
        # repeats an old event, such as a sign-up, would have everything counted again each time.
        with suppress(ConditionFailed):  # stored by an attempt whose reply was lost, or by an earlier replay
            if notes:
                self._tables.transact(self._tables.events, [put, *notes])
            else:
                self._tables.put(self._tables.events, put)
                for note in self._notes(event, expires):  # it has become late while it was stored
                    self._tables.put(self._tables.events, note)

    def _notes(self, event: Event, expires: int) -> list[Put]:
        """The notes that tell counting and archiving about ``event`` if it is late."""
        now = self._clock()
        if not is_late(event.at, now):
            return []
        bucket = bucket_of(event.at)
        late = LateItem(*keys.late_event(bucket, event.id), event_id=event.id, bucket=bucket.start, expires=expires)
        day = event.at.astimezone(UTC).date()
        notes = [late.raw()]
        if day < now.date():
            notes.append(LateDayItem(*keys.late_day(day), event_id=event.id, expires=expires).raw())
        return [Put(note, UNCONDITIONAL) for note in notes]

    def events(self, bucket: Period) -> Iterator[Event]:
        # In turn, so that a page of each partition is read before the next one of any: reading one after the other
        # could take more than the 3,000 units a second of a partition.
        shards = [self._tables.query(self._tables.events, keys.events(bucket, shard)) for shard in range(keys.SHARDS)]
        for raws in zip_longest(*shards):
            yield from (_event(raw) for raw in raws if raw is not None)

    def late_days(self) -> list[LateDay]:
        return list(reads.list_range(self._tables, self._tables.events, LateDayItem, keys.late_days()))

    def forget_late_day(self, note: LateDay) -> None:
        same = Delete(keys.late_day(note.day), "event_id = :event_id", {":event_id": {"S": note.event_id}})
        with suppress(ConditionFailed):  # another event came meanwhile
            self._tables.take(self._tables.events, same)


def _event(raw: Raw) -> Event:
    # Not through the model, which takes ten times as long.
    try:
        members = {name: value["S"] for name, value in raw.items() if name not in _OWN}
        return from_wire({**dict.fromkeys(MEMBERS), **members})
    except (KeyError, Malformed) as error:
        raise Unavailable("A stored event cannot be read.", code="storage_unreadable") from error
